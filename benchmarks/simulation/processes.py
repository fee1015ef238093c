"""Processes of a virtual clock: threads of which one runs at a time."""

import threading
from collections.abc import Callable
from contextvars import copy_context
from typing import Final

_STACK_SIZE: Final = 1024 * 1024
"""A thousand processes may be under way, which need nothing like the usual eight megabytes."""


class Stopped(BaseException):
    """The clock is no more, and with it whatever has been under way."""


class Process:
    """Something that takes modelled time, with the context variables of who has made it.

    `work` is done in a thread of its own, and `give_back` called each time that it stands still.
    """

    def __init__(self, work: Callable[[], object], give_back: Callable[[], object]) -> None:
        self.is_done = False
        self.error: BaseException | None = None
        self._work = work
        self._give_back = give_back
        self._context = copy_context()
        self._turn = threading.Semaphore(0)
        self._thread: threading.Thread | None = None
        self._is_stopped = False

    @property
    def is_current(self) -> bool:
        """Whether it is this thread."""
        return self._thread is threading.current_thread()

    def give_turn(self) -> None:
        """Let it go on; it begins when it is given its first turn."""
        if self._thread is not None:
            self._turn.release()
            return
        self._thread = threading.Thread(target=self._run, daemon=True)
        usual = threading.stack_size(_STACK_SIZE)
        try:
            self._thread.start()
        finally:
            threading.stack_size(usual)

    def stand_still(self) -> None:
        """Give the turn back, and wait for the next one."""
        self._give_back()
        self._turn.acquire()
        if self._is_stopped:
            raise Stopped

    def stop(self) -> None:
        """Have it end where it stands."""
        self._is_stopped = True
        if self._thread is not None and not self.is_done:
            self._turn.release()
            self._thread.join()

    def _run(self) -> None:
        try:
            self._context.run(self._work)
        except BaseException as error:  # noqa: BLE001 - whatever it is, the clock's run() raises it
            self.error = error
        self.is_done = True
        self._give_back()
