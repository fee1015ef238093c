"""Has the functions' objects live in modelled time."""

from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.simulation.clock import VirtualClock
from benchmarks.simulation.invocations import sleep
from benchmarks.simulation.locks import KINDS, VirtualLock
from privatelink.batches import SIDE_BY_SIDE
from privatelink.gateways.pace import Pace
from sandbox.in_process.equipping import attributes_of, parts, put


def adapt(root: object, clock: VirtualClock) -> None:
    """Give an object of the functions, and all that it is made of, the clock and its processes."""

    def crew(pieces: Sequence[Callable[[], None]]) -> None:
        clock.side_by_side(pieces, SIDE_BY_SIDE)

    for each in parts(root):
        if isinstance(each, Pace):
            _adapt_pace(each, clock)
            continue
        for name, value in attributes_of(each).items():
            if isinstance(value, KINDS):
                put(each, name, VirtualLock(clock))
            elif name in {"clock", "crew"}:
                put(each, name, {"clock": clock, "crew": crew}[name])


def _adapt_pace(pace: Any, clock: VirtualClock) -> None:  # noqa: ANN401 - its private names are meant
    for name, value in (
        ("_clock", clock.monotonic),
        ("_sleep", sleep),
        ("_counted", clock.monotonic()),
    ):
        assert hasattr(pace, name), name  # noqa: S101 - a pace of another kind would wait for real
        put(pace, name, value)
