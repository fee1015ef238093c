"""What has been read of AWS already, and is as good as what would be read now.

A request for convergence says when it was made. Whatever was read since then shows all that the
request can be about; so the batches of one sweep share what they read.
"""

from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any, Final, NamedTuple

_MAX_AGE: Final = timedelta(minutes=10)


class _Reading(NamedTuple):
    begun: datetime
    answer: Future[Any]


@dataclass(frozen=True, kw_only=True)
class Readings:
    """Readings of one execution environment, each by a key. Threads may share them."""

    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    _kept: dict[Hashable, _Reading] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def since(self, moment: datetime) -> None:
        """Forget what was not begun to be read after a moment, or within ten minutes.

        A moment that is yet to come counts as now.
        """
        now = self.clock()
        oldest = max(min(moment, now), now - _MAX_AGE)
        with self._lock:
            for key in [key for key, reading in self._kept.items() if reading.begun <= oldest]:
                del self._kept[key]

    def keep[Value](self, key: Hashable, read: Callable[[], Value]) -> Value:
        """Return what is known by a key, or else read it; who asks meanwhile waits for that.

        What cannot be read is not kept.
        """
        with self._lock:
            known = self._kept.get(key)
            reading = known or _Reading(self.clock(), Future())
            self._kept[key] = reading
        if known is None:
            try:
                reading.answer.set_result(read())
            except BaseException as error:  # noqa: BLE001 - handed on to all who wait for it
                self._forget(key, reading)
                reading.answer.set_exception(error)
        answer: Future[Value] = reading.answer
        return answer.result()

    def _forget(self, key: Hashable, reading: _Reading) -> None:
        with self._lock:
            # It may have been forgotten meanwhile, and be read anew.
            if self._kept.get(key) is reading:
                del self._kept[key]
