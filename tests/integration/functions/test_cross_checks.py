"""Findings about what lies around an endpoint; nothing is opened or closed on their account."""

import boto3
import pytest

from sandbox.accounts import CONSUMER, PROVIDER, REGION
from sandbox.privatelink.clients import in_process_client
from tests.integration.functions.harness import break_once, clear_caches, failed
from tests.integration.functions.world import World

SURROUNDINGS = ("ec2.DescribeRouteTables", "ec2.DescribeVpcs")


def main_table(world: World) -> str:
    (table,) = world.consumer.ec2.describe_route_tables(
        Filters=[
            {"Name": "vpc-id", "Values": [world.consumer.vpc_id]},
            {"Name": "association.main", "Values": ["true"]},
        ]
    )["RouteTables"]
    return table["RouteTableId"]


def test_a_route_that_is_withdrawn_is_a_finding_until_it_is_back(world: World) -> None:
    endpoint_id = world.connect()
    world.sweep()
    assert world.findings() == set()
    rules, parameters = world.ingress(), world.parameters()
    world.consumer.ec2.delete_route(
        RouteTableId=main_table(world), DestinationCidrBlock="192.168.0.0/16"
    )
    assert world.sweep() == []
    (raised,) = world.published_events("Finding Raised")
    assert raised["id"] == f"no-route-to-source/{endpoint_id}"
    assert raised["severity"] == "warning"
    assert "192.168.0.0/20" in raised["evidence"]["sources"]
    assert (world.ingress(), world.parameters()) == (rules, parameters)
    world.connect_sddc(world.consumer)
    world.sweep()
    assert world.findings() == set()


@pytest.mark.parametrize("operation", SURROUNDINGS)
def test_surroundings_that_may_not_be_seen_keep_no_address_from_being_published(
    world: World, session: boto3.Session, operation: str
) -> None:
    world.connect()
    break_once(session, operation, "UnauthorizedOperation")
    assert failed(world.publish()) == []
    assert len(world.parameters()) == len(world.parameters(PROVIDER)) == 4
    (raised,) = world.published_events("Finding Raised")
    place = f"{CONSUMER}/{REGION}/addresses"
    assert raised["id"] == f"permission-missing/{place}/{operation.removeprefix('ec2.')}"


@pytest.mark.parametrize("operation", SURROUNDINGS)
def test_surroundings_that_cannot_be_seen_are_an_error_once_all_is_published(
    world: World, session: boto3.Session, operation: str
) -> None:
    world.connect()
    break_once(session, operation, "RequestLimitExceeded")
    assert failed(world.publish()) == ["m0"]
    assert len(world.parameters()) == len(world.parameters(PROVIDER)) == 4
    assert world.findings() == set()


@pytest.mark.parametrize("operation", SURROUNDINGS)
@pytest.mark.parametrize("code", ["UnauthorizedOperation", "RequestLimitExceeded"])
def test_surroundings_that_are_not_seen_close_no_finding(
    world: World, session: boto3.Session, operation: str, code: str
) -> None:
    world.connect()
    world.consumer.ec2.delete_route(
        RouteTableId=main_table(world), DestinationCidrBlock="192.168.0.0/16"
    )
    world.publish()
    clear_caches()
    break_once(session, operation, code)
    world.publish()
    assert "no-route-to-source" in world.findings()


@pytest.mark.parametrize("code", ["UnauthorizedOperation", "RequestLimitExceeded"])
def test_surroundings_that_are_not_seen_keep_nothing_on_record_that_is_gone(
    world: World, session: boto3.Session, code: str
) -> None:
    endpoint_id = world.connect(SubnetIds=world.consumer.subnet_ids[:2])
    world.publish()
    world.consumer.ec2.modify_vpc_endpoint(
        VpcEndpointId=endpoint_id, RemoveSubnetIds=world.consumer.subnet_ids[1:2]
    )
    world.publish()
    world.later(minutes=10)
    clear_caches()
    break_once(session, "ec2.DescribeRouteTables", code)
    world.publish()
    trace = world.ledger()[f"CONSUMER#{CONSUMER}/{REGION}#addresses#TRACE"]
    assert set(trace["holds"].splitlines()) == {
        *world.parameters(),
        *(f"copy:{name}" for name in world.parameters(PROVIDER)),
    }


def test_a_subnet_with_a_route_table_of_its_own_may_lack_the_route(world: World) -> None:
    world.connect()
    table = world.consumer.ec2.create_route_table(VpcId=world.consumer.vpc_id)["RouteTable"]
    world.consumer.ec2.associate_route_table(
        RouteTableId=table["RouteTableId"], SubnetId=world.consumer.subnet_ids[0]
    )
    world.sweep()
    assert world.findings() == {"no-route-to-source"}


def test_an_address_outside_the_primary_cidr_is_a_finding(world: World) -> None:
    world.consumer.ec2.associate_vpc_cidr_block(
        VpcId=world.consumer.vpc_id, CidrBlock="100.64.0.0/16"
    )
    subnet_id = world.consumer.subnet("100.64.1.0/24", f"{REGION}a")
    world.connect(SubnetIds=[subnet_id])
    world.sweep()
    assert world.findings() == {"address-outside-primary-cidr"}


def test_load_balancers_that_listen_differently_are_a_finding(world: World) -> None:
    second = in_process_client("elbv2", PROVIDER, REGION).create_load_balancer(
        Name="second", Type="network", Scheme="internal", Subnets=world.provider.subnet_ids
    )["LoadBalancers"][0]["LoadBalancerArn"]
    world.provider.ec2.modify_vpc_endpoint_service_configuration(
        ServiceId=world.service_id, AddNetworkLoadBalancerArns=[second]
    )
    world.sweep()
    assert world.findings() == {"listeners-differ"}


def test_rules_that_are_enforced_on_privatelink_traffic_are_a_finding(world: World) -> None:
    group_id = world.provider.group("of the load balancer")
    guarded = world.provider.elbv2.create_load_balancer(
        Name="guarded",
        Type="network",
        Scheme="internal",
        Subnets=world.provider.subnet_ids,
        SecurityGroups=[group_id],
    )["LoadBalancers"][0]["LoadBalancerArn"]
    world.provider.ec2.modify_vpc_endpoint_service_configuration(
        ServiceId=world.service_id, AddNetworkLoadBalancerArns=[guarded]
    )
    world.sweep()
    assert world.findings() == {"listeners-differ", "privatelink-rules-enforced"}
    world.provider.elbv2.set_security_groups(
        LoadBalancerArn=guarded,
        SecurityGroups=[group_id],
        EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic="off",
    )
    world.sweep()
    assert world.findings() == {"listeners-differ"}
