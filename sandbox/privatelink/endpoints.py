"""CreateVpcEndpoint, ModifyVpcEndpoint, DeleteVpcEndpoints and DescribeVpcEndpoints.

Endpoints of AWS's own services stay moto's; the descriptions cover both kinds.
"""

from collections.abc import Iterable
from typing import Final

from moto.core.responses import ActionResult
from moto.ec2.exceptions import (
    InvalidSecurityGroupNotFoundError,
    InvalidVpcEndPointIdError,
)
from moto.ec2.models import EC2Backend
from moto.ec2.models.vpcs import VPCEndPoint
from moto.ec2.responses import EC2Response
from moto.ec2.responses.vpcs import VPCs
from moto.ec2.utils import add_tag_specification

from sandbox.privatelink import refusals
from sandbox.privatelink.connections import ConnectionState
from sandbox.privatelink.listing import UP_TO_A_THOUSAND, Filters, paged
from sandbox.privatelink.models import InterfaceEndpoint, tags_of
from sandbox.privatelink.network_interfaces import attach, detach, put_groups
from sandbox.privatelink.notifications import ConnectionEvent, announce
from sandbox.privatelink.placement import Site
from sandbox.privatelink.services import is_endpoint_service_name, service_named

type Endpoint = InterfaceEndpoint | VPCEndPoint

FILTERS: Final = Filters[Endpoint](
    {
        "ip-address-type": lambda each: [getattr(each, "ip_address_type", "ipv4")],
        "service-name": lambda each: [each.service_name],
        "service-region": lambda each: [
            getattr(each, "service_region", each.ec2_backend.region_name)
        ],
        "tag-key": lambda each: tags_of(each).keys(),
        "vpc-endpoint-id": lambda each: [each.id],
        "vpc-endpoint-state": lambda each: [each.state],
        "vpc-endpoint-type": lambda each: [each.vpc_endpoint_type or "Gateway"],
        "vpc-id": lambda each: [each.vpc_id],
    },
    tags=tags_of,
)


def create_vpc_endpoint(request: EC2Response) -> ActionResult:
    """Create an endpoint of an endpoint service, which may be another account's.

    It may be another Region's too: one that is named by `ServiceRegion`.
    """
    name = request.params.get("ServiceName", "")
    if not is_endpoint_service_name(name):
        return VPCs.create_vpc_endpoint(request)
    request.error_on_dryrun()
    backend = request.ec2_backend
    region = request.params.get("ServiceRegion", backend.region_name)
    service = service_named(name, backend, hosted_in={region})
    kind = request.params.get("VpcEndpointType", "Gateway")
    if kind != "Interface":
        raise refusals.wrong_endpoint_type(kind)
    private_dns = request.params.get("PrivateDnsEnabled", False)
    if private_dns and not service.private_dns_name:
        raise refusals.no_private_dns_name(name)
    vpc = backend.get_vpc(request.params["VpcId"])
    places = Site(backend, vpc.id, service).places(
        joining=request.params.get("SubnetIds", []),
        configurations=request.params.get("SubnetConfigurations", []),
    )
    endpoint = InterfaceEndpoint(
        backend,
        service=service,
        vpc_id=vpc.id,
        security_group_ids=_groups(backend, vpc.id, request.params.get("SecurityGroupIds", [])),
        policy_document=request.params.get("PolicyDocument"),
        private_dns_enabled=private_dns,
        tags=add_tag_specification(request.params.get("TagSpecifications", [])),
    )
    backend.vpc_end_points[endpoint.id] = endpoint
    service.endpoints[endpoint.id] = endpoint
    attach(endpoint, places)
    announce(endpoint, ConnectionEvent.CONNECT)
    return ActionResult({"VpcEndpoint": endpoint, "ClientToken": request.params.get("ClientToken")})


