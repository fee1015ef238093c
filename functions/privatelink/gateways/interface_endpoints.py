"""Interface endpoints and their network interfaces, in a service consumer's account."""

from collections.abc import Iterable, Mapping
from itertools import batched
from typing import TYPE_CHECKING

from privatelink.errors import AwsError
from privatelink.gateways.calls import FILTER_VALUES, LARGEST_PAGE, translated_errors
from privatelink.model import (
    ConnectionState,
    InterfaceEndpoint,
    NetworkInterface,
    NetworkInterfaceId,
    SecurityGroupId,
    SubnetId,
    VpcEndpointId,
    VpcId,
)

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_ec2.type_defs import NetworkInterfaceTypeDef, VpcEndpointTypeDef


class InterfaceEndpoints:
    """The interface endpoints of one account and Region."""

    def __init__(self, ec2: "EC2Client") -> None:
        self._ec2 = ec2

    def describe_vpc_endpoints(self, *service_names: str) -> tuple[InterfaceEndpoint, ...]:
        """Return the account's endpoints of services, whatever their state."""
        # An absent filter, or an empty value, would mean every endpoint of the account.
        if not all(service_names):
            raise ValueError(service_names)
        found: list[InterfaceEndpoint] = []
        for chunk in batched(service_names, FILTER_VALUES, strict=False):
            with translated_errors("DescribeVpcEndpoints"):
                pages = self._ec2.get_paginator("describe_vpc_endpoints").paginate(
                    Filters=[{"Name": "service-name", "Values": list(chunk)}],
                    PaginationConfig=LARGEST_PAGE,
                )
                found += [
                    _interface_endpoint(row)
                    for page in pages
                    for row in page["VpcEndpoints"]
                    if row.get("VpcEndpointType") == "Interface"
                ]
        return tuple(found)

    def describe_network_interfaces(
        self,
        endpoints: Iterable[InterfaceEndpoint],
        others: Iterable[NetworkInterfaceId] = (),
    ) -> Mapping[NetworkInterfaceId, NetworkInterface]:
        """Return the network interfaces of endpoints, and others, without those that are not shown.

        Only of an endpoint's interface the zone has to be told.
        """
        own = {i for endpoint in endpoints for i in endpoint.network_interface_ids}
        found: dict[NetworkInterfaceId, NetworkInterface] = {}
        for chunk in batched(sorted(own.union(others)), FILTER_VALUES, strict=False):
            with translated_errors("DescribeNetworkInterfaces"):
                # A filter and not the ids themselves: one unknown id would fail the whole call.
                pages = self._ec2.get_paginator("describe_network_interfaces").paginate(
                    Filters=[{"Name": "network-interface-id", "Values": list(chunk)}],
                    PaginationConfig=LARGEST_PAGE,
                )
                rows = [row for page in pages for row in page["NetworkInterfaces"]]
            found |= {i.network_interface_id: i for i in map(_network_interface, rows)}
        # An older SDK does not know the field and drops it; zone names differ between accounts.
        if not all(found[i].availability_zone_id for i in own & found.keys()):
            raise AwsError(
                "DescribeNetworkInterfaces",
                "NoAvailabilityZoneId",
                "the answer has no availability-zone ids: the runtime's SDK is too old",
            )
        return found


def _interface_endpoint(row: "VpcEndpointTypeDef") -> InterfaceEndpoint:
    return InterfaceEndpoint(
        vpc_endpoint_id=VpcEndpointId(row["VpcEndpointId"]),
        service_name=row["ServiceName"],
        vpc_id=VpcId(row["VpcId"]),
        subnet_ids=tuple(map(SubnetId, row.get("SubnetIds", ()))),
        state=ConnectionState.parse(row["State"]),
        security_group_ids=tuple(SecurityGroupId(g["GroupId"]) for g in row.get("Groups", ())),
        network_interface_ids=tuple(map(NetworkInterfaceId, row.get("NetworkInterfaceIds", ()))),
        dns_names=tuple(entry["DnsName"] for entry in row.get("DnsEntries", ())),
        creation_timestamp=row["CreationTimestamp"],
    )


def _network_interface(row: "NetworkInterfaceTypeDef") -> NetworkInterface:
    return NetworkInterface(
        network_interface_id=NetworkInterfaceId(row["NetworkInterfaceId"]),
        availability_zone_id=row.get("AvailabilityZoneId", ""),
        private_ip_address=row.get("PrivateIpAddress", ""),
        description=row.get("Description", ""),
    )
