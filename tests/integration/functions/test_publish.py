import json

from sandbox.accounts import CONSUMER, PROVIDER, REGION, STRANGER
from sandbox.privatelink import NetworkInterfaces
from sandbox.privatelink.clients import in_process_client
from tests.integration.functions.harness import failed
from tests.integration.functions.world import World
from tests.integration.privatelink_model.parties import Clock


def test_the_address_is_published_to_the_consumer_with_a_copy_for_the_provider(
    world: World,
) -> None:
    endpoint_id = world.connect()
    assert failed(world.publish()) == []
    (address,) = world.consumer.addresses(endpoint_id)
    vpc_id = world.consumer.vpc_id
    mine = world.parameters(CONSUMER)
    assert mine[f"/privatelink/web/{vpc_id}/ip"] == address
    assert mine[f"/privatelink/web/{vpc_id}/ips"] == address
    assert mine[f"/privatelink/web/{vpc_id}/az/apne1-az4/ip"] == address
    assert json.loads(mine[f"/privatelink/web/{vpc_id}/endpoint"])["ports"] == ["tcp/80"]
    copies = {
        name.replace(f"/web/{CONSUMER}/", "/web/"): value
        for name, value in world.parameters(PROVIDER).items()
    }
    assert copies == mine


def test_every_zone_has_its_address_and_the_lowest_zones_is_the_one(world: World) -> None:
    endpoint_id = world.connect(SubnetIds=world.consumer.subnet_ids)
    world.publish()
    zones = sorted(
        (interface["AvailabilityZoneId"], interface["PrivateIpAddress"])
        for interface in world.consumer.interfaces(endpoint_id)
    )
    mine, base = world.parameters(), f"/privatelink/web/{world.consumer.vpc_id}"
    assert mine[f"{base}/ip"] == zones[0][1]
    assert mine[f"{base}/ips"] == ",".join(address for _, address in zones)
    assert [mine[f"{base}/az/{zone}/ip"] for zone, _ in zones] == [a for _, a in zones]


def test_nothing_is_published_before_the_endpoint_is_available(world: World) -> None:
    world.privatelink.pending_seconds = 60
    world.connect()
    assert failed(world.publish()) == []
    assert world.parameters() == {}
    assert world.ledger() == {}


def test_a_pass_over_a_converged_world_writes_nothing(world: World) -> None:
    world.connect()
    world.publish()
    world.calls.clear()
    world.publish()
    assert "GetParametersByPath" in world.calls
    assert world.writes == []


def test_publication_and_withdrawal_are_announced_once(world: World) -> None:
    endpoint_id = world.connect()
    world.publish()
    world.publish()
    (published,) = world.published_events("Endpoint Address Published")
    assert published["vpc_endpoint_id"] == endpoint_id
    assert published["path"] == f"/privatelink/web/{world.consumer.vpc_id}"
    world.consumer.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint_id])
    world.publish()
    world.publish()
    (withdrawn,) = world.published_events("Endpoint Address Withdrawn")
    assert withdrawn["path"] == published["path"]


def test_everything_goes_with_the_endpoint(world: World) -> None:
    endpoint_id = world.connect()
    world.publish()
    assert f"CONSUMER#{CONSUMER}/{REGION}#addresses#TRACE" in world.ledger()
    world.consumer.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint_id])
    world.later(minutes=10)
    world.publish()
    assert (world.parameters(CONSUMER), world.parameters(PROVIDER)) == ({}, {})
    assert world.ledger() == {}


def test_the_look_up_survives_the_recreation_of_an_endpoint(world: World) -> None:
    first = world.connect()
    world.publish()
    name = f"/privatelink/web/{world.consumer.vpc_id}/ip"
    world.consumer.ec2.delete_vpc_endpoints(VpcEndpointIds=[first])
    second = world.connect()
    world.publish()
    assert [world.parameters()[name]] == world.consumer.addresses(second)


def test_addresses_that_change_without_recreation_are_published_again(world: World) -> None:
    endpoint_id = world.connect()
    world.publish()
    world.consumer.ec2.modify_vpc_endpoint(
        VpcEndpointId=endpoint_id, AddSubnetIds=[world.consumer.subnet_ids[1]]
    )
    world.publish()
    name = f"/privatelink/web/{world.consumer.vpc_id}/ips"
    assert len(world.parameters()[name].split(",")) == 2


def test_what_was_changed_or_deleted_by_hand_is_repaired(world: World) -> None:
    world.connect()
    world.publish()
    good, base = world.parameters(), f"/privatelink/web/{world.consumer.vpc_id}"
    world.put_parameter(CONSUMER, f"{base}/ip", "203.0.113.9")
    in_process_client("ssm", CONSUMER, REGION).delete_parameter(Name=f"{base}/ips")
    world.publish()
    assert world.parameters() == good


def test_interfaces_that_appear_late_are_published_then(world: World, clock: Clock) -> None:
    world.privatelink.network_interfaces = NetworkInterfaces.ONCE_AVAILABLE
    world.privatelink.pending_seconds = 60
    world.connect()
    world.publish()
    assert world.parameters() == {}
    clock.advance(seconds=60)
    assert failed(world.publish()) == []
    assert len(world.parameters()) == 4


def test_the_parameters_of_a_live_connection_stay_when_its_account_is_not_listed_any_more(
    world: World,
) -> None:
    world.connect()
    world.publish()
    assert world.allowlist is not None
    world.allowlist = world.allowlist.replace(CONSUMER, STRANGER)
    event = world.convergence()
    event["detail"]["allowlist_version"] = "ffffffffffff"
    world.publish(event)
    assert len(world.parameters()) == 4


def test_the_provider_as_its_own_consumer_keeps_the_copies_of_the_others(world: World) -> None:
    assert world.allowlist is not None
    entry = f'      - {{account_id: "{PROVIDER}", source_cidrs: [10.0.0.0/8]}}\n'
    world.allowlist += entry
    world.connect()
    world.connect(world.provider)
    world.publish(world.convergence(), world.convergence(PROVIDER))
    world.publish(world.convergence(), world.convergence(PROVIDER))
    assert len(world.parameters(PROVIDER)) == 12
    assert len(world.parameters(CONSUMER)) == 4


def test_a_connection_that_the_provider_cuts_is_withdrawn(world: World) -> None:
    endpoint_id = world.connect()
    world.publish()
    world.provider.reject(world.service_id, endpoint_id)
    assert world.consumer.state(endpoint_id) == "rejected"
    world.publish()
    assert world.parameters() == {}
