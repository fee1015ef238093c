"""What a sweep costs as more is unchanged, and what changes cost as there are more of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks.figures import Figure
from benchmarks.scenarios.steady import steady
from benchmarks.simulation.cloud import Cloud

UNCHANGED: Final = (10, 100, 1_000, 10_000)
"""Endpoints of ten consumers."""
CHANGES: Final = (1, 10, 100, 1_000)
"""New endpoints, each of the next one of a hundred consumers, who have a thousand already."""

_FEW: Final = 10
_STANDING: Final = 1_000
_CONSUMERS: Final = 100


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What so many endpoints, unchanged or new ones, have cost."""

    endpoints: int
    calls: int
    provider_ec2_calls: int
    """Of EC2 and Elastic Load Balancing, in the provider's account."""
    accept_calls: int
    gb_seconds: float


def unchanged(endpoints: int, seed: int = 0) -> Cost:
    """Sweep over endpoints of ten consumers."""
    with steady(endpoints, consumers=_FEW, seed=seed) as stack:
        before = stack.fleet.gb_seconds
        stack.sweep()
        return _cost(endpoints, stack.world.cloud, stack.fleet.gb_seconds - before)


def changes(endpoints: int, seed: int = 0) -> Cost:
    """Have new endpoints asked for, and wait until all are published; no sweep comes meanwhile."""
    with steady(_STANDING, consumers=_CONSUMERS, seed=seed) as stack:
        estate, cloud, before = stack.estate, stack.world.cloud, stack.fleet.gb_seconds
        cloud.calls.clear()
        for number in range(endpoints):
            estate.request(estate.consumers[number % _CONSUMERS], estate.services[0])
        stack.fleet.settle()
        return _cost(endpoints, cloud, stack.fleet.gb_seconds - before)


def _cost(endpoints: int, cloud: Cloud, gb_seconds: float) -> Cost:
    at_provider = cloud.calls_of("provider", "ec2", "elbv2")
    return Cost(
        endpoints=endpoints,
        calls=cloud.calls.total(),
        provider_ec2_calls=at_provider,
        accept_calls=cloud.calls["provider", "ec2", "AcceptVpcEndpointConnections"],
        gb_seconds=gb_seconds,
    )


def figures(standing: Sequence[Cost], new: Sequence[Cost]) -> Iterator[Figure]:
    """Return what endpoints that do not change have cost, and what new ones have."""
    for name, costs in (("unchanged", standing), ("changes", new)):
        for each in costs:
            for what, value, unit in (
                ("calls", each.calls, "calls"),
                ("provider_ec2_calls", each.provider_ec2_calls, "calls"),
                ("accept_calls", each.accept_calls, "calls"),
                ("gb_seconds", each.gb_seconds, "GB-s"),
            ):
                yield Figure(name=f"{name}_{each.endpoints}_{what}", value=value, unit=unit)
