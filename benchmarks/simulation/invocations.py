"""Invocations of functions, and the execution environments that they happen in."""

from collections.abc import Callable, Hashable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Final

from benchmarks.simulation.clock import VirtualClock


class TimedOutError(BaseException):
    """Lambda has ended the invocation: nothing of it that comes after this is run."""


@dataclass
class Environment:
    """An execution environment: what a function keeps from one invocation to the next."""

    warm_until: float = 0.0
    _kept: dict[Hashable, Any] = field(default_factory=dict)

    def keep[Value](self, key: Hashable, make: Callable[[], Value]) -> Value:
        """Return what the environment has by a key, or make it."""
        if key not in self._kept:
            self._kept[key] = make()
        value: Value = self._kept[key]
        return value


@dataclass(frozen=True)
class Invocation:
    """One invocation of a function; it is over at its deadline, in seconds of the clock."""

    function: str
    clock: VirtualClock
    environment: Environment
    deadline: float

    def sleep(self, seconds: float) -> None:
        """Let time pass within the invocation; raise TimedOutError if that is more than it has."""
        left = self.deadline - self.clock.monotonic()
        self.clock.sleep(min(seconds, max(left, 0.0)))
        if seconds > left:
            raise TimedOutError


INVOCATION: Final[ContextVar[Invocation]] = ContextVar("INVOCATION")
"""The invocation that the current process belongs to."""


def sleep(seconds: float) -> None:
    """Let time pass within the current invocation."""
    INVOCATION.get().sleep(seconds)


def keep[Value](key: Hashable, make: Callable[[], Value]) -> Value:
    """Return what the current execution environment has by a key, or make it."""
    return INVOCATION.get().environment.keep(key, make)
