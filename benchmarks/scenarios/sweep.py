"""A regular sweep over endpoints that are as they should be: it reads, and writes nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import ceil
from typing import Final

from benchmarks import cost
from benchmarks.baselines import poller
from benchmarks.cold_start.needs import Needs
from benchmarks.cost import Usage
from benchmarks.figures import Figure
from benchmarks.scenarios.metering import Meter, logged_bytes
from benchmarks.scenarios.replays import replayed
from benchmarks.scenarios.steady import ENDPOINTS_EACH, Steady, steady
from benchmarks.simulation.functions import Event, LambdaFunction
from benchmarks.simulation.invocations import keep

SIZES: Final = (10, 100, 1_000, 10_000)
"""Endpoints, ten of a consumer each."""

_READS: Final = ("Describe", "Get", "Query")
_WRITTEN_TO: Final = ("dynamodb", "ec2", "elbv2", "ssm")


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """One sweep with nothing to do; seconds are modelled ones."""

    endpoints: int
    consumers: int
    calls: Mapping[tuple[str, str, str], int]
    """By role, service and operation."""
    throttles: int
    seconds: float
    usage: Usage
    look: Usage
    """What one look of the poller uses, which finds nothing to do either."""
    needs: Mapping[str, Needs]
    """Of each function, for its first batch after a cold start."""
    processor_seconds: float
    """How long this machine's processors work for all invocations."""
    longest_share_of_timeout: float
    """How much of its function's time the longest invocation takes."""

    def calls_in(self, role: str, *services: str) -> int:
        """Return how many calls were made in accounts of a role, to some services or to all."""
        return sum(
            count
            for (of, service, _), count in self.calls.items()
            if of == role and (not services or service in services)
        )

    @property
    def writes(self) -> int:
        """How many calls were made that change something."""
        return sum(
            count
            for (_, service, operation), count in self.calls.items()
            if service in _WRITTEN_TO and not operation.startswith(_READS)
        )


def sweep(endpoints: int, seed: int = 0) -> Sweep:
    """Sweep over so many endpoints, ten of a consumer each."""
    consumers = ceil(endpoints / ENDPOINTS_EACH)
    with steady(endpoints, consumers=consumers, seed=seed) as stack:
        meter = Meter(stack)
        seconds = stack.sweep()
        meter.stop()
        calls = dict(stack.world.cloud.calls)
        throttles = stack.world.cloud.buckets.throttles.total()
        look = _look(stack)
        needs = replayed(stack)
    return Sweep(
        endpoints=endpoints,
        consumers=consumers,
        calls=calls,
        throttles=throttles,
        seconds=seconds,
        usage=meter.usage(calls, needs),
        look=look,
        needs=needs,
        processor_seconds=meter.processor_seconds(needs),
        longest_share_of_timeout=meter.longest_share_of_timeout(needs),
    )


def _look(stack: Steady) -> Usage:
    """Have the poller look at what it has done already; what its processor works is left out."""
    clock, service_id = stack.world.clock, stack.estate.services[0].service_id
    ids = set(stack.vpc_endpoint_ids)

    def look(event: Event) -> None:
        keep(poller.DONE, lambda: ids)
        poller.handle(event)

    function = LambdaFunction("poller", clock, look, poller.TIMEOUT)
    before = 0.0
    for _ in range(2):  # the second one is in a warm environment
        before = function.usage.gb_seconds
        clock.spawn(partial(function.invoke, {"service_id": service_id}))
        clock.run(until=clock.monotonic() + poller.INTERVAL)
    return Usage(
        invocations=1,
        gb_seconds=function.usage.gb_seconds - before,
        schedules=1,
        logged_bytes=logged_bytes(1),
    )


def figures(sweeps: Sequence[Sweep]) -> Iterator[Figure]:
    """Return what sweeps have shown, at each size, and of the largest what is promised."""
    for each in sweeps:
        size = f"sweep_{each.endpoints}"
        for what, value, unit in (
            ("consumer_calls", each.calls_in("consumer"), "calls"),
            ("calls_per_consumer", each.calls_in("consumer") / each.consumers, "calls"),
            ("provider_calls", each.calls_in("provider"), "calls"),
            ("provider_ec2_calls", each.calls_in("provider", "ec2", "elbv2"), "calls"),
            ("writes", each.writes, "calls"),
            ("throttles", each.throttles, "calls"),
            ("invocations", each.usage.invocations, "invocations"),
            ("modelled_seconds", each.seconds, "s"),
            ("cpu_seconds", each.processor_seconds, "s"),
            ("peak_mib", max(needs.peak_mib for needs in each.needs.values()), "MiB"),
            ("longest_share_of_timeout", each.longest_share_of_timeout, "of 1"),
        ):
            yield Figure(name=f"{size}_{what}", value=value, unit=unit)
        yield Figure(
            name=f"{size}_gb_seconds",
            value=each.usage.gb_seconds,
            unit="GB-s",
            baseline=each.look.gb_seconds,
        )
        for function, needs in each.needs.items():
            yield Figure(name=f"{size}_{function}_peak_mib", value=needs.peak_mib, unit="MiB")
            yield Figure(name=f"{size}_{function}_seconds", value=needs.again_seconds, unit="s")
        yield from _cost(each)


def _cost(of: Sweep) -> Iterator[Figure]:
    ours = cost.per_month(cost.OURS, of.usage)
    theirs = cost.per_month(cost.POLLER, of.look)
    name = f"cost_per_month_{of.endpoints}"
    yield Figure(
        name=f"{name}_dollars",
        value=sum(ours.values()),
        unit="$",
        baseline=sum(theirs.values()),
    )
    for component, dollars in ours.items():
        yield Figure(
            name=f"{name}_{component}_dollars",
            value=dollars,
            unit="$",
            baseline=theirs[component],
        )
