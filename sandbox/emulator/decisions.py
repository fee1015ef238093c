"""What was decided about permissions in the sandbox, by whichever policy was asked.

API calls over HTTP ask, and so do AWS services: for what they do as themselves, such as EventBridge
that sends to a queue, and for what they do with a role, such as Lambda that receives from one.
"""

import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

Kind = Literal["identity", "session", "resource", "trust"]
Values = str | tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One question to one policy, and its answer.

    `kind` says which policy: "identity" are those of the principal, "session" the one that its
    session is narrowed with, "resource" that of the resource, "trust" the trust policy of the role
    that `resource_arn` names. A call may need the answers of several. `principal` is the ARN of a
    user, role or account's root, or a service such as `events.amazonaws.com`; `session` is the name
    of a role's session, "" without one. `keys` are the condition keys that were at hand, spelt as
    AWS's documentation spells them.
    """

    kind: Kind
    principal: str
    session: str
    action: str
    resource_arn: str
    keys: Mapping[str, Values]
    allowed: bool
    times: int = 1


class DecisionRecord:
    """Every distinct decision since the sandbox started, and how often it was taken."""

    def __init__(self) -> None:
        self._times: dict[tuple[object, ...], tuple[Decision, int]] = {}
        self._lock = threading.Lock()  # services decide in threads of their own

    def note(self, decision: Decision) -> None:
        """Count one decision."""
        distinct = (
            decision.kind,
            decision.principal,
            decision.session,
            decision.action,
            decision.resource_arn,
            tuple(sorted(decision.keys.items())),
            decision.allowed,
        )
        with self._lock:
            first, times = self._times.get(distinct, (decision, 0))
            self._times[distinct] = (first, times + 1)

    def as_documents(self) -> list[dict[str, Any]]:
        """Return all of them, in the order in which they were first taken, ready for JSON."""
        with self._lock:
            counted = list(self._times.values())
        return [asdict(decision) | {"times": times} for decision, times in counted]


def from_document(document: Mapping[str, Any]) -> Decision:
    """Return a decision as `DecisionRecord.as_documents` wrote it, having been through JSON."""
    keys = {
        name: value if isinstance(value, str) else tuple(value)
        for name, value in document["keys"].items()
    }
    return Decision(**{**document, "keys": keys})


DECISIONS: Final = DecisionRecord()
