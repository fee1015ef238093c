"""Who is converged: what a hint names, and what has changed; by a sweep everybody."""

import json
from typing import Any, Final

import pytest

from privatelink.event_names import CONVERGENCE
from sandbox.accounts import CONSUMER, STRANGER
from tests.integration.functions.world import EVENTS, World

_NAMED: Final = "vpce-0fedcba9876543210"
"""The endpoint of the event files."""


@pytest.fixture
def neighbours(world: World) -> World:
    """Return a world with two consumers that have been converged."""
    assert world.allowlist is not None
    world.allowlist += f'      - {{account_id: "{STRANGER}", source_cidrs: [10.99.0.0/16]}}\n'
    world.request()
    world.request(world.stranger)
    for _ in range(2):  # accepted by the first sweep, available in the second one
        world.sweep()
    return world


def about(
    world: World, endpoint_id: str, situation: str = "connection_requested"
) -> dict[str, Any]:
    """Return an event about an endpoint."""
    event = world.event(EVENTS / "accept_endpoint_connections" / f"{situation}.json")
    told: dict[str, Any] = json.loads(json.dumps(event).replace(_NAMED, endpoint_id))
    return told


def converged(world: World) -> set[str]:
    return {detail["account_id"] for detail in world.published_events(CONVERGENCE)}


def test_by_a_new_endpoint_its_consumer_alone(neighbours: World) -> None:
    neighbours.accept(about(neighbours, neighbours.request()))
    assert converged(neighbours) == {CONSUMER}


@pytest.mark.parametrize("situation", ["connection_requested", "endpoint_modified_by_consumer"])
def test_by_an_endpoint_that_is_as_it_was_the_consumer_that_it_belongs_to(
    neighbours: World, situation: str
) -> None:
    (endpoint,) = neighbours.stranger.ec2.describe_vpc_endpoints()["VpcEndpoints"]
    neighbours.accept(about(neighbours, endpoint["VpcEndpointId"], situation))
    assert converged(neighbours) == {STRANGER}


def test_by_an_endpoint_that_nobody_has_nobody(neighbours: World) -> None:
    neighbours.accept(about(neighbours, _NAMED))
    assert converged(neighbours) == set()


def test_by_any_hint_whoever_has_left(neighbours: World) -> None:
    endpoints = neighbours.consumer.ec2.describe_vpc_endpoints()["VpcEndpoints"]
    neighbours.consumer.ec2.delete_vpc_endpoints(
        VpcEndpointIds=[row["VpcEndpointId"] for row in endpoints]
    )
    neighbours.accept(about(neighbours, _NAMED))
    assert converged(neighbours) == {CONSUMER}


@pytest.mark.parametrize("situation", ["notification_without_ids", "scheduled_sweep"])
def test_by_what_names_no_endpoint_everybody(neighbours: World, situation: str) -> None:
    neighbours.accept(about(neighbours, _NAMED, situation))
    assert converged(neighbours) == {CONSUMER, STRANGER}


def test_by_a_sweep_among_other_hints_everybody(neighbours: World) -> None:
    sweep = about(neighbours, _NAMED, "scheduled_sweep")
    neighbours.accept(about(neighbours, _NAMED), sweep)
    assert converged(neighbours) == {CONSUMER, STRANGER}
