"""Plans the parameters that publish the addresses of a consumer's endpoints."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from privatelink.findings import Finding, FindingKind
from privatelink.model import (
    CLEAR,
    ConnectionState,
    InterfaceEndpoint,
    NetworkInterface,
    NetworkInterfaceId,
    Parameter,
    ParameterName,
    VpcEndpointId,
    VpcId,
)
from privatelink.parameter_places import (
    PublishedEndpoint,
    Publisher,
    clash,
    differs,
    endpoint_id_of,
    endpoint_leaf_last,
    has_our_type,
    is_endpoint_leaf,
    is_ours,
    leaves_of,
    sort_into_places,
    vpc_of,
)


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What is to be published in which VPC."""

    published: Mapping[VpcId, PublishedEndpoint]
    undecided: frozenset[VpcId]
    """VPCs about which EC2 does not, or not yet, say what is true."""
    live: frozenset[VpcEndpointId]
    """Endpoints that are available, or in a state that is not clear."""
    findings: tuple[Finding, ...]


@dataclass(frozen=True, kw_only=True)
class PublicationPlan:
    """Parameters to create, to overwrite and to delete on one shelf; what is amiss.

    The order counts: a place is claimed by its `endpoint` leaf first and given up by it last, so
    that an interrupted pass never leaves parameters that nobody owns.
    """

    create: tuple[Parameter, ...]
    overwrite: tuple[Parameter, ...]
    delete: tuple[ParameterName, ...]
    published: frozenset[VpcId]
    """VPCs whose published address is new or has changed."""
    withdrawn: frozenset[VpcId]
    findings: tuple[Finding, ...]
    leaves_nothing: bool
    """Whether no parameter of ours is wanted, or left once the plan has been applied."""

    @property
    def finds_nothing(self) -> bool:
        """Whether no parameter of ours is there or wanted."""
        return self.leaves_nothing and not self.delete


def choose_endpoints(
    endpoints: Iterable[InterfaceEndpoint],
    interfaces: Mapping[NetworkInterfaceId, NetworkInterface],
) -> Choice:
    """Choose what is to be published: in each VPC the oldest endpoint that is available."""
    by_age = sorted(endpoints, key=lambda e: (e.creation_timestamp, e.vpc_endpoint_id))
    oldest: dict[VpcId, InterfaceEndpoint] = {}
    for endpoint in by_age:
        if endpoint.state is ConnectionState.AVAILABLE:
            oldest.setdefault(endpoint.vpc_id, endpoint)
    undecided = {e.vpc_id for e in by_age if e.state not in CLEAR and e.vpc_id not in oldest}
    published, findings = {}, []
    for vpc_id, endpoint in oldest.items():
        visible = [interfaces[i] for i in endpoint.network_interface_ids if i in interfaces]
        addresses = {
            i.availability_zone_id: i.private_ip_address
            for i in sorted(visible)
            if i.private_ip_address
        }
        complete = len(visible) == len(endpoint.network_interface_ids)
        if complete and addresses:
            published[vpc_id] = PublishedEndpoint(endpoint=endpoint, addresses=addresses)
        else:
            undecided.add(vpc_id)
        if complete and not addresses:
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


def _no_address(endpoint: InterfaceEndpoint) -> Finding:
    return Finding(
        kind=FindingKind.NO_ADDRESS,
        subject=endpoint.vpc_endpoint_id,
        evidence={"network_interfaces": ", ".join(endpoint.network_interface_ids) or "none"},
    )


def plan_publication(
    shelf: str,
    choice: Choice,
    current: Iterable[Parameter],
    publisher: Publisher,
    *,
    is_listed: bool = True,
) -> PublicationPlan:
    """Compare the parameters that should be on a shelf with those that are.

    A place without an `endpoint` leaf of this stack, service and Region is another's: nothing is
    put there or taken away, and a finding says so where one of our endpoints needs it. So does one
    about a parameter of another type than ours. Where it is not known what is true, and for an
    account that is not listed, nothing is put; what an endpoint that is still there has, stays.
    """
    places = sort_into_places(shelf, current)
    ours = {vpc: leaves for vpc, leaves in places.items() if is_ours(leaves, publisher)}
    wanted = choice.published.keys() if is_listed else frozenset[VpcId]()
    uncertain = choice.undecided | (choice.published.keys() - wanted)
    kept = {
        vpc_id
        for vpc_id, leaves in ours.items()
        if vpc_id in uncertain and endpoint_id_of(leaves) in choice.live
    }
    taken = {vpc_id for vpc_id in wanted if vpc_id in places and vpc_id not in ours}
    desired = {
        leaf.name: leaf
        for vpc_id in sorted(wanted - taken)
        for leaf in leaves_of(f"{shelf}/{vpc_id}", choice.published[vpc_id], publisher)
    }
    found = [leaf for vpc, leaves in ours.items() if vpc not in kept for leaf in leaves.values()]
    existing = {leaf.name: leaf for leaf in found if has_our_type(leaf)}
    mistyped = {leaf.name for leaf in found if not has_our_type(leaf)} & desired.keys()
    changed = {
        name for name in desired.keys() & existing.keys() if differs(desired[name], existing[name])
    }
    missing = desired.keys() - existing.keys() - mistyped
    clashes = taken | {vpc_of(shelf, name) for name in mistyped}
    return PublicationPlan(
        create=tuple(desired[name] for name in desired if name in missing),
        overwrite=tuple(desired[name] for name in desired if name in changed),
        delete=tuple(sorted(existing.keys() - desired.keys(), key=endpoint_leaf_last)),
        published=frozenset(
            vpc_of(shelf, name) for name in missing | changed if not is_endpoint_leaf(name)
        ),
        withdrawn=frozenset(ours.keys() - wanted - kept),
        findings=tuple(clash(f"{shelf}/{vpc_id}", places[vpc_id]) for vpc_id in sorted(clashes)),
        leaves_nothing=not desired and not kept,
    )
