"""Findings about what lies around an endpoint; nothing is opened or closed on their account."""

from sandbox.accounts import PROVIDER, REGION
from sandbox.privatelink.clients import in_process_client
from tests.integration.functions.world import World


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
