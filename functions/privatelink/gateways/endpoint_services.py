"""Endpoint services and their connections, in the service provider's account."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from privatelink.errors import NotFoundError, UnsuccessfulItemsError
from privatelink.gateways.calls import LARGEST_PAGE, translated_errors
from privatelink.gateways.pace import Pace
from privatelink.model import (
    AccountId,
    ConnectionState,
    EndpointConnection,
    EndpointService,
    LoadBalancerArn,
    Region,
    ServiceId,
    VpcEndpointId,
)

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_ec2.type_defs import (
        FilterTypeDef,
        UnsuccessfulItemTypeDef,
        VpcEndpointConnectionTypeDef,
    )

_LONG_AGO: Final = datetime.fromtimestamp(0, tz=UTC)
IDS_PER_CALL: Final = 100
"""EC2 documents no limit for Accept and Reject; this many is far below the size of a request."""
DECISIONS_AT_ONCE: Final = 5
DECISIONS_A_SECOND: Final = 0.5
"""EC2 takes 10 Accept calls at once and 1 a second from an account and Region, and as many Reject
calls (EC2 developer guide, "Request throttling"). This is the part of one execution environment:
the event source of AcceptEndpointConnections lets two be at work."""


class EndpointServices:
    """The endpoint services of one account and Region."""

    def __init__(self, ec2: "EC2Client") -> None:
        self._ec2 = ec2
        self._accepting = Pace(DECISIONS_A_SECOND, DECISIONS_AT_ONCE)
        self._rejecting = Pace(DECISIONS_A_SECOND, DECISIONS_AT_ONCE)

    def describe_vpc_endpoint_connections(
        self, service_id: ServiceId, owner: AccountId | None = None
    ) -> tuple[EndpointConnection, ...]:
        """Return all connections of a service, or those of one account, whatever their state."""
        # An absent filter would mean the connections of every service.
        if not service_id:
            raise ValueError(service_id)
        filters: list[FilterTypeDef] = [{"Name": "service-id", "Values": [service_id]}]
        if owner is not None:
            filters.append({"Name": "vpc-endpoint-owner", "Values": [owner]})
        with translated_errors("DescribeVpcEndpointConnections"):
            pages = self._ec2.get_paginator("describe_vpc_endpoint_connections").paginate(
                Filters=filters, PaginationConfig=LARGEST_PAGE
            )
            return tuple(
                self._connection(service_id, row)
                for page in pages
                for row in page["VpcEndpointConnections"]
                # Without its id nothing can be done or said about an endpoint.
                if row.get("VpcEndpointId")
            )

    def _connection(
        self, service_id: ServiceId, row: "VpcEndpointConnectionTypeDef"
    ) -> EndpointConnection:
        reported = row.get("VpcEndpointState", "")
        # Every field is optional in the service's model. What a decision cannot do without makes
        # the state unknown, for which nothing is done, so that the other rows do not suffer.
        complete = row.get("VpcEndpointOwner") and row.get("CreationTimestamp")
        return EndpointConnection(
            service_id=service_id,
            vpc_endpoint_id=VpcEndpointId(row["VpcEndpointId"]),
            vpc_endpoint_owner=AccountId(row.get("VpcEndpointOwner", "")),
            # Absent for an endpoint in the service's own Region.
            vpc_endpoint_region=Region(row.get("VpcEndpointRegion") or self._ec2.meta.region_name),
            state=ConnectionState.parse(reported) if complete else ConnectionState.UNKNOWN,
            reported_state=reported,
            creation_timestamp=row.get("CreationTimestamp", _LONG_AGO),
            dns_names=tuple(entry["DnsName"] for entry in row.get("DnsEntries", ())),
        )

    def describe_vpc_endpoint_service_configuration(self, service_id: ServiceId) -> EndpointService:
        """Return a service, or raise NotFoundError."""
        if not service_id:
            raise ValueError(service_id)
        with translated_errors("DescribeVpcEndpointServiceConfigurations"):
            answer = self._ec2.describe_vpc_endpoint_service_configurations(ServiceIds=[service_id])
        (row,) = answer["ServiceConfigurations"]
        return EndpointService(
            service_id=ServiceId(row["ServiceId"]),
            service_name=row["ServiceName"],
            load_balancer_arns=tuple(map(LoadBalancerArn, row.get("NetworkLoadBalancerArns", ()))),
            acceptance_required=row.get("AcceptanceRequired", True),
        )

    def find_vpc_endpoint_service(self, service_id: ServiceId) -> EndpointService | None:
        """Return a service; None: there is none."""
        with suppress(NotFoundError):
            return self.describe_vpc_endpoint_service_configuration(service_id)
        return None

    def accept_vpc_endpoint_connections(
        self, service_id: ServiceId, vpc_endpoint_ids: Sequence[VpcEndpointId]
    ) -> None:
        """Accept up to IDS_PER_CALL connections; UnsuccessfulItemsError lists those refused."""
        self._accepting.take()
        with translated_errors("AcceptVpcEndpointConnections"):
            answer = self._ec2.accept_vpc_endpoint_connections(
                ServiceId=service_id, VpcEndpointIds=vpc_endpoint_ids
            )
        _raise_refused("AcceptVpcEndpointConnections", answer["Unsuccessful"])

    def reject_vpc_endpoint_connections(
        self, service_id: ServiceId, vpc_endpoint_ids: Sequence[VpcEndpointId]
    ) -> None:
        """Reject up to IDS_PER_CALL connections; UnsuccessfulItemsError lists those refused."""
        self._rejecting.take()
        with translated_errors("RejectVpcEndpointConnections"):
            answer = self._ec2.reject_vpc_endpoint_connections(
                ServiceId=service_id, VpcEndpointIds=vpc_endpoint_ids
            )
        _raise_refused("RejectVpcEndpointConnections", answer["Unsuccessful"])


def _raise_refused(operation: str, refused: "Sequence[UnsuccessfulItemTypeDef]") -> None:
    """Raise for items that EC2 lists as unsuccessful in an answer of success."""
    if refused:
        raise UnsuccessfulItemsError(
            operation,
            {
                item["ResourceId"]: (item["Error"]["Code"], item["Error"]["Message"])
                for item in refused
            },
        )
