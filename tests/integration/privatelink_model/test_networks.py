"""VPCs and route tables, as somebody sees them who asks where a network leads."""

from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.privatelink_model.parties import Party, refusal

if TYPE_CHECKING:
    from mypy_boto3_ec2.type_defs import FilterTypeDef, RouteTableTypeDef, RouteTypeDef

SEGMENT = "192.168.0.0/20"


@pytest.fixture
def interface_id(consumer: Party) -> str:
    """A network interface such as VMware Cloud on AWS has in the Connected VPC."""
    created = consumer.ec2.create_network_interface(
        SubnetId=consumer.subnet_ids[0], Description="VMware VMC Interface"
    )
    return created["NetworkInterface"]["NetworkInterfaceId"]


@pytest.fixture
def transit_gateway_id(consumer: Party) -> str:
    return consumer.ec2.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]


@pytest.fixture
def prefix_list_id(consumer: Party) -> str:
    created = consumer.ec2.create_managed_prefix_list(
        PrefixListName="sddc", AddressFamily="IPv4", MaxEntries=5
    )
    return created["PrefixList"]["PrefixListId"]


def in_vpc(party: Party) -> list["FilterTypeDef"]:
    return [{"Name": "vpc-id", "Values": [party.vpc_id]}]


def tables(party: Party) -> list["RouteTableTypeDef"]:
    return party.ec2.describe_route_tables(Filters=in_vpc(party))["RouteTables"]


def main_table(party: Party) -> "RouteTableTypeDef":
    (table,) = (
        each
        for each in tables(party)
        if any(association["Main"] for association in each["Associations"])
    )
    return table


def add_route(party: Party, **route: str) -> None:
    added: dict[str, Any] = dict(route)
    party.ec2.create_route(RouteTableId=main_table(party)["RouteTableId"], **added)


def route_to(party: Party, **destination: str) -> "RouteTypeDef":
    (wanted,) = destination.items()
    (route,) = (each for each in main_table(party)["Routes"] if wanted in each.items())
    return route


def test_the_main_table_has_the_vpc_itself_and_no_subnet(consumer: Party) -> None:
    table = main_table(consumer)
    assert table["VpcId"] == consumer.vpc_id
    assert table["Routes"] == [
        {
            "DestinationCidrBlock": "10.0.0.0/16",
            "GatewayId": "local",
            "Origin": "CreateRouteTable",
            "State": "active",
        }
    ]
    (association,) = table["Associations"]
    assert association["AssociationState"] == {"State": "associated"}
    assert "SubnetId" not in association


def test_another_cidr_of_the_vpc_is_routed_too(consumer: Party) -> None:
    consumer.ec2.associate_vpc_cidr_block(VpcId=consumer.vpc_id, CidrBlock="10.1.0.0/16")
    assert route_to(consumer, DestinationCidrBlock="10.1.0.0/16")["GatewayId"] == "local"


def test_a_subnet_may_use_another_table(consumer: Party) -> None:
    main = main_table(consumer)["RouteTableId"]
    other = consumer.ec2.create_route_table(VpcId=consumer.vpc_id)["RouteTable"]["RouteTableId"]
    consumer.ec2.associate_route_table(RouteTableId=other, SubnetId=consumer.subnet_ids[0])
    associations = {
        table["RouteTableId"]: [
            (each["Main"], each.get("SubnetId")) for each in table["Associations"]
        ]
        for table in tables(consumer)
    }
    assert associations == {main: [(True, None)], other: [(False, consumer.subnet_ids[0])]}


def test_a_route_leads_to_a_network_interface(consumer: Party, interface_id: str) -> None:
    add_route(consumer, DestinationCidrBlock=SEGMENT, NetworkInterfaceId=interface_id)
    assert route_to(consumer, DestinationCidrBlock=SEGMENT) == {
        "DestinationCidrBlock": SEGMENT,
        "NetworkInterfaceId": interface_id,
        "Origin": "CreateRoute",
        "State": "active",
    }


def test_a_route_leads_to_a_transit_gateway(consumer: Party, transit_gateway_id: str) -> None:
    add_route(consumer, DestinationCidrBlock=SEGMENT, TransitGatewayId=transit_gateway_id)
    assert route_to(consumer, DestinationCidrBlock=SEGMENT) == {
        "DestinationCidrBlock": SEGMENT,
        "TransitGatewayId": transit_gateway_id,
        "Origin": "CreateRoute",
        "State": "active",
    }


@pytest.mark.parametrize("kind", ["NetworkInterfaceId", "TransitGatewayId"])
def test_the_destination_may_be_a_prefix_list(
    consumer: Party, interface_id: str, transit_gateway_id: str, prefix_list_id: str, kind: str
) -> None:
    target = interface_id if kind == "NetworkInterfaceId" else transit_gateway_id
    add_route(consumer, DestinationPrefixListId=prefix_list_id, **{kind: target})
    assert route_to(consumer, DestinationPrefixListId=prefix_list_id) == {
        "DestinationPrefixListId": prefix_list_id,
        kind: target,
        "Origin": "CreateRoute",
        "State": "active",
    }


