from typing import TYPE_CHECKING, Any

import pytest

from privatelink.findings import FindingKind
from privatelink.gateways.interface_endpoints import InterfaceEndpoints
from privatelink.gateways.networks import Networks
from privatelink.model import Route, RouteTable, Vpc, VpcId
from privatelink.reachability import check_reachability
from sandbox.privatelink import PrivateLink
from tests.integration.gateways.requests import names, noted_requests
from tests.integration.privatelink_model.parties import Party, Provider

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client


@pytest.fixture
def networks(ec2: "EC2Client") -> Networks:
    return Networks(ec2)


def interface(consumer: Party, description: str) -> str:
    created = consumer.ec2.create_network_interface(
        SubnetId=consumer.subnet_ids[0], Description=description
    )
    return created["NetworkInterface"]["NetworkInterfaceId"]


def table(consumer: Party, subnet_id: str, **routes: dict[str, str]) -> str:
    """Create a route table for a subnet."""
    created = consumer.ec2.create_route_table(VpcId=consumer.vpc_id)["RouteTable"]
    table_id = created["RouteTableId"]
    consumer.ec2.associate_route_table(RouteTableId=table_id, SubnetId=subnet_id)
    for route in routes.values():
        arguments: dict[str, Any] = route
        consumer.ec2.create_route(RouteTableId=table_id, **arguments)
    return table_id


def vpc_ids(consumer: Party, *more: str) -> list[VpcId]:
    return [VpcId(consumer.vpc_id), *map(VpcId, more)]


def test_returns_what_the_account_sees_of_vpcs_and_their_primary_cidrs(
    consumer: Party, networks: Networks
) -> None:
    consumer.ec2.associate_vpc_cidr_block(VpcId=consumer.vpc_id, CidrBlock="100.64.0.0/16")
    assert networks.describe_vpcs(vpc_ids(consumer, "vpc-0fedcba9876543210")) == {
        consumer.vpc_id: Vpc(vpc_id=VpcId(consumer.vpc_id), primary_cidr="10.0.0.0/16")
    }


def test_tells_the_main_table_from_those_of_subnets(consumer: Party, networks: Networks) -> None:
    table_id = table(consumer, consumer.subnet_ids[1])
    tables = {t.route_table_id: t for t in networks.describe_route_tables(vpc_ids(consumer))}
    (main,) = (t for t in tables.values() if t.route_table_id != table_id)
    assert main.is_main
    assert not main.subnet_ids
    (own,) = (t for t in tables.values() if t.route_table_id == table_id)
    assert not own.is_main
    assert own.subnet_ids == {consumer.subnet_ids[1]}
    assert own.vpc_id == consumer.vpc_id
    assert own.routes == (Route(destination="10.0.0.0/16", target="local", state="active"),)


def test_reads_where_routes_lead(consumer: Party, networks: Networks) -> None:
    interface_id = interface(consumer, "VMware VMC Interface 1")
    list_id = consumer.ec2.create_managed_prefix_list(
        PrefixListName="sddc", MaxEntries=5, AddressFamily="IPv4"
    )["PrefixList"]["PrefixListId"]
    gateway = consumer.ec2.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
    table_id = table(
        consumer,
        consumer.subnet_ids[0],
        sddc={"DestinationCidrBlock": "192.168.0.0/20", "NetworkInterfaceId": interface_id},
        six={"DestinationIpv6CidrBlock": "fd00::/16", "NetworkInterfaceId": interface_id},
        transit={"DestinationCidrBlock": "172.16.0.0/12", "TransitGatewayId": gateway},
        listed={"DestinationPrefixListId": list_id, "NetworkInterfaceId": interface_id},
    )
    consumer.ec2.delete_transit_gateway(TransitGatewayId=gateway)
    routes = route_of(networks.describe_route_tables(vpc_ids(consumer)), table_id)
    assert routes.pop("10.0.0.0/16") == ("local", "active")
    assert routes == {
        "192.168.0.0/20": (interface_id, "active"),
        "fd00::/16": (interface_id, "active"),
        "172.16.0.0/12": (gateway, "blackhole"),
        list_id: (interface_id, "active"),
    }


