"""Chooses which endpoint is published where, from what is known of a consumer's endpoints."""

from collections.abc import Callable, Collection, Iterable, Mapping
from copy import replace
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Final

from privatelink.findings import Finding, FindingKind, enumerated
from privatelink.model import (
    CLEAR,
    ENDED,
    ConnectionState,
    Consumer,
    EndpointConnection,
    InterfaceEndpoint,
    NetworkInterface,
    NetworkInterfaceId,
    VpcEndpointId,
)
from privatelink.parameter_places import PlaceId, PublishedEndpoint


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What is to be published in which place."""

    published: Mapping[PlaceId, PublishedEndpoint] = field(default_factory=dict)
    undecided: frozenset[PlaceId] = frozenset()
    """Places about which AWS does not, or not yet, say what is true."""
    live: frozenset[VpcEndpointId] = frozenset()
    """Endpoints that are available, or in a state that is not clear."""
    findings: tuple[Finding, ...] = ()
    is_blind: bool = False
    """Whether the consumer does not let us see its endpoints, so that every place is undecided."""

    def only(self, places: Collection[PlaceId]) -> "Choice":
        """Return the choice without what is published elsewhere than in these places."""
        published = {place: self.published[place] for place in places if place in self.published}
        return replace(self, published=published)


NOTHING: Final = Choice()


def choose_endpoints(
    endpoints: Iterable[InterfaceEndpoint],
    interfaces: Mapping[NetworkInterfaceId, NetworkInterface],
) -> Choice:
    """Choose what is to be published: in each VPC the oldest endpoint that is available."""
    by_age = sorted(endpoints, key=lambda e: (e.creation_timestamp, e.vpc_endpoint_id))
    oldest: dict[PlaceId, InterfaceEndpoint] = {}
    for endpoint in by_age:
        if endpoint.state is ConnectionState.AVAILABLE:
            oldest.setdefault(PlaceId(endpoint.vpc_id), endpoint)
    undecided = {PlaceId(e.vpc_id) for e in by_age if e.state not in CLEAR} - oldest.keys()
    published, findings = {}, []
    for vpc_id, endpoint in oldest.items():
        visible = [interfaces[i] for i in endpoint.network_interface_ids if i in interfaces]
        zones = {
            i.availability_zone_id: i.private_ip_address
            for i in sorted(visible)
            if i.private_ip_address
        }
        complete = len(visible) == len(endpoint.network_interface_ids)
        if complete and zones:
            published[vpc_id] = PublishedEndpoint(
                vpc_endpoint_id=endpoint.vpc_endpoint_id,
                state=endpoint.state,
                dns_names=endpoint.dns_names,
                addresses=tuple(zones.values()),
                zones=zones,
            )
        else:
            undecided.add(vpc_id)
        if complete and not zones:
            findings.append(_no_address(endpoint))
    return Choice(
        published=published,
        undecided=frozenset(undecided),
        live=frozenset(
            e.vpc_endpoint_id
            for e in by_age
            if e.state is ConnectionState.AVAILABLE or e.state not in CLEAR
        ),
        findings=tuple(findings),
    )


def choose_blindly(connections: Iterable[EndpointConnection], consumer: Consumer) -> Choice:
    """Choose nothing, for a consumer that does not let us in: what is live stays as it is."""
    live = (c for c in connections if _is_of(c, consumer) and c.state not in ENDED)
    return Choice(live=frozenset(c.vpc_endpoint_id for c in live), is_blind=True)


def choose_by_names(
    connections: Iterable[EndpointConnection],
    consumer: Consumer,
    resolve: Callable[[str], Iterable[str]],
) -> Choice:
    """Choose the available connections of a consumer without a role, each in a place of its own.

    Their addresses are those of the Regional DNS name, the shortest that AWS has made from the
    endpoint's id; the others are those of single zones, and a private one that the service has.
    """
    published: dict[PlaceId, PublishedEndpoint] = {}
    undecided, findings = set(), []
    theirs = [c for c in connections if _is_of(c, consumer)]
    for connection in theirs:
        place = PlaceId(connection.vpc_endpoint_id)
        if connection.state not in CLEAR:
            undecided.add(place)
        elif connection.state is ConnectionState.AVAILABLE:
            names = [n for n in connection.dns_names if n.startswith(connection.vpc_endpoint_id)]
            names.sort(key=lambda name: (len(name), name))
            addresses = sorted(resolve(names[0]), key=ip_address) if names else []
            if addresses:
                published[place] = PublishedEndpoint(
                    vpc_endpoint_id=connection.vpc_endpoint_id,
                    state=connection.state,
                    dns_names=connection.dns_names,
                    addresses=tuple(addresses),
                    zones={},
                )
            else:
                undecided.add(place)
                findings.append(_not_resolved(connection))
    return Choice(
        published=published,
        undecided=frozenset(undecided),
        live=frozenset(c.vpc_endpoint_id for c in theirs if c.state not in ENDED),
        findings=tuple(findings),
    )


def _is_of(connection: EndpointConnection, consumer: Consumer) -> bool:
    whose = (connection.vpc_endpoint_owner, connection.vpc_endpoint_region)
    return whose == (consumer.account_id, consumer.region)


def _no_address(endpoint: InterfaceEndpoint) -> Finding:
    return Finding(
        kind=FindingKind.NO_ADDRESS,
        subject=endpoint.vpc_endpoint_id,
        evidence={"network_interfaces": enumerated(endpoint.network_interface_ids)},
    )


def _not_resolved(connection: EndpointConnection) -> Finding:
    return Finding(
        kind=FindingKind.ADDRESS_NOT_RESOLVED,
        subject=connection.vpc_endpoint_id,
        evidence={"dns_names": enumerated(connection.dns_names)},
    )
