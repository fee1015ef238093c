"""The stack in its steady state: every endpoint is accepted, opened and published."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from benchmarks.scenarios.contenders import pending_of
from benchmarks.simulation import template
from benchmarks.simulation.estate import Estate, build
from benchmarks.simulation.fleet import Fleet, use_cases
from benchmarks.simulation.world import World, new_world

ENDPOINTS_EACH: Final = 10
"""So many endpoints a consumer has, unless a scenario says otherwise."""
_MOST: Final = 24 * 3600.0


@dataclass(frozen=True)
class Steady:
    """A stack that has nothing to do until something changes."""

    world: World
    estate: Estate
    fleet: Fleet
    vpc_endpoint_ids: Sequence[str]

    def sweep(self) -> float:
        """Have everything looked at, as long after the last sweep as template.yaml says.

        Returns how many modelled seconds it takes until the last call.
        """
        clock, cloud = self.world.clock, self.world.cloud
        clock.run(until=clock.monotonic() + template.sweep_interval())
        cloud.calls.clear()
        begun = clock.monotonic()
        self.fleet.sweep()
        self.fleet.settle(_MOST)
        return cloud.log[-1][0] - begun


@contextmanager
def steady(endpoints: int, *, consumers: int, seed: int = 0) -> Iterator[Steady]:
    """Bring a stack to its steady state, without AWS's delays and notifications on the way.

    No execution environment is warm: none has a session that would do once more, or a reading.
    """
    with new_world(seed) as world:
        estate = build(consumers=consumers)
        world.model.pending_of = pending_of(seed)
        with use_cases(world):
            fleet = Fleet(world, estate.allowlist, seed)
            notify, world.model.notify = world.model.notify, lambda *_: None
            vpc_endpoint_ids = [
                estate.request(estate.consumers[number % consumers], estate.services[0])
                for number in range(endpoints)
            ]
            estate.accept(estate.services[0])
            stack = Steady(world, estate, fleet, vpc_endpoint_ids)
            stack.sweep()
            fleet.cool_down()
            world.model.notify = notify
            yield stack