def test_reads_routes_as_ec2_may_write_them(
    consumer: Party, ec2: "EC2Client", networks: Networks
) -> None:
    rows: list[dict[str, str]] = [
        {
            "DestinationCidrBlock": "192.168.0.0/20",
            "InstanceId": "i-1",
            "InstanceOwnerId": "210987654321",
            "NetworkInterfaceId": "eni-1",
            "State": "blackhole",
        },
        {"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-1", "State": "active"},
        {"DestinationCidrBlock": "1.0.0.0/8", "CoreNetworkArn": "arn:core", "State": "active"},
        {"DestinationCidrBlock": "2.0.0.0/8", "AddedLaterId": "later-1"},
        {"IpAddress": "192.0.2.1", "State": "active"},
    ]

    def answer(parsed: dict[str, Any], **_: object) -> None:
        parsed["RouteTables"] = [{"RouteTableId": "rtb-1", "VpcId": "vpc-1", "Routes": rows}]

    ec2.meta.events.register("after-call.ec2.DescribeRouteTables", answer)
    assert route_of(networks.describe_route_tables(vpc_ids(consumer)), "rtb-1") == {
        "192.168.0.0/20": ("eni-1", "blackhole"),
        "0.0.0.0/0": ("nat-1", "active"),
        "1.0.0.0/8": ("arn:core", "active"),
        "2.0.0.0/8": ("unknown", "unknown"),
    }


def test_describes_networks_in_two_calls_and_names_what_routes_lead_to(
    consumer: Party, ec2: "EC2Client", networks: Networks
) -> None:
    interface(consumer, "another")
    interface_id = interface(consumer, "VMware VMC Interface 1")
    to_sddc = {"DestinationCidrBlock": "192.168.0.0/20", "NetworkInterfaceId": interface_id}
    table(consumer, consumer.subnet_ids[0], sddc=to_sddc)
    ids = vpc_ids(consumer)
    with noted_requests(ec2) as requests:
        found = networks.describe(ids)
    assert found.network_interface_ids == {interface_id}
    assert found.vpcs.keys() == {consumer.vpc_id}
    assert len(found.route_tables) == 2
    assert names(requests) == ["DescribeRouteTables", "DescribeVpcs"]


def test_asks_for_nothing_about_nothing(ec2: "EC2Client", networks: Networks) -> None:
    with noted_requests(ec2) as requests:
        assert not networks.describe([]).route_tables
    assert not requests


def test_reads_every_page(
    consumer: Party, ec2: "EC2Client", networks: Networks, privatelink: PrivateLink
) -> None:
    other = consumer.ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    vpcs = vpc_ids(consumer, other)
    privatelink.largest_page = 1
    with noted_requests(ec2) as requests:
        assert {t.vpc_id for t in networks.describe_route_tables(vpcs)} == set(vpcs)
        assert networks.describe_vpcs(vpcs).keys() == set(vpcs)
    assert names(requests) == [*["DescribeRouteTables"] * 2, *["DescribeVpcs"] * 2]


def test_asks_for_two_hundred_ids_a_call(ec2: "EC2Client", networks: Networks) -> None:
    with noted_requests(ec2) as requests:
        networks.describe([VpcId(f"vpc-{number:017x}") for number in range(401)])
    sizes = [(name, len(params["Filters"][0]["Values"])) for name, params in requests]
    assert sizes == [
        (name, size) for name in ("DescribeRouteTables", "DescribeVpcs") for size in (200, 200, 1)
    ]


def test_a_source_is_reachable_until_the_edge_host_is_gone(
    provider: Provider, consumer: Party, ec2: "EC2Client", networks: Networks
) -> None:
    edge = interface(consumer, "VMware VMC Interface 1")
    to_sddc = {"DestinationCidrBlock": "192.168.0.0/20", "NetworkInterfaceId": edge}
    table(consumer, consumer.subnet_ids[0], sddc=to_sddc)
    service_id, service_name = provider.service("*")
    endpoint_id = consumer.request(service_name, SubnetIds=consumer.subnet_ids[:1])
    provider.accept(service_id, endpoint_id)
    gateway = InterfaceEndpoints(ec2)

    def findings() -> list[FindingKind]:
        endpoints = gateway.describe_vpc_endpoints(service_name)
        surroundings = networks.describe(e.vpc_id for e in endpoints)
        interfaces = gateway.describe_network_interfaces(
            endpoints, surroundings.network_interface_ids
        )
        found = check_reachability(endpoints, interfaces, ["192.168.0.0/24"], surroundings)
        return [finding.kind for finding in found]

    assert findings() == []
    consumer.ec2.delete_network_interface(NetworkInterfaceId=edge)
    assert findings() == [FindingKind.NO_ROUTE_TO_SOURCE]


def route_of(tables: tuple[RouteTable, ...], table_id: str) -> dict[str, tuple[str, str]]:
    """Return target and state of the routes of a table, by their destinations."""
    (found,) = (t for t in tables if t.route_table_id == table_id)
    return {route.destination: (route.target, route.state) for route in found.routes}
