"""The provider's view: Describe-, Accept- and RejectVpcEndpointConnections."""

from collections.abc import Callable
from typing import Final

from moto.core.responses import ActionResult
from moto.ec2.exceptions import MissingParameterError
from moto.ec2.responses import EC2Response

from sandbox.privatelink import refusals
from sandbox.privatelink.connections import Connection, WrongStateError
from sandbox.privatelink.listing import FIVE_TO_A_THOUSAND, Filters, paged
from sandbox.privatelink.models import InterfaceEndpoint, service_configurations
from sandbox.privatelink.notifications import ConnectionEvent, announce
from sandbox.privatelink.services import own_service

FILTERS: Final = Filters[InterfaceEndpoint](
    {
        "ip-address-type": lambda each: [each.ip_address_type],
        "service-id": lambda each: [each.service.id],
        "vpc-endpoint-owner": lambda each: [each.owner_id],
        "vpc-endpoint-region": lambda each: [each.ec2_backend.region_name],
        "vpc-endpoint-state": lambda each: [each.state],
    }
)
"""`vpc-endpoint-id` is documented and yet missing here: the service is reported to refuse it (the
Terraform AWS provider's pull request 48442, of 2026), so that code has to live without it. That
the refusal is `InvalidFilter` is inferred from the sister operation DescribeVpcEndpointServices.
"""


def describe_vpc_endpoint_connections(request: EC2Response) -> ActionResult:
    """Describe the connections of the account's services, whosesoever the endpoints are."""
    request.error_on_dryrun()
    endpoints = [
        endpoint
        for service in service_configurations(request.ec2_backend)
        for endpoint in service.endpoints.values()
        if endpoint.lingers
    ]
    found = FILTERS(endpoints, request.params.get("Filters", []))
    rows = [row_of(endpoint) for endpoint in found]
    return paged(request, rows, FIVE_TO_A_THOUSAND, key="VpcEndpointConnections")


def accept_vpc_endpoint_connections(request: EC2Response) -> ActionResult:
    """Accept connection requests; what cannot be accepted comes back as `Unsuccessful`."""

    def accepted(endpoint: InterfaceEndpoint) -> Connection:
        behaviour = endpoint.behaviour
        pending = behaviour.pending(endpoint.id)
        return endpoint.connection.accepted(now=behaviour.clock(), pending=pending)

    return _decide(request, accepted, ConnectionEvent.ACCEPT)


def reject_vpc_endpoint_connections(request: EC2Response) -> ActionResult:
    """Reject requests and withdraw live connections."""

    def rejected(endpoint: InterfaceEndpoint) -> Connection:
        return endpoint.connection.rejected(now=endpoint.behaviour.clock())

    return _decide(request, rejected, ConnectionEvent.REJECT)


def _decide(
    request: EC2Response,
    change: Callable[[InterfaceEndpoint], Connection],
    event: ConnectionEvent,
) -> ActionResult:
    """Apply one decision to many endpoints of one service, each for itself."""
    request.error_on_dryrun()
    service = own_service(request)
    ids = request.params.get("VpcEndpointIds", [])
    if not ids:
        raise MissingParameterError("VpcEndpointId")

    def decide(vpc_endpoint_id: str) -> None:
        endpoint = service.endpoints.get(vpc_endpoint_id)
        if endpoint is None or not endpoint.lingers:
            raise refusals.unknown_endpoint(vpc_endpoint_id)
        try:
            endpoint.connection = change(endpoint)
        except WrongStateError as exc:
            raise refusals.wrong_state(exc) from exc
        announce(endpoint, event)

    return ActionResult({"Unsuccessful": refusals.unsuccessful(ids, decide)})


def row_of(endpoint: InterfaceEndpoint) -> dict[str, object]:
    """Return what the provider learns: no address, no VPC and no security group is part of it."""
    service = endpoint.service
    return {
        "ServiceId": service.id,
        "VpcEndpointId": endpoint.id,
        "VpcEndpointOwner": endpoint.owner_id,
        "VpcEndpointState": endpoint.state,
        "CreationTimestamp": endpoint.creation_timestamp,
        "DnsEntries": endpoint.dns_entries,
        "NetworkLoadBalancerArns": service.network_load_balancer_arns,
        "IpAddressType": endpoint.ip_address_type,
        "VpcEndpointConnectionId": endpoint.vpc_endpoint_connection_id,
        "VpcEndpointRegion": endpoint.ec2_backend.region_name,
        "Tags": service.ec2_backend.describe_tags(
            filters={"resource-id": [endpoint.vpc_endpoint_connection_id]}
        ),
    }
