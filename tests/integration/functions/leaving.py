"""Consumers that leave, and worlds that come to rest afterwards."""

from tests.integration.functions.world import World


def leaving(world: World) -> dict[str, object]:
    """Return a request for the convergence of a consumer that has left, by a newer allowlist."""
    event = world.convergence()
    event["detail"] |= {"leaving": True, "allowlist_version": "ffffffffffff"}
    return event


def settled(world: World) -> None:
    """Sweep now, and again when nobody can be about to do anything."""
    assert world.sweep() == []
    world.later(minutes=10)
    assert world.sweep() == []
    assert world.sweep() == []
