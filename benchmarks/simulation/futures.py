"""Results to come that are waited for in modelled time."""

from typing import TYPE_CHECKING

from benchmarks.simulation.clock import VirtualClock

if TYPE_CHECKING:
    from benchmarks.simulation.processes import Process


class VirtualFuture:
    """Takes the place of a future of `concurrent.futures`, as far as the functions use it."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._is_done = False
        self._value: object = None
        self._error: BaseException | None = None
        self._waiting: list[Process] = []

    def set_result(self, value: object) -> None:
        """Hand on a value."""
        self._value = value
        self._end()

    def set_exception(self, error: BaseException) -> None:
        """Hand on an error."""
        self._error = error
        self._end()

    def result(self) -> object:
        """Return the value, or raise the error, once it is there."""
        while not self._is_done:
            self._waiting.append(self._clock.current)
            self._clock.suspend()
        if self._error is not None:
            raise self._error
        return self._value

    def _end(self) -> None:
        self._is_done = True
        for process in self._waiting:
            self._clock.wake(process)