def modify_vpc_endpoint(request: EC2Response) -> ActionResult:
    """Change subnets, addresses, security groups, policy or private DNS of an endpoint.

    That an address given for a subnet in which the endpoint is already replaces the network
    interface there is inferred.
    """
    backend = request.ec2_backend
    endpoint = _existing(backend, request.params["VpcEndpointId"])
    if not isinstance(endpoint, InterfaceEndpoint):
        return VPCs.modify_vpc_endpoint(request)
    request.error_on_dryrun()
    params = request.params
    leaving = params.get("RemoveSubnetIds", [])
    staying = [each for each in endpoint.subnet_ids if each not in leaving]
    places = Site(backend, endpoint.vpc_id, endpoint.service).places(
        staying=staying,
        joining=[each for each in params.get("AddSubnetIds", []) if each not in staying],
        configurations=[
            each
            for each in params.get("SubnetConfigurations", [])
            if (each["SubnetId"], each.get("Ipv4")) not in endpoint.addresses.items()
        ],
    )
    added = _existing_groups(backend, endpoint.vpc_id, params.get("AddSecurityGroupIds", []))
    removed = params.get("RemoveSecurityGroupIds", [])
    detach(endpoint, leaving)
    endpoint.security_group_ids = [
        each
        for each in dict.fromkeys([*endpoint.security_group_ids, *added])
        if each not in removed
    ]
    attach(endpoint, places)
    put_groups(endpoint)
    endpoint.private_dns_enabled = params.get("PrivateDnsEnabled", endpoint.private_dns_enabled)
    endpoint.policy_document = params.get("PolicyDocument", endpoint.policy_document)
    return ActionResult({"Return": True})


def delete_vpc_endpoints(request: EC2Response) -> ActionResult:
    """Delete endpoints; the provider keeps seeing their connections for a while.

    They are gone at once; the state `deleting`, which AWS shows for some minutes, is left out.
    """
    request.error_on_dryrun()
    backend = request.ec2_backend

    def delete(vpc_endpoint_id: str) -> None:
        endpoint = _existing(backend, vpc_endpoint_id)
        if isinstance(endpoint, InterfaceEndpoint):
            _retire(endpoint)
        else:
            backend.delete_vpc_endpoints([vpc_endpoint_id])

    ids = request.params["VpcEndpointIds"]
    return ActionResult({"Unsuccessful": refusals.unsuccessful(ids, delete)})


def describe_vpc_endpoints(request: EC2Response) -> ActionResult:
    """Describe the endpoints of the account."""
    request.error_on_dryrun()
    backend = request.ec2_backend
    ids = request.params.get("VpcEndpointIds", [])
    endpoints = [_existing(backend, each) for each in ids] if ids else _all(backend)
    found = FILTERS(endpoints, request.params.get("Filters", []))
    return paged(request, found, UP_TO_A_THOUSAND, key="VpcEndpoints")


def _retire(endpoint: InterfaceEndpoint) -> None:
    detach(endpoint, endpoint.subnet_ids)
    endpoint.ec2_backend.vpc_end_points.pop(endpoint.id)
    endpoint.connection = endpoint.connection.deleted(now=endpoint.behaviour.clock())
    announce(endpoint, ConnectionEvent.DELETE)


def _all(backend: EC2Backend) -> Iterable[Endpoint]:
    return [
        each for each in backend.vpc_end_points.values() if each.state != ConnectionState.DELETED
    ]


def _existing(backend: EC2Backend, vpc_endpoint_id: str) -> Endpoint:
    for each in _all(backend):
        if each.id == vpc_endpoint_id:
            return each
    raise InvalidVpcEndPointIdError(vpc_endpoint_id)


def _groups(backend: EC2Backend, vpc_id: str, asked: list[str]) -> list[str]:
    if asked:
        return _existing_groups(backend, vpc_id, asked)
    default = backend.get_default_security_group(vpc_id)
    return [default.id] if default else []


def _existing_groups(backend: EC2Backend, vpc_id: str, asked: list[str]) -> list[str]:
    """Return the groups asked for, refusing those that the VPC does not have."""
    for group_id in asked:
        if group_id not in backend.groups.get(vpc_id, {}):
            raise InvalidSecurityGroupNotFoundError(group_id)
    return asked
