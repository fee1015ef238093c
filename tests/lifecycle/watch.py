"""Watches the functions at work: what they may never do, whatever the world is like.

Each check is made when a call is about to take effect, or when an invocation has ended. What is
wrong is noted, and not raised: the functions would take it for a failure of AWS.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sandbox.in_process.wire import Call
from tests.lifecycle import foreign, views
from tests.lifecycle.appconfig import AppConfig
from tests.lifecycle.bus import Bus
from tests.lifecycle.faults import Faults
from tests.lifecycle.oracle import LIVE, Oracle
from tests.lifecycle.principals import ByHand
from tests.lifecycle.writes import CHECKED, Writes

_WRITES: Final = (
    *("Accept", "Authorize", "BatchWrite", "Create", "Delete", "Modify", "Put", "Re", "Update"),
)
_MESSAGES: Final = frozenset({"PutEvents", "SendMessage"})


def is_write(operation: str) -> bool:
    """Whether an operation changes something; messages do not."""
    return operation.startswith(_WRITES) and operation not in _MESSAGES


@dataclass
class Watch:
    """Notes what the functions do wrong."""

    clock: Callable[[], datetime]
    faults: Faults
    appconfig: AppConfig
    bus: Bus
    aliases: dict[str, str] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)
    by_hand: ByHand = field(default_factory=ByHand)
    tripped: dict[str, int] = field(default_factory=dict)
    """The max_withdrawals of services that were found at rest with their breaker tripped."""
    _before: foreign.Snapshot = field(default_factory=dict)
    _announced: int = 0
    _cut: dict[str, set[str]] = field(default_factory=dict)
    _interrupted: list[tuple[foreign.Snapshot, int, dict[str, set[str]]]] = field(
        default_factory=list
    )
    """What is remembered of invocations that are going on while another begins and ends."""

    def begin(self, function: str) -> None:
        """Remember what is foreign."""
        del function
        self._interrupted.append((self._before, self._announced, self._cut))
        self.faults.misled = False
        self._before = foreign.snapshot()
        self._reset_breakers()
        self._announced = len(self.bus.announced)
        self._cut = {}

    def before(self, call: Call) -> None:
        """Check a call that is about to take effect."""
        if not is_write(call.operation):
            return
        if not self._oracles():
            self._note(f"{call.operation} while nobody can read the allowlist")
        if call.operation in CHECKED:
            writes = Writes(
                self._oracles(),
                self._cut,
                self.tripped,
                self.by_hand,
                is_misled=self.faults.misled,
            )
            for problem in writes.problems(call):
                self._note(problem)

    def end(self, function: str) -> None:
        """Compare what is foreign, and what was announced, with what is there now."""
        # What was foreign may have become ours: a place whose record was put again.
        for change in foreign.changes(self._before, foreign.snapshot(also_ours=True)):
            self._note(f"{function} changed what is foreign: {change}")
        for problem in self._untrue_announcements():
            self._note(f"{function} announced what is not so: {problem}")
        if self.faults.misled:
            self.by_hand.believe_the_record()
        self._before, self._announced, self._cut = self._interrupted.pop()
        # What the one that goes on has read may not be true any more.
        self.faults.misled = len(self._interrupted) > 0

    def _oracles(self) -> list[Oracle]:
        """Return every reading of the allowlist that may be in force."""
        drafts = [each.draft for each in self.appconfig.in_force() if each.draft is not None]
        return [Oracle.of(draft, self.clock(), self.aliases) for draft in drafts]

    def _reset_breakers(self) -> None:
        """Forget breakers that a higher number resets, or that have nothing to protect."""
        for service_id, most in list(self.tripped.items()):
            if any(
                oracle.entry(service_id).max_withdrawals > most or not oracle.losses(service_id)
                for oracle in self._oracles()
            ):
                del self.tripped[service_id]

    def _untrue_announcements(self) -> Iterator[str]:
        if self.faults.misled:
            return
        for kind, detail in self.bus.announced[self._announced :]:
            each = views.endpoint(str(detail.get("vpc_endpoint_id", "")))
            if each is None:
                continue
            if kind == "Endpoint Connection Accepted" and each.state not in LIVE:
                yield f"{each.id} is {each.state}, not accepted"
            if kind == "Endpoint Connection Rejected" and each.state != "rejected":
                yield f"{each.id} is {each.state}, not rejected"

    def _note(self, violation: str) -> None:
        self.violations.append(violation)
