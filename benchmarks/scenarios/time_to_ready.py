"""Time to ready: from a consumer's create to the address in its account, beyond AWS's own delay.

Consumers ask at random for an hour, each for its first endpoint, as they do on any day.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from random import Random
from statistics import median, quantiles
from typing import Final

from benchmarks.figures import Figure
from benchmarks.scenarios.contenders import Name, staged
from benchmarks.scenarios.milestones import Milestones, run_until_quiet

REQUESTS: Final = 100
_WITHIN: Final = 3600.0


@dataclass(frozen=True)
class TimeToReady:
    """How long each consumer of a contender has waited, in modelled seconds."""

    name: Name
    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """What half of them have waited at most."""
        return median(self.seconds)

    @property
    def p99(self) -> float:
        """What all but one in a hundred have waited at most."""
        return quantiles(self.seconds, n=100, method="inclusive")[-1]


def time_to_ready(name: Name, requests: int = REQUESTS, seed: int = 0) -> TimeToReady:
    """Have consumers ask at random, so many of them in an hour."""
    random = Random(f"{seed} arrivals")  # noqa: S311 - nothing is kept secret by it
    with staged(name, consumers=requests, seed=seed) as stage:
        milestones, at = Milestones(stage), 0.0
        for consumer in stage.estate.consumers:
            at += random.expovariate(requests / _WITHIN)
            stage.world.clock.call_after(at, partial(milestones.request, consumer))
        stage.world.clock.run(until=stage.world.clock.monotonic() + at)
        run_until_quiet(milestones, _WITHIN)
        seconds = sorted(map(milestones.seconds_to_ready, milestones.requested))
    return TimeToReady(name, tuple(seconds))


def figures(found: Mapping[Name, TimeToReady]) -> Iterator[Figure]:
    """Return what has been measured; the baseline is the poller's."""
    ours, poller = found[Name.OURS], found[Name.POLLER]
    for what in ("median", "p99"):
        name, value = f"time_to_ready_{what}_seconds", getattr(ours, what)
        yield Figure(name=name, value=value, unit="s", baseline=getattr(poller, what))
        tutorial = getattr(found[Name.TUTORIAL], what)
        yield Figure(name=f"{name}_tutorial", value=tutorial, unit="s")
