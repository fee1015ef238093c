"""Passes that have more to accept than there is time for."""

import pytest

from accept_endpoint_connections import app
from accept_endpoint_connections.calls import Allowance
from accept_endpoint_connections.census import Census
from privatelink.hints import Look
from privatelink.model import ServiceId
from tests.integration.functions.world import World


def look(world: World, allowance: Allowance, service_id: str = "", *, follow_up: int = 0) -> None:
    """Look at a service with an allowance, as the handler does."""
    accept = app.use_case()
    accept(
        Look(
            service_id=ServiceId(service_id or world.service_id),
            follow_up=follow_up,
            follows_up_only=follow_up > 0,
        ),
        accept.stack.allowlists.get(),
        accept.stack.ledger.read_tracked_services(),
        allowance,
        Census(),
    )


def test_what_was_left_is_done_by_a_follow_up_two_seconds_later(world: World) -> None:
    endpoint_id = world.request()
    look(world, Allowance(calls=0))
    assert world.provider.states() == {endpoint_id: "pendingAcceptance"}
    assert world.published_events("Endpoint Connection Accepted") == []
    ((delay, follow_up),) = world.follow_ups()
    assert delay == 2
    world.accept(follow_up)
    assert world.provider.states() == {endpoint_id: "available"}
    (accepted,) = world.published_events("Endpoint Connection Accepted")
    assert accepted["vpc_endpoint_id"] == endpoint_id
    assert len(world.published_events("Consumer Convergence Requested")) == 1


def test_rejections_that_were_left_are_followed_up_too(world: World) -> None:
    world.edit("consumers:", "unlisted: reject\n    consumers:")
    endpoint_id = world.request(world.stranger)
    look(world, Allowance(calls=0))
    ((_, follow_up),) = world.follow_ups()
    world.accept(follow_up)
    assert world.provider.states() == {endpoint_id: "rejected"}
    assert world.follow_ups() == []


def test_of_two_services_the_second_waits_for_its_follow_up(world: World) -> None:
    second_id, second_name = world.provider.service("*")
    assert world.allowlist is not None
    other = world.allowlist.replace("services:", "").replace(world.service_id, second_id)
    world.allowlist += other.replace("web:", "db:")
    first = world.request()
    second = world.consumer.request(second_name)
    allowance = Allowance(calls=1)
    look(world, allowance)
    look(world, allowance, second_id)
    assert world.provider.states() == {first: "available", second: "pendingAcceptance"}
    followed = {body["detail"]["service_id"] for _, body in world.follow_ups()}
    assert followed == {world.service_id, second_id}


@pytest.mark.parametrize(("follow_up", "sent"), [(209, 1), (210, 0)])
def test_what_cannot_be_done_is_not_followed_up_for_ever(
    world: World, follow_up: int, sent: int
) -> None:
    world.request()
    look(world, Allowance(calls=0), follow_up=follow_up)
    assert len(world.follow_ups()) == sent
