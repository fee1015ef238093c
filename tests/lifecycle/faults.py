"""What goes wrong between the functions and AWS, on demand."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sandbox.in_process.wire import Answer, Call

_LAG: Final = timedelta(seconds=60)
"""For how long EC2 may answer as if a change had not been made."""
_DENIALS: Final = {"ec2": "UnauthorizedOperation", "ssm": "AccessDeniedException"}
_THROTTLES: Final = {
    "ec2": "RequestLimitExceeded",
    "elbv2": "Throttling",
    "dynamodb": "ProvisionedThroughputExceededException",
}
_DECISIONS: Final = frozenset({"AcceptVpcEndpointConnections", "RejectVpcEndpointConnections"})
_ROWS: Final = {"DescribeVpcEndpoints": "VpcEndpoints"}
_ROWS_OF_THE_PROVIDER: Final = {"DescribeVpcEndpointConnections": "VpcEndpointConnections"}


class Kind(StrEnum):
    """What can go wrong."""

    THROTTLED = "throttled"
    DENIED = "denied"
    LOCKED = "denied for good"
    UNSUCCESSFUL = "unsuccessful in a 200"
    STALE = "answered one change behind"
    UNSEEN = "not found just after its creation"
    KILLED_BEFORE = "killed before a call"
    KILLED_AFTER = "killed after a call"
    RACED = "changed between two calls"
    MEANWHILE = "others at work between two calls"
    LOST = "event lost"
    DUPLICATED = "event duplicated"
    REORDERED = "events reordered"
    BROKEN = "allowlist broken"


class Killed(BaseException):
    """The Lambda function is no more: nothing of it that comes after this is run."""


@dataclass
class Timed:
    """Something that goes wrong in so many calls from now."""

    kind: Kind
    calls: int
    act: Callable[[], object] | None = None


@dataclass
class Faults:
    """What is going wrong, and what has."""

    clock: Callable[[], datetime]
    counts: Counter[str]
    timed: list[Timed] = field(default_factory=list)
    denied: set[tuple[str, str]] = field(default_factory=set)
    """Account and operation; AssumeRole is denied by the account that the role is in."""
    locked: set[str] = field(default_factory=set)
    """Accounts whose roles let nobody in, and will not when everything else goes well."""
    refusals: int = 0
    stale: int = 0
    unseen: int = 0
    misled: bool = False
    """Whether an answer of this invocation was not true, or is not any more."""
    _answers: dict[tuple[object, ...], tuple[datetime, Answer]] = field(default_factory=dict)

    def stop(self) -> None:
        """Let everything go well from now on."""
        self.timed.clear()
        self.denied.clear()
        self.refusals = self.stale = self.unseen = 0
        self._answers.clear()

    def before(self, call: Call) -> Answer | None:
        """Return an error in place of the answer, or None; may raise Killed."""
        answer = None
        for timed in self._due():
            self.counts[timed.kind] += 1
            if timed.kind is Kind.KILLED_BEFORE:
                raise Killed
            if timed.kind is Kind.THROTTLED:
                answer = _error(_THROTTLES.get(call.service, "ThrottlingException"))
            if timed.act is not None:
                self.misled = True
                timed.act()
        account_id = _denying_account(call)
        is_locked = call.operation == "AssumeRole" and account_id in self.locked
        if is_locked or (account_id, call.operation) in self.denied:
            self.counts[Kind.DENIED] += 1
            answer = _error(_DENIALS.get(call.service, "AccessDenied"))
        return answer

    def instead(self, call: Call) -> Answer | None:
        """Return a success that is none, or an answer of before, or None."""
        if self.refusals and call.operation in _DECISIONS:
            self.refusals -= 1
            self.counts[Kind.UNSUCCESSFUL] += 1
            error = {"Code": "InvalidVpcEndpointId.NotFound", "Message": "does not exist"}
            ids = call.params["VpcEndpointIds"]
            return {"Unsuccessful": [{"ResourceId": each, "Error": error} for each in ids]}
        if self.stale and _key(call) in self._answers:
            at, answer = self._answers[_key(call)]
            if self.clock() - at <= _LAG:
                self.stale -= 1
                self.misled = True
                self.counts[Kind.STALE] += 1
                return answer
        return None

    def after(self, call: Call, answer: Answer) -> None:
        """Remember the answer, and hide what is too young to be seen; may raise Killed."""
        if call.service == "ec2" and call.operation.startswith("Describe"):
            _, known = self._answers.get(_key(call), (None, None))
            if known is not answer:
                self._answers[_key(call)] = (self.clock(), answer)
        rows = (_ROWS | _ROWS_OF_THE_PROVIDER).get(call.operation)
        if self.unseen and rows in answer:
            seen = [row for row in answer[rows] if self.clock() - row["CreationTimestamp"] > _LAG]
            if len(seen) < len(answer[rows]):
                self.unseen -= 1
                self.misled = True
                self.counts[Kind.UNSEEN] += 1
                answer[rows] = seen
        for timed in [each for each in self.timed if each.kind is Kind.KILLED_AFTER]:
            timed.calls -= 1
            if timed.calls <= 0:
                self.timed.remove(timed)
                self.counts[timed.kind] += 1
                raise Killed

    def _due(self) -> list[Timed]:
        due = []
        for timed in list(self.timed):
            if timed.kind is not Kind.KILLED_AFTER:
                timed.calls -= 1
                if timed.calls <= 0:
                    self.timed.remove(timed)
                    due.append(timed)
        return due


def _denying_account(call: Call) -> str:
    role: str = call.params.get("RoleArn", "")
    return role.split(":")[4] if call.operation == "AssumeRole" else call.account_id


def _key(call: Call) -> tuple[object, ...]:
    return call.account_id, call.region, call.operation, _frozen(call.params)


def _frozen(params: Mapping[str, Any]) -> str:
    return repr(sorted(params.items()))


def _error(code: str) -> Answer:
    return {
        "Error": {"Code": code, "Message": "a fault of the test"},
        "ResponseMetadata": {"HTTPStatusCode": 400},
    }
