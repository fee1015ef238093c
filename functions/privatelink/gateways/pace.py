"""How fast AWS is called where it limits the calls of an account to few.

Each execution environment keeps to its share of the account's token bucket, so that all of them
together never empty it, and nothing that a person does meanwhile is throttled because of us.
"""

import time
from collections.abc import Callable
from threading import Lock


class Pace:
    """A token bucket: as many calls at once as a burst, and from then on so many a second.

    Threads may share it. `clock` and `sleep` count in seconds.
    """

    def __init__(
        self,
        rate: float,
        burst: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._rate = rate
        self._burst = burst
        self._clock = clock
        self._sleep = sleep
        self._lock = Lock()
        self._tokens = burst
        self._counted = clock()

    def take(self) -> None:
        """Take a token, and wait until it is there."""
        with self._lock:
            now = self._clock()
            self._tokens = min(self._burst, self._tokens + (now - self._counted) * self._rate)
            self._counted = now
            # Below nought: it is to come, and nobody else gets it meanwhile.
            self._tokens -= 1
            wait = -self._tokens / self._rate
        if wait > 0:
            self._sleep(wait)
