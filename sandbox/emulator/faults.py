"""Faults on demand: which calls and events go wrong, how, and how many of them.

There are none until somebody asks. `sandbox.emulator.fault_injection` acts on them.
"""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from threading import Lock
from typing import Annotated, Final

from msgspec import Meta, Struct, to_builtins


class FaultKind(StrEnum):
    """What goes wrong with a call, or with an event on a bus."""

    THROTTLED = "throttled"
    DENIED = "denied"
    FAILED = "failed"
    """An error of AWS's own: HTTP status 500."""
    UNSUCCESSFUL = "unsuccessful"
    """A 200 that lists every endpoint as refused, when connections are accepted or rejected."""
    STALE = "stale"
    """The answer is the one that the same request got when it was first made with the fault on."""
    KILLED_BEFORE = "killed-before"
    """The calling function ends, and the call is not made."""
    KILLED_AFTER = "killed-after"
    """The call is made, and the calling function ends without an answer."""
    EVENT_LOST = "event-lost"
    EVENT_DUPLICATED = "event-duplicated"
    EVENT_DELAYED = "event-delayed"
    """Events that come later overtake it."""


ERRORS: Final = frozenset({FaultKind.THROTTLED, FaultKind.DENIED, FaultKind.FAILED})
KILLS: Final = frozenset({FaultKind.KILLED_BEFORE, FaultKind.KILLED_AFTER})
OF_EVENTS: Final = frozenset(
    {FaultKind.EVENT_LOST, FaultKind.EVENT_DUPLICATED, FaultKind.EVENT_DELAYED}
)


class Fault(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, eq=False, weakref=True):
    """One thing that goes wrong; another one that says the same is another one.

    `of` is a pattern, as of file names, for the action (`ec2:AuthorizeSecurityGroupIngress`) or for
    the detail-type of the event. `account_id` narrows it down to calls in an account, or to the
    account's buses, and `role` to sessions of roles whose names begin so.
    """

    kind: FaultKind
    of: str
    times: Annotated[int, Meta(ge=1)] | None = 1
    """How many calls or events go wrong; None: all of them until the faults are cleared."""
    account_id: str = ""
    role: str = ""
    seconds: Annotated[float, Meta(ge=0)] = 0.0
    """How long an event is delayed."""


@dataclass(frozen=True, kw_only=True)
class Occasion:
    """A call or an event that may go wrong."""

    name: str
    account_id: str
    principal_arn: str = ""


@dataclass
class _Armed:
    fault: Fault
    left: int | None

    def meets(self, occasion: Occasion, kinds: frozenset[FaultKind]) -> bool:
        return (
            self.fault.kind in kinds
            and fnmatchcase(occasion.name, self.fault.of)
            and self.fault.account_id in {"", occasion.account_id}
            and (
                not self.fault.role or f":assumed-role/{self.fault.role}" in occasion.principal_arn
            )
        )


@dataclass
class Faults:
    """What is to go wrong, first come, first served; and what has gone wrong, by kind."""

    _armed: list[_Armed] = field(default_factory=list)
    _injected: Counter[FaultKind] = field(default_factory=Counter)
    _lock: Lock = field(default_factory=Lock)  # events are delivered by several threads

    def arm(self, fault: Fault) -> None:
        """Have something go wrong from now on."""
        with self._lock:
            self._armed.append(_Armed(fault, fault.times))

    def clear(self) -> None:
        """Let everything go well from now on."""
        with self._lock:
            self._armed.clear()

    @property
    def idle(self) -> bool:
        """Whether nothing is to go wrong."""
        return not self._armed

    def find(self, occasion: Occasion, kinds: frozenset[FaultKind]) -> Fault | None:
        """Return what is to go wrong with a call or an event, without using it up."""
        with self._lock:
            return next((a.fault for a in self._armed if a.meets(occasion, kinds)), None)

    def take(self, occasion: Occasion, kinds: frozenset[FaultKind]) -> Fault | None:
        """Return what goes wrong now with a call or an event, and count it."""
        with self._lock:
            armed = next((each for each in self._armed if each.meets(occasion, kinds)), None)
            if armed is None:
                return None
            self._injected[armed.fault.kind] += 1
            if armed.left is not None:
                armed.left -= 1
                if not armed.left:
                    self._armed.remove(armed)
            return armed.fault

    def report(self) -> dict[str, object]:
        """Return how often each kind was injected, and the faults that are still to come."""
        with self._lock:
            armed = [{**to_builtins(each.fault), "times": each.left} for each in self._armed]
            return {"injected": {str(k): n for k, n in self._injected.items()}, "armed": armed}


FAULTS: Final = Faults()
