"""The network interfaces of endpoints: one a subnet, with an address of that subnet."""

from collections.abc import Sequence
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import InvalidNetworkInterfaceIdError
from moto.ec2.models import EC2Backend
from moto.ec2.models.elastic_network_interfaces import NetworkInterface, NetworkInterfaceBackend
from moto.ec2.responses import EC2Response
from moto.ec2.responses.elastic_network_interfaces import ElasticNetworkInterfaces

from sandbox.privatelink.listing import STRICTLY_FIVE_TO_A_THOUSAND, paged_answer
from sandbox.privatelink.models import InterfaceEndpoint, interface_endpoints
from sandbox.privatelink.placement import Place


def attach(endpoint: InterfaceEndpoint, places: Sequence[Place]) -> None:
    """Create the network interfaces of an endpoint; one that is in a subnet already is replaced."""
    for place in places:
        detach(endpoint, [place.subnet.id])
        interface = endpoint.ec2_backend.create_network_interface(
            place.subnet,
            place.address,
            group_ids=endpoint.security_group_ids,
            description=f"VPC Endpoint Interface {endpoint.id}",
        )
        interface.interface_type = "vpc_endpoint"
        interface.requester_managed = True
        interface.status = "in-use"
        endpoint.interfaces[place.subnet.id] = interface


def detach(endpoint: InterfaceEndpoint, subnet_ids: Sequence[str]) -> None:
    """Delete the network interfaces that an endpoint has in these subnets."""
    for subnet_id in subnet_ids:
        interface = endpoint.interfaces.pop(subnet_id, None)
        if interface:
            endpoint.ec2_backend.enis.pop(interface.id, None)


def put_groups(endpoint: InterfaceEndpoint) -> None:
    """Give the network interfaces the security groups of their endpoint."""
    for interface in endpoint.interfaces.values():
        endpoint.ec2_backend.modify_network_interface_attribute(
            interface.id, endpoint.security_group_ids
        )


def get_all_network_interfaces(
    backend: EC2Backend,
    eni_ids: list[str] | None = None,
    filters: dict[str, Any] | None = None,
) -> list[NetworkInterface]:
    """Return what moto returns, less the interfaces of endpoints that are still to appear."""
    hidden = {
        interface.id
        for endpoint in interface_endpoints(backend)
        if endpoint.hides_interfaces
        for interface in endpoint.interfaces.values()
    }
    for asked in eni_ids or []:
        if asked in hidden:
            raise InvalidNetworkInterfaceIdError(asked)
    found = NetworkInterfaceBackend.get_all_network_interfaces(backend, eni_ids, filters)
    return [each for each in found if each.id not in hidden]


def describe_network_interfaces(request: EC2Response) -> ActionResult:
    """Answer in pages; moto has everything in one."""
    everything = ElasticNetworkInterfaces.describe_network_interfaces(request)
    return paged_answer(request, everything, STRICTLY_FIVE_TO_A_THOUSAND, key="NetworkInterfaces")


def availability_zone_id(interface: NetworkInterface) -> str:
    """Return the zone's id, which is the same zone in every account."""
    zone_id: str = interface.subnet.availability_zone_id
    return zone_id
