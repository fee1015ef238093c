"""Observe mode: everything is planned, and nothing is done."""

import pytest

from sandbox.accounts import CONSUMER, REGION, STRANGER
from tests.integration.functions.harness import clear_caches
from tests.integration.functions.world import World

RECORDS = {"BatchWriteItem"}


@pytest.fixture(params=["in the allowlist", "of the stack"])
def observing(
    request: pytest.FixtureRequest, world: World, monkeypatch: pytest.MonkeyPatch
) -> World:
    """Return the world after the mode has been changed, in either place."""
    if request.param == "of the stack":
        monkeypatch.setenv("MODE", "observe")
        clear_caches()
    else:
        world.edit("consumers:", "mode: observe\n    consumers:")
    return world


def test_a_request_waits_and_the_ledger_says_what_would_be_done(observing: World) -> None:
    endpoint_id = observing.request()
    assert observing.sweep() == []
    assert observing.provider.states() == {endpoint_id: "pendingAcceptance"}
    assert observing.ledger()[f"ENDPOINT#{endpoint_id}"]["action"] == "would accept"
    assert observing.ledger()["SERVICE#upkeep#WOULD"]["would"] == "would have connections notified"
    assert observing.published_events("Endpoint Connection Accepted") == []
    assert observing.follow_ups() == []
    assert set(observing.writes) <= RECORDS


def test_rules_and_parameters_are_planned_and_recorded_once(observing: World) -> None:
    observing.connect()
    assert observing.sweep() == []
    assert (observing.ingress(), observing.parameters()) == ([], {})
    part = f"CONSUMER#{CONSUMER}/{REGION}#{{}}#WOULD"
    would = observing.ledger()[part.format("ingress")]["would"]
    assert would == f"would authorize {observing.group_id}: 192.168.0.0/20 on tcp/80"
    name = f"/privatelink/web/{observing.consumer.vpc_id}/ip"
    assert f"would put {name} = " in observing.ledger()[part.format("addresses")]["would"]
    assert set(observing.writes) <= RECORDS
    observing.calls.clear()
    observing.sweep()
    assert observing.writes == []


def test_nobody_is_cut(world: World) -> None:
    endpoint_id = world.connect()
    world.sweep()
    rules, parameters = world.ingress(), world.parameters()
    world.edit("consumers:", "mode: observe\n    consumers:")
    world.edit(CONSUMER, STRANGER)
    world.calls.clear()
    assert world.sweep() == []
    assert world.provider.states() == {endpoint_id: "available"}
    assert (world.ingress(), world.parameters()) == (rules, parameters)
    assert world.ledger()[f"ENDPOINT#{endpoint_id}"]["action"] == "would reject"
    assert set(world.writes) <= RECORDS


def test_what_would_be_done_is_done_once_the_mode_is_enforce(world: World) -> None:
    world.edit("consumers:", "mode: observe\n    consumers:")
    endpoint_id = world.request()
    world.sweep()
    world.edit("mode: observe", "mode: enforce")
    world.sweep()
    world.sweep()
    assert world.provider.states() == {endpoint_id: "available"}
    assert world.ingress()
    assert world.parameters()
    assert not [key for key in world.ledger() if key.endswith("WOULD")]
    (accepted,) = world.published_events("Endpoint Connection Accepted")
    assert accepted["vpc_endpoint_id"] == endpoint_id
