"""Consumers who give us no role: accepted, and published by what DNS says of them."""

import json

import pytest

from publish_endpoint_addresses import app as publish_app
from sandbox.accounts import CONSUMER, PROVIDER
from tests.integration.functions.world import World

ADDRESSES = ["10.0.3.181", "10.0.20.7"]


@pytest.fixture
def names(world: World, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """Let the consumer have no role; return what DNS answers, by name, empty at first."""
    world.edit("alias: sddc-tokyo", "access: none")
    known: dict[str, list[str]] = {}
    monkeypatch.setattr(publish_app, "resolve", lambda name: known.get(name, []))
    return known


def regional_name(world: World, endpoint_id: str) -> str:
    (row,) = (c for c in world.provider.connections() if c["VpcEndpointId"] == endpoint_id)
    return min((entry["DnsName"] for entry in row["DnsEntries"]), key=len)


def test_the_address_is_published_in_the_providers_account_alone(
    world: World, names: dict[str, list[str]]
) -> None:
    endpoint_id = world.request()
    world.sweep()
    assert world.provider.states() == {endpoint_id: "available"}
    names[regional_name(world, endpoint_id)] = ADDRESSES
    assert world.sweep() == []
    base = f"/privatelink/web/{CONSUMER}/{endpoint_id}"
    copies = world.parameters(PROVIDER)
    assert copies[f"{base}/ip"] == "10.0.3.181"
    assert copies[f"{base}/ips"] == "10.0.3.181,10.0.20.7"
    record = json.loads(copies[f"{base}/endpoint"])
    assert (record["addresses_from"], record["vpc_endpoint_id"]) == ("dns", endpoint_id)
    assert len(copies) == 3
    assert (world.parameters(CONSUMER), world.ingress()) == ({}, [])
    assert "AssumeRole" not in world.calls
    assert world.published_events("Endpoint Address Published")[0]["path"] == base
    world.calls.clear()
    world.sweep()
    assert world.writes == []


def test_a_name_without_an_address_is_a_finding_until_it_has_one(
    world: World, names: dict[str, list[str]]
) -> None:
    endpoint_id = world.connect()
    world.sweep()
    assert world.findings() == {"address-not-resolved"}
    assert world.parameters(PROVIDER) == {}
    names[regional_name(world, endpoint_id)] = ADDRESSES
    world.sweep()
    assert world.findings() == set()
    names.clear()
    world.sweep()
    # What was known stays while the connection does.
    assert world.parameters(PROVIDER)
    assert world.findings() == {"address-not-resolved"}


def test_nothing_is_left_when_the_endpoint_is_gone(
    world: World, names: dict[str, list[str]]
) -> None:
    endpoint_id = world.connect()
    names[regional_name(world, endpoint_id)] = ADDRESSES
    world.sweep()
    assert world.parameters(PROVIDER)
    world.consumer.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint_id])
    assert world.sweep() == []
    assert world.parameters(PROVIDER) == {}
    world.later(minutes=10)
    world.sweep()
    assert not [key for key in world.ledger() if key.endswith("TRACE")]
    assert "AssumeRole" not in world.calls


def test_what_was_there_while_there_was_a_role_stays_with_the_connection_and_goes_with_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint_id = world.connect()
    world.sweep()
    rules, parameters = world.ingress(), world.parameters()
    monkeypatch.setattr(publish_app, "resolve", lambda _: ADDRESSES)
    publish_app.use_case.cache_clear()
    world.edit("alias: sddc-tokyo", "access: none")
    assert world.sweep() == []
    assert (world.ingress(), world.parameters()) == (rules, parameters)
    assert f"/privatelink/web/{CONSUMER}/{endpoint_id}/ip" in world.parameters(PROVIDER)
    world.consumer.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint_id])
    assert world.sweep() == []
    assert (world.ingress(), world.parameters(), world.parameters(PROVIDER)) == ([], {}, {})
