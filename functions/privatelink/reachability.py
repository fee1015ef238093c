"""Checks whether answers of a consumer's endpoints find their way back to the sources.

Nothing is opened or closed on account of it. What EC2 does not show is not held against anybody: of
a VPC, a route table or a network interface that is not seen, nothing is said.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Final

from msgspec import Struct

from privatelink.findings import Finding, FindingKind, enumerated
from privatelink.model import (
    ESTABLISHED,
    InterfaceEndpoint,
    NetworkInterface,
    NetworkInterfaceId,
    Route,
    RouteTable,
    SubnetId,
    Vpc,
    VpcId,
)

type _Network = IPv4Network | IPv6Network

# VMware Cloud on AWS routes to the interface of the active edge host, which changes with the host.
_VMC_DESCRIPTION: Final = "VMware VMC Interface"


class Surroundings(Struct, frozen=True, kw_only=True):
    """What EC2 shows of the networks that endpoints stand in."""

    vpcs: Mapping[VpcId, Vpc]
    route_tables: tuple[RouteTable, ...]

    @property
    def network_interface_ids(self) -> frozenset[NetworkInterfaceId]:
        """The network interfaces that routes lead to: what they are says whether that is right."""
        return frozenset(
            NetworkInterfaceId(route.target)
            for table in self.route_tables
            for route in table.routes
            if route.target.startswith("eni-")
        )


def check_reachability(
    endpoints: Iterable[InterfaceEndpoint],
    interfaces: Mapping[NetworkInterfaceId, NetworkInterface],
    source_cidrs: Iterable[str],
    surroundings: Surroundings,
) -> tuple[Finding, ...]:
    """Check the established ones of a consumer's endpoints.

    `interfaces` are those of the endpoints and those that routes of the surroundings lead to.
    `source_cidrs` are those of the allowlist as they are written there: joined ones might be wider
    than any route.
    """
    sources = [ip_network(cidr, strict=False) for cidr in source_cidrs]
    established = [endpoint for endpoint in endpoints if endpoint.state in ESTABLISHED]
    return tuple(
        finding
        for endpoint in sorted(established, key=lambda endpoint: endpoint.vpc_endpoint_id)
        for finding in (
            *_routes_amiss(endpoint, sources, surroundings.route_tables, interfaces),
            *_addresses_amiss(endpoint, interfaces, surroundings.vpcs.get(endpoint.vpc_id)),
        )
    )


def _routes_amiss(
    endpoint: InterfaceEndpoint,
    sources: Sequence[_Network],
    tables: Iterable[RouteTable],
    interfaces: Mapping[NetworkInterfaceId, NetworkInterface],
) -> Iterator[Finding]:
    missing = [
        f"{cidr} from {subnet_id} by {table.route_table_id}: {why}"
        for subnet_id, table in _tables_of(endpoint, tables)
        for cidr, why in _unreachable(table, sources, interfaces).items()
    ]
    if missing:
        yield Finding(
            kind=FindingKind.NO_ROUTE_TO_SOURCE,
            subject=endpoint.vpc_endpoint_id,
            evidence={"vpc_id": endpoint.vpc_id, "sources": enumerated(missing)},
        )


def _tables_of(
    endpoint: InterfaceEndpoint, tables: Iterable[RouteTable]
) -> Iterator[tuple[SubnetId, RouteTable]]:
    """Return the route table that counts for each subnet, as far as EC2 shows it."""
    own = [table for table in tables if table.vpc_id == endpoint.vpc_id]
    main = [table for table in own if table.is_main]
    for subnet_id in endpoint.subnet_ids:
        explicit = [table for table in own if subnet_id in table.subnet_ids]
        for table in (explicit or main)[:1]:
            yield subnet_id, table


def _unreachable(
    table: RouteTable,
    sources: Iterable[_Network],
    interfaces: Mapping[NetworkInterfaceId, NetworkInterface],
) -> Mapping[str, str]:
    """Return the sources to which no route of a table leads, each with what is there instead."""
    by_cidr: list[tuple[_Network, Route]] = []
    for route in table.routes:
        if not route.destination.startswith("pl-"):
            by_cidr.append((ip_network(route.destination, strict=False), route))
        elif _leads_to_sources(route, interfaces):
            # What the list contains is not read: it may well be these sources.
            return {}
    found = {str(source): _instead(source, by_cidr, interfaces) for source in sources}
    return {cidr: why for cidr, why in found.items() if why}


def _instead(
    source: _Network,
    routes: Sequence[tuple[_Network, Route]],
    interfaces: Mapping[NetworkInterfaceId, NetworkInterface],
) -> str:
    """Return where the most specific route to a source leads; nothing if that is as it should be.

    A workload in the VPC itself is reached whatever more specific routes say: those lead through
    an appliance.
    """
    matching = [(network, route) for network, route in routes if _contains(network, source)]
    longest = max((network.prefixlen for network, _ in matching), default=0)
    best = [route for network, route in matching if network.prefixlen == longest]
    if any(route.target == "local" for _, route in matching) or any(
        _leads_to_sources(route, interfaces) for route in best
    ):
        return ""
    if not best:
        return "no route"
    route = min(best)
    state = "" if route.state == "active" else f"{route.state} "
    return f"{state}{route.destination} to {route.target}"


def _contains(network: _Network, source: _Network) -> bool:
    # No address is in a network of the other IP version.
    return network.prefixlen <= source.prefixlen and source.network_address in network


def _leads_to_sources(
    route: Route, interfaces: Mapping[NetworkInterfaceId, NetworkInterface]
) -> bool:
    """Whether a route leads to an SDDC or a transit gateway, as far as EC2 shows it."""
    if route.state != "active":
        return False
    if route.target.startswith("eni-"):
        interface = interfaces.get(NetworkInterfaceId(route.target))
        return interface is None or interface.description.startswith(_VMC_DESCRIPTION)
    return route.target.startswith("tgw-")


def _addresses_amiss(
    endpoint: InterfaceEndpoint,
    interfaces: Mapping[NetworkInterfaceId, NetworkInterface],
    vpc: Vpc | None,
) -> Iterator[Finding]:
    if vpc is None:
        return
    visible = [interfaces[i] for i in endpoint.network_interface_ids if i in interfaces]
    addresses = [each.private_ip_address for each in visible if each.private_ip_address]
    primary = ip_network(vpc.primary_cidr)
    outside = [address for address in addresses if ip_address(address) not in primary]
    if outside:
        yield Finding(
            kind=FindingKind.ADDRESS_OUTSIDE_PRIMARY_CIDR,
            subject=endpoint.vpc_endpoint_id,
            evidence={
                "vpc_id": vpc.vpc_id,
                "primary_cidr": vpc.primary_cidr,
                "addresses": enumerated(outside),
            },
        )
