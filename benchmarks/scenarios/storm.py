"""A storm: many requests at once, from consumers with a Connected VPC each.

The notifications of it come late, in any order, and some of them twice.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks.figures import Figure
from benchmarks.scenarios.contenders import Name, Stage, staged
from benchmarks.scenarios.milestones import Milestones, run_until_quiet
from benchmarks.simulation.buckets import ACCEPT

_MOST: Final = 6 * 3600.0
LARGEST: Final = (1000, 50)
SIZES: Final = (
    *((1, 1), (10, 1), (10, 10), (100, 1), (100, 10), (100, 100)),
    *((1000, 1), (1000, 10), LARGEST, (1000, 100)),
)
"""Requests, and consumers that they come from."""


@dataclass(frozen=True, kw_only=True)
class Storm:
    """What a contender has made of a storm; seconds are modelled ones, since the requests."""

    name: Name
    requests: int
    consumers: int
    ec2_calls: int
    """Of the provider's account, until all was published, those that were throttled included."""
    accept_calls: int
    throttles: int
    """Of any account and service."""
    accepted_seconds: float
    published_seconds: float
    quiet_seconds: float
    """Until nothing was under way any more."""
    invocations: int
    gb_seconds: float
    failures: int
    calls: Mapping[tuple[str, str, str], int]
    """Until all was quiet, by role, service and operation."""

    @property
    def label(self) -> str:
        """What the figures of the storm are called after."""
        return f"storm_{self.requests}_{self.consumers}"


def storm(name: Name, requests: int, consumers: int, seed: int = 0) -> Storm:
    """Put a contender through a storm."""
    with staged(name, consumers=consumers, seed=seed) as stage:
        begun = stage.world.clock.monotonic()
        milestones = Milestones(stage)
        for number in range(requests):
            milestones.request(stage.estate.consumers[number % consumers])
        run_until_quiet(milestones, _MOST)
        return _seen(name, requests, consumers, begun, stage, milestones)


def _seen(  # noqa: PLR0913, PLR0917 - what there was, and what came of it
    name: Name, requests: int, consumers: int, begun: float, stage: Stage, milestones: Milestones
) -> Storm:
    cloud = stage.world.cloud
    usages = [function.usage for function in stage.contender.functions]
    return Storm(
        name=name,
        requests=requests,
        consumers=consumers,
        ec2_calls=_ec2_calls(cloud.log, milestones.all_published),
        accept_calls=cloud.calls["provider", "ec2", "AcceptVpcEndpointConnections"],
        throttles=cloud.buckets.throttles.total(),
        accepted_seconds=milestones.all_accepted - begun,
        published_seconds=milestones.all_published - begun,
        quiet_seconds=max(cloud.log)[0] - begun,
        invocations=sum(usage.invocations for usage in usages),
        gb_seconds=sum(usage.gb_seconds for usage in usages),
        failures=sum(len(function.errors) for function in stage.contender.functions),
        calls=dict(cloud.calls),
    )


def _ec2_calls(log: Iterable[tuple[float, str, str, str]], until: float) -> int:
    times = [at for at, role, service, _ in log if (role, service) == ("provider", "ec2")]
    return bisect_right(sorted(times), until)


def one_by_one_seconds(requests: int) -> float:
    """Return how long it takes at best to accept requests one by one, as EC2's tokens allow."""
    return max(requests - ACCEPT.burst, 0.0) / ACCEPT.per_second


@dataclass(frozen=True)
class Storms:
    """The storms of a run, of all contenders."""

    storms: Sequence[Storm]

    def of(self, name: Name, size: tuple[int, int]) -> Storm | None:
        """Return what a contender has made of a storm of a size."""
        found = [s for s in self.storms if s.name is name and (s.requests, s.consumers) == size]
        return found[0] if found else None


_CURVES: Final = {
    "ec2_calls": "calls",
    "accept_calls": "calls",
    "throttles": "calls",
    "accepted_seconds": "s",
    "published_seconds": "s",
    "invocations": "invocations",
    "gb_seconds": "GB-s",
}
"""What is a figure of every storm, with its unit; the baseline is the tutorial's."""


def figures(storms: Storms) -> Iterator[Figure]:
    """Return what the storms have shown."""
    for ours in (each for each in storms.storms if each.name is Name.OURS):
        size = (ours.requests, ours.consumers)
        tutorial, poller = storms.of(Name.TUTORIAL, size), storms.of(Name.POLLER, size)
        for what, unit in _CURVES.items():
            yield _figure(f"{ours.label}_{what}", what, unit, ours, tutorial)
            if poller is not None:
                yield _figure(f"{ours.label}_{what}_poller", what, unit, poller, None)
    largest = storms.of(Name.OURS, LARGEST)
    if largest is not None:
        yield from _largest(largest, storms.of(Name.TUTORIAL, LARGEST))


def _largest(ours: Storm, tutorial: Storm | None) -> Iterator[Figure]:
    for name, what, unit in (
        ("storm_1000_ec2_calls", "ec2_calls", "calls"),
        ("storm_1000_modelled_seconds", "accepted_seconds", "s"),
        ("storm_1000_published_seconds", "published_seconds", "s"),
        ("storm_1000_accept_calls", "accept_calls", "calls"),
        ("storm_1000_throttles", "throttles", "calls"),
    ):
        yield _figure(name, what, unit, ours, tutorial)
    yield Figure(
        name="storm_1000_one_by_one_seconds", value=one_by_one_seconds(ours.requests), unit="s"
    )


def _figure(name: str, what: str, unit: str, of: Storm, baseline: Storm | None) -> Figure:
    compared = None if baseline is None else float(getattr(baseline, what))
    return Figure(name=name, value=float(getattr(of, what)), unit=unit, baseline=compared)
