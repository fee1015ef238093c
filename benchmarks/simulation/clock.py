"""A clock that runs processes in modelled time: minutes pass in no time at all.

    with VirtualClock(start) as clock:
        clock.spawn(work)
        clock.run()

A process does as it likes until it sleeps or waits. Exactly one of them runs at a time, and
whatever is due at the same moment goes on in the order in which it was scheduled: every run is the
same, and nothing has to be locked. What takes no time, such as the arrival of a message, is a mere
call and no process.
"""

import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from types import TracebackType
from typing import Self

from benchmarks.simulation.processes import Process, Stopped

type Due = Process | Callable[[], object]


class VirtualClock:
    """Modelled time, and the processes that live in it."""

    def __init__(self, start: datetime) -> None:
        self._start = start
        self._seconds = 0.0
        self._until: float | None = None
        self._due: list[tuple[float, int, Due]] = []
        self._numbers = count()
        self._processes: dict[Process, list[Process]] = {}
        """Those who wait for a process, by process."""
        self._current: Process | None = None
        self._baton = threading.Semaphore(0)

    def __call__(self) -> datetime:
        """Return the time as a date."""
        return self._start + timedelta(seconds=self._seconds)

    def monotonic(self) -> float:
        """Return the seconds since the start."""
        return self._seconds

    @property
    def current(self) -> Process:
        """The process that runs; RuntimeError if it is no process."""
        current = self._current
        if current is None or not current.is_current:
            raise RuntimeError("only a process of the clock can wait")
        return current

    def call_after(self, seconds: float, act: Callable[[], object]) -> None:
        """Have something done later that takes no time."""
        self._schedule(seconds, act)

    def spawn(self, work: Callable[[], object], *, after: float = 0.0) -> Process:
        """Start a process, now or later."""
        process = Process(work, self._give_back)
        self._processes[process] = []
        self._schedule(after, process)
        return process

    def sleep(self, seconds: float) -> None:
        """Let time pass for the current process."""
        current, wakes = self.current, self._seconds + max(seconds, 0.0)
        is_next = not self._due or wakes < self._due[0][0]
        if is_next and (self._until is None or wakes <= self._until):
            self._seconds = wakes
            return
        self._schedule(seconds, current)
        current.stand_still()

    def suspend(self) -> None:
        """Have the current process stand still until somebody wakes it."""
        self.current.stand_still()

    def wake(self, process: Process) -> None:
        """Let a process that stands still go on."""
        self._schedule(0.0, process)

    def join(self, *processes: Process) -> None:
        """Have the current process stand still until others are done."""
        for process in processes:
            if not process.is_done:
                self._processes[process].append(self.current)
                self.suspend()

    def side_by_side(self, pieces: Sequence[Callable[[], object]], most: int) -> None:
        """Do pieces of work, at most so many at a time; raise the first error when all have ended.

        Whoever fails does not go on with the next piece.
        """
        todo, errors = iter(pieces), list[BaseException]()

        def work() -> None:
            try:
                for piece in todo:
                    piece()
            except Stopped:
                raise
            except BaseException as error:  # noqa: BLE001 - raised below
                errors.append(error)

        self.join(*[self.spawn(work) for _ in range(min(most, len(pieces)))])
        if errors:
            raise errors[0]

    def run(self, until: float | None = None) -> None:
        """Let time pass until nothing is due any more, or until so many seconds from the start.

        Raises what a process raises.
        """
        self._until = until
        while self._due and (until is None or self._due[0][0] <= until):
            self._seconds, _, due = heappop(self._due)
            if isinstance(due, Process):
                self._give_turn(due)
            else:
                due()
        if until is not None:
            self._seconds = max(self._seconds, until)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop what is under way."""
        for process in list(self._processes):
            process.stop()

    def _schedule(self, seconds: float, due: Due) -> None:
        heappush(self._due, (self._seconds + max(seconds, 0.0), next(self._numbers), due))

    def _give_turn(self, process: Process) -> None:
        self._current = process
        process.give_turn()
        self._baton.acquire()
        if process.is_done:
            for waiting in self._processes.pop(process):
                self.wake(waiting)
            if process.error is not None:
                raise process.error

    def _give_back(self) -> None:
        self._current = None
        self._baton.release()
