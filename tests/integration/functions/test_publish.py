import json

import boto3
from botocore.exceptions import EndpointConnectionError

from sandbox.accounts import CONSUMER, PROVIDER, REGION, STRANGER
from sandbox.privatelink import NetworkInterfaces
from sandbox.privatelink.clients import in_process_client
from tests.integration.functions.world import World, before, failed
from tests.integration.privatelink_model.parties import Clock


def put(account_id: str, name: str, value: str) -> None:
    in_process_client("ssm", account_id, REGION).put_parameter(
        Name=name, Value=value, Type="String", Overwrite=True
    )


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
    put(CONSUMER, f"{base}/ip", "203.0.113.9")
    in_process_client("ssm", CONSUMER, REGION).delete_parameter(Name=f"{base}/ips")
    world.publish()
    assert world.parameters() == good


def test_what_stands_in_the_way_is_left_and_named(world: World) -> None:
    world.connect()
    name = f"/privatelink/web/{world.consumer.vpc_id}/ip"
    put(CONSUMER, name, "203.0.113.9")
    assert failed(world.publish()) == []
    assert world.parameters(CONSUMER) == {name: "203.0.113.9"}
    assert world.findings() == {"parameter-clash"}
    # The provider's copy does not suffer.
    assert len(world.parameters(PROVIDER)) == 4


def test_a_secret_that_somebody_put_in_our_place_is_left_and_named(world: World) -> None:
    world.connect()
    name = f"/privatelink/web/{world.consumer.vpc_id}/ip"
    in_process_client("ssm", CONSUMER, REGION).put_parameter(
        Name=name, Value="theirs", Type="SecureString"
    )
    assert failed(world.publish()) == []
    assert list(world.parameters(CONSUMER)) == [name]
    assert world.findings() == {"parameter-clash"}


def test_parameters_of_other_forms_under_the_path_are_left(world: World) -> None:
    put(CONSUMER, "/privatelink/web/notes", "ours to keep")
    put(CONSUMER, f"/privatelink/other/{world.consumer.vpc_id}/ip", "10.0.0.1")
    world.publish()
    assert len(world.parameters(CONSUMER)) == 2


def test_interfaces_that_are_not_visible_yet_change_nothing(
    world: World, session: boto3.Session
) -> None:
    world.connect()
    hidden: list[bool] = [True]

    def hide(parsed: dict[str, object], **_: object) -> None:
        if hidden:
            parsed["NetworkInterfaces"] = []

    session.events.register("after-call.ec2.DescribeNetworkInterfaces", hide)
    assert failed(world.publish()) == []
    assert world.parameters() == {}
    hidden.clear()
    world.publish()
    assert len(world.parameters()) == 4
    hidden.append(True)
    world.publish()
    assert len(world.parameters()) == 4


def test_interfaces_that_appear_late_are_published_then(world: World, clock: Clock) -> None:
    world.privatelink.network_interfaces = NetworkInterfaces.ONCE_AVAILABLE
    world.privatelink.pending_seconds = 60
    world.connect()
    world.publish()
    assert world.parameters() == {}
    clock.advance(seconds=60)
    assert failed(world.publish()) == []
    assert len(world.parameters()) == 4


def test_a_copy_that_cannot_be_put_does_not_keep_the_publication_from_being_announced(
    world: World, session: boto3.Session
) -> None:
    endpoint_id = world.connect()
    puts: list[str] = []

    def fail_fifth(model: object, **_: object) -> None:
        puts.append(str(model))
        if len(puts) == 5:
            raise EndpointConnectionError(endpoint_url="https://ssm")

    session.events.register("before-call.ssm.PutParameter", fail_fifth)
    assert failed(world.publish()) == ["m0"]
    assert len(world.published_events("Endpoint Address Published")) == 1
    assert [entry["what"] for entry in world.history(endpoint_id)] == ["publish"]
    assert failed(world.publish()) == []
    assert len(world.parameters(PROVIDER)) == 4


def test_a_trace_that_was_lost_is_laid_again(world: World) -> None:
    world.connect()
    world.publish()
    trace = f"CONSUMER#{CONSUMER}/{REGION}#addresses#TRACE"
    in_process_client("dynamodb", PROVIDER, REGION).delete_item(
        TableName="ledger",
        Key={"pk": {"S": f"SERVICE#{world.service_id}"}, "sk": {"S": trace}},
    )
    world.publish()
    assert trace in world.ledger()


def test_an_interrupted_pass_is_taken_up_where_it_ended(
    world: World, session: boto3.Session
) -> None:
    world.connect()
    calls: list[str] = []

    def fail_second(model: object, **_: object) -> None:
        calls.append(str(model))
        if len(calls) == 2:
            raise RuntimeError("the environment is gone")

    session.events.register("before-call.ssm.PutParameter", fail_second)
    assert failed(world.publish()) == ["m0"]
    assert list(world.parameters()) == [f"/privatelink/web/{world.consumer.vpc_id}/endpoint"]
    assert failed(world.publish()) == []
    assert len(world.parameters()) == 4


def test_a_parameter_that_somebody_makes_at_the_same_time_is_not_overwritten(
    world: World, session: boto3.Session
) -> None:
    world.connect()
    name = f"/privatelink/web/{world.consumer.vpc_id}/endpoint"
    before(session, "ssm.PutParameter", lambda: put(CONSUMER, name, "theirs"))
    assert failed(world.publish()) == ["m0"]
    assert world.parameters(CONSUMER) == {name: "theirs"}


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
