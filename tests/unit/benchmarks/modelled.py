"""A clock to test with, and what has happened by it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from benchmarks.simulation.clock import VirtualClock

START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@dataclass
class Diary:
    """Notes down what happens, and when."""

    clock: VirtualClock
    entries: list[tuple[float, str]] = field(default_factory=list)

    def note(self, what: str) -> None:
        self.entries.append((round(self.clock.monotonic(), 6), what))

    def after(self, seconds: float, what: str) -> Callable[[], None]:
        """Return work that takes so many seconds, and is noted down at its end."""
        return partial(self._work, seconds, what)

    def _work(self, seconds: float, what: str) -> None:
        self.clock.sleep(seconds)
        self.note(what)


@contextmanager
def modelled_time() -> Iterator[tuple[VirtualClock, Diary]]:
    with VirtualClock(START) as clock:
        yield clock, Diary(clock)
