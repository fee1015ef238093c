import boto3

from privatelink.gateways.ledger import Ledger
from privatelink.gateways.tables import Table
from privatelink.model import VpcEndpointId
from tests.integration.functions.world import World


def test_the_history_is_read_in_order(world: World, session: boto3.Session) -> None:
    endpoint_id = world.request()
    world.sweep()
    world.later(minutes=1)
    world.sweep()
    ledger = Ledger(Table(session.client("dynamodb"), "ledger"))
    history = ledger.read_history(VpcEndpointId(endpoint_id))
    assert [each.what for each in history] == ["accept", "authorize", "publish", "keep"]
    assert [each.at for each in history] == sorted(each.at for each in history)
    accepted, authorized, *_ = (each.details for each in history)
    assert accepted["reason"] == world.ledger()[f"ENDPOINT#{endpoint_id}"]["reason"]
    assert "192.168.0.0/20 on tcp/80" in authorized["rules"]
    assert not {"pk", "sk", "what"} & authorized.keys()


def test_nobody_has_a_history_before_a_sweep(world: World, session: boto3.Session) -> None:
    ledger = Ledger(Table(session.client("dynamodb"), "ledger"))
    assert ledger.read_history(VpcEndpointId(world.request())) == ()
