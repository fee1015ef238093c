"""VPCs and their route tables, in a service consumer's account."""

from collections.abc import Iterable, Mapping
from itertools import batched
from typing import TYPE_CHECKING, Final

from privatelink.gateways.calls import FILTER_VALUES, LARGEST_PAGE, translated_errors
from privatelink.model import Route, RouteTable, RouteTableId, SubnetId, Vpc, VpcId
from privatelink.reachability import Surroundings

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_ec2.type_defs import (
        PaginatorConfigTypeDef,
        RouteTableTypeDef,
        RouteTypeDef,
    )

# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRouteTables.html
_LARGEST_PAGE_OF_ROUTE_TABLES: "Final[PaginatorConfigTypeDef]" = {"PageSize": 100}
_DESTINATIONS: Final = (
    "DestinationCidrBlock",
    "DestinationIpv6CidrBlock",
    "DestinationPrefixListId",
)
# What is attached to an instance is told with the instance, too: the interface says more.
_TARGETS: Final = (
    "TransitGatewayId",
    "NetworkInterfaceId",
    "GatewayId",
    "NatGatewayId",
    "VpcPeeringConnectionId",
    "EgressOnlyInternetGatewayId",
    "CarrierGatewayId",
    "LocalGatewayId",
    "CoreNetworkArn",
    "OdbNetworkArn",
    "InstanceId",
)


class Networks:
    """The networks of one account and Region."""

    def __init__(self, ec2: "EC2Client") -> None:
        self._ec2 = ec2

    def describe(self, vpc_ids: Iterable[VpcId]) -> Surroundings:
        """Return what EC2 shows of VPCs and of their route tables."""
        ids = sorted(set(vpc_ids))
        return Surroundings(
            route_tables=self.describe_route_tables(ids), vpcs=self.describe_vpcs(ids)
        )

    def describe_vpcs(self, vpc_ids: Iterable[VpcId]) -> Mapping[VpcId, Vpc]:
        """Return the VPCs of these ids, without those that the account does not see."""
        found = {}
        for chunk in batched(sorted(set(vpc_ids)), FILTER_VALUES, strict=False):
            with translated_errors("DescribeVpcs"):
                # A filter and not the ids themselves: one unknown id would fail the whole call.
                pages = self._ec2.get_paginator("describe_vpcs").paginate(
                    Filters=[{"Name": "vpc-id", "Values": list(chunk)}],
                    PaginationConfig=LARGEST_PAGE,
                )
                rows = [row for page in pages for row in page["Vpcs"]]
            for row in rows:
                vpc_id = VpcId(row["VpcId"])
                found[vpc_id] = Vpc(vpc_id=vpc_id, primary_cidr=row["CidrBlock"])
        return found

    def describe_route_tables(self, vpc_ids: Iterable[VpcId]) -> tuple[RouteTable, ...]:
        """Return the route tables of VPCs."""
        found: list[RouteTable] = []
        for chunk in batched(sorted(set(vpc_ids)), FILTER_VALUES, strict=False):
            with translated_errors("DescribeRouteTables"):
                pages = self._ec2.get_paginator("describe_route_tables").paginate(
                    Filters=[{"Name": "vpc-id", "Values": list(chunk)}],
                    PaginationConfig=_LARGEST_PAGE_OF_ROUTE_TABLES,
                )
                found += [_route_table(row) for page in pages for row in page["RouteTables"]]
        return tuple(found)


def _route_table(row: "RouteTableTypeDef") -> RouteTable:
    associations = row.get("Associations", [])
    return RouteTable(
        route_table_id=RouteTableId(row["RouteTableId"]),
        vpc_id=VpcId(row["VpcId"]),
        is_main=any(each.get("Main", False) for each in associations),
        subnet_ids=frozenset(
            SubnetId(each["SubnetId"]) for each in associations if "SubnetId" in each
        ),
        routes=tuple(_route(each) for each in row.get("Routes", ()) if _first(each, _DESTINATIONS)),
    )


def _route(row: "RouteTypeDef") -> Route:
    return Route(
        destination=_first(row, _DESTINATIONS),
        target=_first(row, _TARGETS) or "unknown",
        state=row.get("State", "unknown"),
    )


def _first(row: "RouteTypeDef", names: Iterable[str]) -> str:
    """Return the value of the first of these fields that a route has."""
    return next((str(row.get(name)) for name in names if row.get(name)), "")
