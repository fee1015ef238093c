"""Plans the parameters that publish the addresses of a consumer's endpoints.

Parameters stand under a shelf: `/privatelink/{service}` in the consumer's account, and
`/privatelink/{service}/{account-id}` for the provider's copy. On a shelf every VPC has a place of
its own, and the `endpoint` leaf there says whose the place is.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from privatelink.findings import Finding, FindingKind
from privatelink.model import (
    CLEAR,
    ConnectionState,
    InterfaceEndpoint,
    NetworkInterface,
    NetworkInterfaceId,
    Owner,
    Parameter,
    ParameterName,
    ParameterType,
    Port,
    Region,
    ServiceId,
    VpcEndpointId,
    VpcId,
)

_ENDPOINT_LEAF: Final = "endpoint"


@dataclass(frozen=True, kw_only=True)
class PublishedEndpoint:
    """The endpoint whose addresses are published for its VPC, and the address in each zone."""

    endpoint: InterfaceEndpoint
    addresses: Mapping[str, str]
    """Availability-zone id to address, in order of the zones."""


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
class Publisher:
    """What the `endpoint` leaf says beside the endpoint itself.

    `allowlist_version` is the version in force when the leaf was written. It is not compared: a
    change of the allowlist elsewhere is no reason to write every parameter again.
    """

    owner: Owner
    service_id: ServiceId
    region: Region
    ports: frozenset[Port]
    allowlist_version: str


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
    places = _places(shelf, current)
    ours = {vpc: leaves for vpc, leaves in places.items() if _is_ours(leaves, publisher)}
    wanted = choice.published.keys() if is_listed else frozenset[VpcId]()
    uncertain = choice.undecided | (choice.published.keys() - wanted)
    kept = {
        vpc_id
        for vpc_id, leaves in ours.items()
        if vpc_id in uncertain and _endpoint_id(leaves) in choice.live
    }
    taken = {vpc_id for vpc_id in wanted if vpc_id in places and vpc_id not in ours}
    desired = {
        leaf.name: leaf
        for vpc_id in sorted(wanted - taken)
        for leaf in _leaves(f"{shelf}/{vpc_id}", choice.published[vpc_id], publisher)
    }
    existing = {
        leaf.name: leaf
        for vpc_id, leaves in ours.items()
        if vpc_id not in kept
        for leaf in leaves.values()
    }
    mistyped = {
        name
        for name in desired.keys() & existing.keys()
        if desired[name].type is not existing[name].type
    }
    changed = {
        name
        for name in (desired.keys() & existing.keys()) - mistyped
        if _differs(desired[name], existing[name])
    }
    written = (desired.keys() - existing.keys()) | changed
    clashes = taken | {_vpc_of(shelf, name) for name in mistyped}
    return PublicationPlan(
        create=tuple(desired[name] for name in desired if name not in existing),
        overwrite=tuple(desired[name] for name in desired if name in changed),
        delete=tuple(sorted(existing.keys() - desired.keys(), key=_endpoint_leaf_last)),
        published=frozenset(_vpc_of(shelf, n) for n in written if not _is_endpoint_leaf(n)),
        withdrawn=frozenset(ours.keys() - wanted - kept),
        findings=tuple(_clash(f"{shelf}/{vpc_id}", places[vpc_id]) for vpc_id in sorted(clashes)),
        leaves_nothing=not desired and not kept,
    )


def _places(shelf: str, parameters: Iterable[Parameter]) -> Mapping[VpcId, Mapping[str, Parameter]]:
    """Sort parameters by VPC and leaf; names of another form are none of our business."""
    pattern = re.compile(re.escape(shelf) + r"/(vpc-[0-9a-f]+)/(endpoint|ips?|az/[^/]+/ip)")
    places: dict[VpcId, dict[str, Parameter]] = {}
    for parameter in parameters:
        if match := pattern.fullmatch(parameter.name):
            places.setdefault(VpcId(match[1]), {})[match[2]] = parameter
    return places


def _is_ours(leaves: Mapping[str, Parameter], publisher: Publisher) -> bool:
    record = _record(leaves[_ENDPOINT_LEAF].value) if _ENDPOINT_LEAF in leaves else {}
    return (record.get("owner"), record.get("service_id"), record.get("region")) == (
        str(publisher.owner),
        publisher.service_id,
        publisher.region,
    )


def _endpoint_id(leaves: Mapping[str, Parameter]) -> object:
    return _record(leaves[_ENDPOINT_LEAF].value).get("vpc_endpoint_id")


def _leaves(place: str, published: PublishedEndpoint, publisher: Publisher) -> Sequence[Parameter]:
    """Return the parameters of one VPC, the `endpoint` leaf first."""
    endpoint, addresses = published.endpoint, published.addresses
    record = {
        "owner": str(publisher.owner),
        "service_id": publisher.service_id,
        "region": publisher.region,
        "vpc_endpoint_id": endpoint.vpc_endpoint_id,
        "state": endpoint.state,
        "dns_names": list(endpoint.dns_names),
        "ports": [f"{p.protocol}/{p.from_port}" for p in sorted(publisher.ports)],
        "allowlist_version": publisher.allowlist_version,
    }
    values = [
        (_ENDPOINT_LEAF, json.dumps(record), ParameterType.STRING),
        ("ip", next(iter(addresses.values())), ParameterType.STRING),
        ("ips", ",".join(addresses.values()), ParameterType.STRING_LIST),
        *((f"az/{zone}/ip", address, ParameterType.STRING) for zone, address in addresses.items()),
    ]
    return [
        Parameter(name=ParameterName(f"{place}/{leaf}"), value=value, type=kind)
        for leaf, value, kind in values
    ]


def _differs(desired: Parameter, existing: Parameter) -> bool:
    if not _is_endpoint_leaf(desired.name):
        return desired.value != existing.value
    return _comparable(desired) != _comparable(existing)


def _comparable(leaf: Parameter) -> Mapping[str, object]:
    record = dict(_record(leaf.value))
    names = record.get("dns_names")
    # EC2 promises no order.
    record["dns_names"] = sorted(map(str, names)) if isinstance(names, list) else names
    record.pop("allowlist_version", None)
    return record


def _is_endpoint_leaf(name: ParameterName) -> bool:
    return name.endswith(f"/{_ENDPOINT_LEAF}")


def _record(value: str) -> Mapping[str, object]:
    try:
        record = json.loads(value)
    except ValueError:
        return {}
    return record if isinstance(record, dict) else {}


def _endpoint_leaf_last(name: ParameterName) -> tuple[bool, str]:
    return _is_endpoint_leaf(name), name


def _vpc_of(shelf: str, name: ParameterName) -> VpcId:
    return VpcId(name.removeprefix(f"{shelf}/").split("/", 1)[0])


def _clash(place: str, leaves: Mapping[str, Parameter]) -> Finding:
    record = _record(leaves[_ENDPOINT_LEAF].value) if _ENDPOINT_LEAF in leaves else {}
    return Finding(
        kind=FindingKind.PARAMETER_CLASH,
        subject=place,
        evidence={
            "owner": str(record.get("owner", "unknown")),
            "parameters": ", ".join(sorted(leaf.name for leaf in leaves.values())),
        },
    )
