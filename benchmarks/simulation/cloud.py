"""What becomes of a call: time passes, a token is taken, and somebody answers.

What the stack's own plumbing answers is answered here, everything else by moto with the model of
PrivateLink. A call that finds no token is refused as AWS does it, attempt by attempt, so that
botocore retries it as it would.
"""

import io
import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders

from benchmarks.simulation.buckets import Buckets
from benchmarks.simulation.clock import VirtualClock
from benchmarks.simulation.invocations import sleep
from benchmarks.simulation.latencies import seconds_of
from sandbox.accounts import PROVIDER
from sandbox.in_process.stand_ins import answer_as_appconfig, answer_assume_role
from sandbox.in_process.wire import Answer, Call, send_to_moto

type StandIn = Callable[[Mapping[str, object]], Answer]

_POLL_SECONDS: Final = 15
_LIMIT_EXCEEDED: Final = (
    b"<Response><Errors><Error><Code>RequestLimitExceeded</Code>"
    b"<Message>Request limit exceeded.</Message></Error></Errors>"
    b"<RequestID>r</RequestID></Response>"
)
_RATE_EXCEEDED: Final = json.dumps(
    {"__type": "ThrottlingException", "message": "Rate exceeded"}
).encode()


class _Body(io.BytesIO):
    """The body of an answer, as urllib3 hands it over."""

    def stream(self, **_: object) -> list[bytes]:
        return [self.read()]


@dataclass
class Cloud:
    """Listens on a wire, and answers what is sent over it."""

    clock: VirtualClock
    document: str = ""
    """The allowlist that is deployed."""
    stand_ins: dict[str, StandIn] = field(default_factory=dict)
    """What answers an operation in place of moto, by its name."""
    buckets: Buckets = field(default_factory=Buckets)
    calls: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """How often each operation was called, by `provider` or `consumer`, service and operation."""
    log: list[tuple[float, str, str, str]] = field(default_factory=list)
    """When each was called."""
    watchers: list[Callable[[Call], object]] = field(default_factory=list)
    """Told of each call that AWS has taken."""

    def calls_of(self, role: str, *services: str) -> int:
        """Return how many calls were made in accounts of a role, to some services or to all."""
        return sum(
            count
            for (of, service, _), count in self.calls.items()
            if of == role and (not services or service in services)
        )

    def before(self, call: Call) -> Answer | None:
        """Answer what moto has no answer to."""
        if call.operation in self.stand_ins:
            self._pass_time(call)
            return self.stand_ins[call.operation](call.params)
        if call.service == "appconfigdata":
            self._pass_time(call)
            return answer_as_appconfig(call.operation, self.document, _POLL_SECONDS)
        if call.operation == "AssumeRole":
            self._pass_time(call)
            return answer_assume_role(call, self.clock())
        return None

    def after(self, call: Call, answer: Answer) -> None:
        """Leave the answer as it is."""

    def send(self, call: Call, request: AWSPreparedRequest) -> AWSResponse | None:
        """Answer one attempt of a call."""
        self._pass_time(call)
        if not self.buckets.admit(call, self.clock.monotonic()):
            return _refusal(call, request)
        response = send_to_moto(call, request)
        if response is not None and response.status_code == HTTPStatus.OK:
            for watch in self.watchers:
                watch(call)
        return response

    def _pass_time(self, call: Call) -> None:
        what = (role_of(call.account_id), call.service, call.operation)
        self.calls[what] += 1
        self.log.append((self.clock.monotonic(), *what))
        sleep(seconds_of(call))


def role_of(account_id: str) -> str:
    """Return whether an account is the provider's or a consumer's."""
    return "provider" if account_id == PROVIDER else "consumer"


def _refusal(call: Call, request: AWSPreparedRequest) -> AWSResponse:
    status, body = (503, _LIMIT_EXCEEDED) if call.service == "ec2" else (400, _RATE_EXCEEDED)
    return AWSResponse(request.url, status, HTTPHeaders(), _Body(body))
