"""What was asked of the sandbox's AWS: one row for each API call that arrived over HTTP."""

from contextvars import ContextVar
from copy import replace
from dataclasses import dataclass
from typing import Final, Literal

Outcome = Literal["allowed", "denied"]

# Operations with these names read; the rest of an API changes something.
_READS: Final = (
    "BatchGet",
    "Decrypt",
    "Describe",
    "Encrypt",
    "Filter",
    "GenerateDataKey",
    "Get",
    "Head",
    "List",
    "Lookup",
    "Query",
    "Scan",
    "Search",
    "Select",
    "Test",
    "TransactGet",
    "Validate",
)
# Whatever they are called, these leave every resource as it was: they carry messages and telemetry,
# run what exists already, or open a session.
_MESSAGES: Final = frozenset(
    {
        "appconfig:StartConfigurationSession",
        "cloudwatch:PutMetricData",
        "events:PutEvents",
        "lambda:Invoke",
        "lambda:InvokeFunction",
        "sns:Publish",
        "sns:PublishBatch",
        "sqs:ChangeMessageVisibility",
        "sqs:DeleteMessage",
        "sqs:DeleteMessageBatch",
        "sqs:ReceiveMessage",
        "sqs:SendMessage",
        "sqs:SendMessageBatch",
        "xray:PutTraceSegments",
    }
)
_MESSAGE_SERVICES: Final = ("logs:", "sts:")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiCall:
    """One API call, and what IAM said to it.

    `resource_arn` is the first resource that it was checked on. `refusal` names what was missing
    for a denied call: the action and resource that no policy allows, or why the caller is unknown.
    """

    sequence: int
    account_id: str
    principal_arn: str
    service: str
    action: str
    resource_arn: str
    outcome: Outcome
    refusal: str = ""

    @property
    def is_write(self) -> bool:
        """Whether the call is of a kind that changes a resource."""
        if self.action in _MESSAGES or self.action.startswith(_MESSAGE_SERVICES):
            return False
        return not self.action.partition(":")[2].startswith(_READS)


class CallRecord:
    """All calls since the sandbox started, in the order in which they arrived."""

    def __init__(self) -> None:
        self._calls: list[ApiCall] = []
        self._current: ContextVar[list[int] | None] = ContextVar("current call", default=None)

    def begin(self) -> None:
        """Expect one call in this context: an HTTP request has arrived."""
        self._current.set([])

    def note(  # noqa: PLR0913 - a row has that many columns
        self,
        *,
        account_id: str,
        principal_arn: str,
        service: str,
        action: str,
        resource_arn: str,
        refusal: str,
    ) -> None:
        """Record one IAM decision: the first makes the row, a refusal marks it as denied."""
        current = self._current.get()
        if current is None:  # the emulator's own doing, not an HTTP request
            return
        if not current:
            current.append(len(self._calls))
            self._calls.append(
                ApiCall(
                    sequence=len(self._calls) + 1,
                    account_id=account_id,
                    principal_arn=principal_arn,
                    service=service,
                    action=action,
                    resource_arn=resource_arn,
                    outcome="allowed",
                )
            )
        if refusal:
            row = self._calls[current[0]]
            self._calls[current[0]] = replace(row, outcome="denied", refusal=refusal)

    def current(self) -> ApiCall | None:
        """Return the call that is being answered in this context, if it is one over HTTP."""
        current = self._current.get()
        return self._calls[current[0]] if current else None

    def after(self, sequence: int) -> tuple[ApiCall, ...]:
        """Return the calls that follow the one numbered `sequence`."""
        return tuple(self._calls[max(sequence, 0) :])


RECORD: Final = CallRecord()
