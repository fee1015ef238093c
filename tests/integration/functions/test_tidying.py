"""Last decisions about endpoints that ended long ago go; their history stays."""

import pytest

from sandbox.accounts import PROVIDER, REGION
from sandbox.privatelink.clients import in_process_client
from tests.integration.functions.harness import failed
from tests.integration.functions.world import World
from tests.integration.privatelink_model.parties import Clock, Party


def delete(party: Party, endpoint_id: str) -> None:
    party.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint_id])


def ended(world: World, clock: Clock) -> str:
    """Have an endpoint come, go, and be listed no longer; return the key of its entry."""
    endpoint_id = world.request()
    world.accept()
    delete(world.consumer, endpoint_id)
    world.accept()
    clock.advance(hours=2)
    world.accept()
    return f"ENDPOINT#{endpoint_id}"


def test_after_thirty_days_the_last_decision_goes_and_the_history_stays(
    world: World, clock: Clock
) -> None:
    key = ended(world, clock)
    assert world.ledger()[key]["rule"] == "ended"
    history = world.history(key.removeprefix("ENDPOINT#"))
    world.later(days=29)
    world.accept()
    assert key in world.ledger()
    world.later(days=2)
    assert failed(world.accept()) == []
    assert key not in world.ledger()
    assert world.history(key.removeprefix("ENDPOINT#")) == history
    world.calls.clear()
    world.accept()
    assert world.writes == []


def test_what_is_still_listed_stays(world: World, clock: Clock) -> None:
    world.privatelink.linger_seconds = 1e9
    key = ended(world, clock)
    world.later(days=31)
    world.accept()
    assert key in world.ledger()


def test_what_was_never_seen_to_end_stays(world: World, clock: Clock) -> None:
    endpoint_id = world.request(world.stranger)
    world.accept()
    delete(world.stranger, endpoint_id)
    clock.advance(hours=2)
    world.later(days=31)
    world.accept()
    assert world.provider.states() == {}
    assert world.ledger()[f"ENDPOINT#{endpoint_id}"]["action"] == "hold"


def test_what_is_listed_and_live_stays_however_old_the_decision_is(world: World) -> None:
    endpoint_id = world.request()
    world.accept()
    world.later(days=400)
    world.accept()
    assert f"ENDPOINT#{endpoint_id}" in world.ledger()


@pytest.mark.parametrize("decided", ["", "long ago", "2026-01-01T00:00:00"])
def test_an_entry_of_which_nobody_can_read_when_it_was_decided_stays(
    world: World, clock: Clock, decided: str
) -> None:
    key = ended(world, clock)
    in_process_client("dynamodb", PROVIDER, REGION).update_item(
        TableName="ledger",
        Key={"pk": {"S": f"SERVICE#{world.service_id}"}, "sk": {"S": key}},
        UpdateExpression="SET decided = :decided",
        ExpressionAttributeValues={":decided": {"S": decided}},
    )
    world.later(days=400)
    world.accept()
    assert key in world.ledger()


def test_of_a_service_whose_connections_are_not_looked_at_nothing_goes(
    world: World, clock: Clock
) -> None:
    world.privatelink.linger_seconds = 1e9
    world.edit("consumers:", "mode: observe\n    consumers:")
    key = ended(world, clock)
    assert world.ledger()[key]["rule"] == "ended"
    world.later(days=31)
    world.allowlist = "services: {}"
    world.sweep()
    assert key in world.ledger()
