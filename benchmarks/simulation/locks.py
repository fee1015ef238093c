"""Locks that are waited for in modelled time.

A process may have to wait while it holds a lock, for the answer to a call, say. With a real lock
the next one who wants it would keep the clock from ever going on.
"""

import threading
from collections import deque
from dataclasses import dataclass, field
from typing import Final

from benchmarks.simulation.clock import VirtualClock
from benchmarks.simulation.processes import Process

KINDS: Final[tuple[type, ...]] = (type(threading.Lock()), type(threading.RLock()))


@dataclass
class VirtualLock:
    """A lock that its owner may take again."""

    clock: VirtualClock
    _owner: Process | None = None
    _depth: int = 0
    _waiting: deque[Process] = field(default_factory=deque)

    def __enter__(self) -> bool:
        current = self.clock.current
        while self._owner not in {None, current}:
            self._waiting.append(current)
            self.clock.suspend()
        self._owner = current
        self._depth += 1
        return True

    def __exit__(self, *_: object) -> None:
        self._depth -= 1
        if not self._depth:
            self._owner = None
            if self._waiting:
                self.clock.wake(self._waiting.popleft())
