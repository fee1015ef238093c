"""The token buckets that AWS throttles an account's calls by, in each Region."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from sandbox.in_process.wire import Call


class Rate(NamedTuple):
    """How many calls at once, and how many a second from then on."""

    burst: float
    per_second: float


ACCEPT: Final = Rate(10, 1)
CHANGE_ENDPOINT: Final = Rate(4, 0.3)
CHANGE_RULES: Final = Rate(50, 5)
CREATE_TAGS: Final = Rate(100, 10)
DESCRIBE: Final = Rate(100, 20)
MUTATE: Final = Rate(50, 5)
"""EC2's (EC2 Developer Guide, "Request throttling for the Amazon EC2 API"), per operation."""

PUT_PARAMETER: Final = Rate(10, 3)
"""AWS Support, in github.com/github-aws-runners/terraform-aws-github-runner/issues/2944: 3 a
second. How many at once is documented nowhere, and assumed."""
READ_PARAMETERS: Final = Rate(40, 40)
"""Parameter Store's standard throughput for reading (AWS General Reference): 40 a second."""

_EC2: Final[Mapping[str, Rate]] = {
    "AcceptVpcEndpointConnections": ACCEPT,
    "RejectVpcEndpointConnections": ACCEPT,
    "CreateVpcEndpoint": CHANGE_ENDPOINT,
    "ModifyVpcEndpoint": CHANGE_ENDPOINT,
    "DeleteVpcEndpoints": CHANGE_ENDPOINT,
    "AuthorizeSecurityGroupIngress": CHANGE_RULES,
    "RevokeSecurityGroupIngress": CHANGE_RULES,
    "CreateTags": CREATE_TAGS,
}


def rate_of(service: str, operation: str) -> Rate | None:
    """Return the rate of an operation; None: it is not throttled here."""
    if service == "ec2":
        return _EC2.get(operation, DESCRIBE if operation.startswith("Describe") else MUTATE)
    if service == "ssm":
        return READ_PARAMETERS if operation.startswith(("Get", "Describe")) else PUT_PARAMETER
    return None


@dataclass
class TokenBucket:
    """A bucket that is full to begin with."""

    rate: Rate
    _tokens: float = field(init=False)
    _at: float = 0.0

    def __post_init__(self) -> None:
        self._tokens = self.rate.burst

    def take(self, now: float) -> bool:
        """Take a token, at so many seconds; return whether there was one."""
        grown = self._tokens + (now - self._at) * self.rate.per_second
        # Parts of a token do not add up to just what they should.
        self._tokens, self._at = round(min(grown, self.rate.burst), 9), now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


@dataclass
class Buckets:
    """A bucket for each operation, of each account and Region."""

    throttles: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How often a call was refused, by account and operation."""
    _buckets: dict[tuple[str, str, str], TokenBucket] = field(default_factory=dict)

    def admit(self, call: Call, now: float) -> bool:
        """Tell whether AWS takes a call at so many seconds."""
        rate = rate_of(call.service, call.operation)
        if rate is None:
            return True
        key = (call.account_id, call.region, call.operation)
        if self._buckets.setdefault(key, TokenBucket(rate)).take(now):
            return True
        self.throttles[call.account_id, call.operation] += 1
        return False
