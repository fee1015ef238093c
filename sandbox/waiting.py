"""Waits for what comes about by itself."""

import time
from collections.abc import Callable


class TimeoutExpiredError(Exception):
    """Something did not come about in time."""


def wait_until[Value](probe: Callable[[], Value], *, what: str, seconds: float = 30.0) -> Value:
    """Return the first true value of a probe, or raise TimeoutExpiredError."""
    deadline = time.monotonic() + seconds
    while not (value := probe()):
        if time.monotonic() > deadline:
            raise TimeoutExpiredError(f"{what}: not within {seconds:.0f} s")
        time.sleep(0.1)
    return value
