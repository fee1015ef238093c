"""Who is put through the scenarios: the stack, and what it is compared with."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Final, Protocol

from benchmarks.baselines.poller import Poller
from benchmarks.baselines.tutorial import ANSWERS_BY_ID, NOTIFIED_OF, Tutorial
from benchmarks.simulation import template
from benchmarks.simulation.estate import Estate, build
from benchmarks.simulation.fleet import Fleet, use_cases
from benchmarks.simulation.functions import LambdaFunction
from benchmarks.simulation.world import World, new_world
from sandbox.in_process import quick

PENDING_SECONDS: Final = (20.0, 60.0)
"""How long AWS takes from the acceptance until a connection is available: some such time, which is
documented nowhere."""


class Name(StrEnum):
    """The contenders."""

    OURS = "ours"
    TUTORIAL = "tutorial"
    POLLER = "poller"


class Contender(Protocol):
    """Looks after connections."""

    @property
    def is_quiet(self) -> bool:
        """Whether nothing is under way, and nothing is to come but regular looks."""
        ...

    @property
    def functions(self) -> Iterable[LambdaFunction]:
        """Its Lambda functions."""
        ...


@dataclass(frozen=True)
class Ours:
    """The stack, which has looked at everything before, and has no warm environments now."""

    fleet: Fleet

    @property
    def is_quiet(self) -> bool:
        """Whether nothing is under way."""
        return self.fleet.is_quiet

    @property
    def functions(self) -> Iterable[LambdaFunction]:
        """The functions of the stack."""
        return self.fleet.functions.values()


@dataclass(frozen=True)
class Stage:
    """A world with an estate and whoever looks after it."""

    world: World
    estate: Estate
    contender: Contender


@contextmanager
def staged(name: Name, *, consumers: int, seed: int) -> Iterator[Stage]:
    """Set a stage, on which nothing has been asked for yet."""
    with new_world(seed) as world:
        world.model.pending_of = pending_of(seed)
        with _STAGES[name](world, consumers, seed) as (estate, contender):
            world.cloud.calls.clear()
            world.cloud.log.clear()
            yield Stage(world, estate, contender)


def pending_of(seed: int) -> Callable[[str], float]:
    """Return AWS's own delay of each endpoint: the same for every contender."""

    def pending(vpc_endpoint_id: str) -> float:
        return Random(f"{seed} {vpc_endpoint_id}").uniform(*PENDING_SECONDS)  # noqa: S311 - no secret

    return pending


type Setting = AbstractContextManager[tuple[Estate, Contender]]


@contextmanager
def _ours(world: World, consumers: int, seed: int) -> Iterator[tuple[Estate, Contender]]:
    estate = build(consumers=consumers)
    with use_cases(world):
        fleet = Fleet(world, estate.allowlist, seed)
        fleet.sweep()
        fleet.settle()
        fleet.cool_down()
        # Requests come when a sweep is as far behind as it is ahead.
        fleet.sweep_regularly(first=template.sweep_interval() / 2)
        yield estate, Ours(fleet)


@contextmanager
def _tutorial(world: World, consumers: int, seed: int) -> Iterator[tuple[Estate, Contender]]:
    estate = build(consumers=consumers, notified_of=NOTIFIED_OF)
    with quick.apply(ANSWERS_BY_ID):
        yield estate, Tutorial(world, seed)


@contextmanager
def _poller(world: World, consumers: int, _: int) -> Iterator[tuple[Estate, Contender]]:
    estate = build(consumers=consumers)
    # Requests come when a look is as far behind as it is ahead.
    yield estate, Poller(world, estate.services[0].service_id, first=30.0)


_STAGES: Final[Mapping[Name, Callable[[World, int, int], Setting]]] = {
    Name.OURS: _ours,
    Name.TUTORIAL: _tutorial,
    Name.POLLER: _poller,
}
