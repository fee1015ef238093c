"""VPCs and their route tables, where moto's differ from EC2's."""

from typing import Any, Final

from moto.core.responses import ActionResult
from moto.ec2.models import EC2Backend
from moto.ec2.models.route_tables import Route, RouteBackend
from moto.ec2.responses import EC2Response
from moto.ec2.responses.route_tables import RouteTables
from moto.ec2.responses.vpcs import VPCs

from sandbox.privatelink import refusals
from sandbox.privatelink.cidrs import canonical
from sandbox.privatelink.listing import STRICTLY_FIVE_TO_A_THOUSAND, Pages, paged_answer

STRICTLY_FIVE_TO_A_HUNDRED: Final = Pages(5, 100, refuses_above=True, unlimited_by_default=True)
"""DescribeRouteTables documents these bounds; that no size means everything is inferred."""


def describe_vpcs(request: EC2Response) -> ActionResult:
    """Answer in pages; moto has everything in one."""
    everything = VPCs.describe_vpcs(request)
    return paged_answer(request, everything, STRICTLY_FIVE_TO_A_THOUSAND, key="Vpcs")


def describe_route_tables(request: EC2Response) -> ActionResult:
    """Answer in pages; moto has everything in one."""
    request.error_on_dryrun()
    everything = RouteTables.describe_route_tables(request)
    return paged_answer(request, everything, STRICTLY_FIVE_TO_A_HUNDRED, key="RouteTables")


def create_route(  # noqa: PLR0913 - moto's signature
    backend: EC2Backend,
    route_table_id: str,
    destination_cidr_block: str | None,
    destination_ipv6_cidr_block: str | None = None,
    destination_prefix_list_id: str | None = None,
    *,
    interface_id: str | None = None,
    **target: Any,  # noqa: ANN401 - moto's other parameters, passed on
) -> Route:
    """Create a route, with the destination that was asked for whatever the target is.

    The destination is stored without host bits, as the reference of CreateRoute says.
    """
    if destination_prefix_list_id and (
        destination_prefix_list_id not in backend.managed_prefix_lists
    ):
        raise refusals.unknown_prefix_list(destination_prefix_list_id)
    interface = backend.get_network_interface(interface_id) if interface_id else None
    route = RouteBackend.create_route(
        backend,
        route_table_id,
        destination_cidr_block and canonical(destination_cidr_block),
        destination_ipv6_cidr_block and canonical(destination_ipv6_cidr_block),
        destination_prefix_list_id,
        **target,
    )
    route.interface = interface
    return route


def state(route: Route) -> str:
    """Return `blackhole` once the network interface or transit gateway of a route is gone.

    That of a target which is detached only stays `active` here.
    """
    backend = route.route_table.ec2_backend
    for target, existing in (
        (route.interface, backend.enis),
        (route.transit_gateway, backend.transit_gateways),
    ):
        if target is not None and target.id not in existing:
            return "blackhole"
    return "active"