def test_a_destination_is_stored_without_host_bits_and_once(
    consumer: Party, interface_id: str
) -> None:
    add_route(consumer, DestinationCidrBlock="192.168.0.18/20", NetworkInterfaceId=interface_id)
    assert route_to(consumer, DestinationCidrBlock=SEGMENT)["NetworkInterfaceId"] == interface_id
    again = {"DestinationCidrBlock": SEGMENT, "NetworkInterfaceId": interface_id}
    assert refusal(lambda: add_route(consumer, **again)) == "RouteAlreadyExists"


def test_a_route_moves_to_another_interface(consumer: Party, interface_id: str) -> None:
    add_route(consumer, DestinationCidrBlock=SEGMENT, NetworkInterfaceId=interface_id)
    created = consumer.ec2.create_network_interface(SubnetId=consumer.subnet_ids[1])
    other = created["NetworkInterface"]["NetworkInterfaceId"]
    consumer.ec2.replace_route(
        RouteTableId=main_table(consumer)["RouteTableId"],
        DestinationCidrBlock=SEGMENT,
        NetworkInterfaceId=other,
    )
    assert route_to(consumer, DestinationCidrBlock=SEGMENT)["NetworkInterfaceId"] == other


def test_a_route_whose_target_is_gone_is_a_black_hole(
    consumer: Party, interface_id: str, transit_gateway_id: str
) -> None:
    add_route(consumer, DestinationCidrBlock=SEGMENT, NetworkInterfaceId=interface_id)
    add_route(consumer, DestinationCidrBlock="10.9.0.0/16", TransitGatewayId=transit_gateway_id)
    consumer.ec2.delete_network_interface(NetworkInterfaceId=interface_id)
    assert route_to(consumer, DestinationCidrBlock=SEGMENT)["State"] == "blackhole"
    assert route_to(consumer, DestinationCidrBlock="10.9.0.0/16")["State"] == "active"
    consumer.ec2.delete_transit_gateway(TransitGatewayId=transit_gateway_id)
    assert route_to(consumer, DestinationCidrBlock="10.9.0.0/16")["State"] == "blackhole"


@pytest.mark.parametrize(
    ("route", "code"),
    [
        ({"DestinationCidrBlock": SEGMENT}, "InvalidNetworkInterfaceID.NotFound"),
        ({"DestinationPrefixListId": "pl-0"}, "InvalidPrefixListID.NotFound"),
    ],
)
def test_a_route_from_or_to_what_does_not_exist_is_refused(
    consumer: Party, route: dict[str, str], code: str
) -> None:
    asked = {"NetworkInterfaceId": "eni-00000000000000000"} | route
    assert refusal(lambda: add_route(consumer, **asked)) == code
    assert len(main_table(consumer)["Routes"]) == 1


def test_tables_come_in_pages(consumer: Party) -> None:
    for _ in range(10):
        consumer.ec2.create_route_table(VpcId=consumer.vpc_id)
    paginator = consumer.ec2.get_paginator("describe_route_tables")
    pages = paginator.paginate(Filters=in_vpc(consumer), PaginationConfig={"PageSize": 5})
    assert [len(page["RouteTables"]) for page in pages] == [5, 5, 1]


def test_vpcs_come_in_pages_and_are_found_by_their_ids(consumer: Party) -> None:
    others = [Party(consumer.account_id).vpc_id for _ in range(5)]
    filters: list[FilterTypeDef] = [{"Name": "vpc-id", "Values": [consumer.vpc_id, *others]}]
    paginator = consumer.ec2.get_paginator("describe_vpcs")
    pages = list(paginator.paginate(Filters=filters, PaginationConfig={"PageSize": 5}))
    assert [len(page["Vpcs"]) for page in pages] == [5, 1]
    (vpc,) = consumer.ec2.describe_vpcs(Filters=in_vpc(consumer))["Vpcs"]
    assert (vpc["VpcId"], vpc["CidrBlock"]) == (consumer.vpc_id, "10.0.0.0/16")


@pytest.mark.parametrize(
    ("operation", "request_", "code"),
    [
        ("describe_route_tables", {"RouteTableIds": ["rtb-0"]}, "InvalidRouteTableID.NotFound"),
        ("describe_route_tables", {"MaxResults": 101}, "InvalidParameterValue"),
        ("describe_route_tables", {"DryRun": True}, "DryRunOperation"),
        ("describe_vpcs", {"VpcIds": ["vpc-0"]}, "InvalidVpcID.NotFound"),
        ("describe_vpcs", {"MaxResults": 1001}, "InvalidParameterValue"),
    ],
)
def test_a_description_that_does_not_fit_is_refused(
    consumer: Party, operation: str, request_: dict[str, Any], code: str
) -> None:
    assert refusal(lambda: getattr(consumer.ec2, operation)(**request_)) == code
