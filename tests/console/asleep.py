"""Keeps the deployed functions from doing what the console says that they would."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from sandbox.emulator.faults import Fault, FaultKind
from sandbox.waiting import wait_until
from sandbox.walkthrough import Walkthrough


@contextmanager
def asleep(walkthrough: Walkthrough) -> Iterator[None]:
    """Let every event get lost within the block; then have a sweep catch up."""
    sweep(walkthrough)
    walkthrough.sandbox.inject(Fault(kind=FaultKind.EVENT_LOST, of="*", times=None))
    try:
        yield
    finally:
        walkthrough.sandbox.clear_faults()
        sweep(walkthrough)


def sweep(walkthrough: Walkthrough) -> None:
    """Have everything compared with the allowlist, and wait for what comes of it."""
    before = walkthrough.settle()
    walkthrough.request_sweep()
    wait_until(lambda: walkthrough.has_looked(after=before), what="look at the service")
    walkthrough.settle(4.0)


def age() -> None:
    """Wait for another second, in which EC2 tells endpoints apart by their age."""
    time.sleep(1.1)
