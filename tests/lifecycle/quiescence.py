"""When the faults have stopped: one sweep leads to what should be, and the next writes nothing."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from tests.lifecycle import views
from tests.lifecycle.expectation import Expectation
from tests.lifecycle.oracle import Oracle
from tests.lifecycle.principals import disappointments
from tests.lifecycle.world import World

A_WHILE: Final = timedelta(minutes=20)
"""Longer than what is done here takes, and than a session of a role is used."""
_LAG: Final = timedelta(minutes=6)
"""A trace is kept for some minutes after the last write: EC2 may not show yet what was written."""
_LEDGER: Final = "dynamodb "


def quiesce(world: World, *, loses_messages: bool) -> list[str]:
    """Stop the faults, sweep, and return where the world is not what it should be."""
    world.faults.stop()
    if world.appconfig.current.draft is None:
        world.deploy()
    world.clock.now += A_WHILE if world.faults.locked else _LAG
    while any(boundaries(world)):
        world.clock.now += A_WHILE
    if loses_messages:
        world.drop_messages()
    expectation = Expectation.of(oracle(world))
    _sweep(world)
    problems = list(expectation.disappointments())
    problems += disappointments(expectation.oracle, world.watch.by_hand)
    for service_id, most in expectation.tripped().items():
        world.watch.tripped[service_id] = max(most, world.watch.tripped.get(service_id, 0))
    changes = [write for write in _sweep(world) if not write.startswith(_LEDGER)]
    problems += [f"a second sweep changes something: {write}" for write in changes]
    problems += expectation.traces()
    problems += expectation.denials()
    problems += [f"a third sweep writes: {write}" for write in _sweep(world)]
    return world.watch.violations + problems


def _sweep(world: World) -> list[str]:
    """Sweep, with everything that follows, and return the writes."""
    world.cloud.calls.clear()
    world.sweep()
    world.settle()
    world.clock.now += _LAG
    return world.cloud.writes


def oracle(world: World) -> Oracle:
    """Read the draft as it is now."""
    return Oracle.of(world.draft, world.clock(), world.aliases, world.faults.locked)


def boundaries(world: World) -> Iterator[bool]:
    """Yield for each thing that depends on the time whether it is about to change."""
    now, then = world.clock(), world.clock() + A_WHILE
    yield now.date() != then.date()
    for entry in world.draft.services.values():
        if entry.hold_timeout is not None:
            for each in views.endpoints(entry.service_id):
                yield now <= each.creation_timestamp + entry.hold_timeout <= then
