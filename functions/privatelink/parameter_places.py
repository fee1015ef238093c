"""Where parameters stand, what they say, and whose they are.

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
    InterfaceEndpoint,
    Owner,
    Parameter,
    ParameterName,
    ParameterType,
    Port,
    Region,
    ServiceId,
    VpcId,
)

_ENDPOINT_LEAF: Final = "endpoint"
_ADDRESSES_LEAF: Final = "ips"


@dataclass(frozen=True, kw_only=True)
class PublishedEndpoint:
    """The endpoint whose addresses are published for its VPC, and the address in each zone."""

    endpoint: InterfaceEndpoint
    addresses: Mapping[str, str]
    """Availability-zone id to address, in order of the zones."""


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


def sort_into_places(
    shelf: str, parameters: Iterable[Parameter]
) -> Mapping[VpcId, Mapping[str, Parameter]]:
    """Sort parameters by VPC and leaf; names of another form are none of our business."""
    pattern = re.compile(re.escape(shelf) + r"/(vpc-[0-9a-f]+)/(endpoint|ips?|az/[^/]+/ip)")
    places: dict[VpcId, dict[str, Parameter]] = {}
    for parameter in parameters:
        if match := pattern.fullmatch(parameter.name):
            places.setdefault(VpcId(match[1]), {})[match[2]] = parameter
    return places


def is_ours(leaves: Mapping[str, Parameter], publisher: Publisher) -> bool:
    """Whether the `endpoint` leaf of a place names this stack, service and Region."""
    record = _record(leaves[_ENDPOINT_LEAF].value) if _ENDPOINT_LEAF in leaves else {}
    return (record.get("owner"), record.get("service_id"), record.get("region")) == (
        str(publisher.owner),
        publisher.service_id,
        publisher.region,
    )


def endpoint_id_of(leaves: Mapping[str, Parameter]) -> object:
    """Return the id of the endpoint that a place of ours is about."""
    return _record(leaves[_ENDPOINT_LEAF].value).get("vpc_endpoint_id")


def leaves_of(
    place: str, published: PublishedEndpoint, publisher: Publisher
) -> Sequence[Parameter]:
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
        (_ADDRESSES_LEAF, ",".join(addresses.values()), ParameterType.STRING_LIST),
        *((f"az/{zone}/ip", address, ParameterType.STRING) for zone, address in addresses.items()),
    ]
    return [
        Parameter(name=ParameterName(f"{place}/{leaf}"), value=value, type=kind)
        for leaf, value, kind in values
    ]


def differs(desired: Parameter, existing: Parameter) -> bool:
    """Whether what a parameter says is not what it should say."""
    if not is_endpoint_leaf(desired.name):
        return desired.value != existing.value
    return _comparable(desired) != _comparable(existing)


def _comparable(leaf: Parameter) -> Mapping[str, object]:
    record = dict(_record(leaf.value))
    names = record.get("dns_names")
    # EC2 promises no order.
    record["dns_names"] = sorted(map(str, names)) if isinstance(names, list) else names
    record.pop("allowlist_version", None)
    return record


def has_our_type(leaf: Parameter) -> bool:
    """Whether a parameter is of the type that we would give it; another is somebody else's."""
    is_list = leaf.name.endswith(f"/{_ADDRESSES_LEAF}")
    return leaf.type is (ParameterType.STRING_LIST if is_list else ParameterType.STRING)


def is_endpoint_leaf(name: ParameterName) -> bool:
    """Whether a name is that of an `endpoint` leaf."""
    return name.endswith(f"/{_ENDPOINT_LEAF}")


def _record(value: str) -> Mapping[str, object]:
    try:
        record = json.loads(value)
    except ValueError:
        return {}
    return record if isinstance(record, dict) else {}


def endpoint_leaf_last(name: ParameterName) -> tuple[bool, str]:
    """Sort names so that a place is given up by its `endpoint` leaf last."""
    return is_endpoint_leaf(name), name


def vpc_of(shelf: str, name: ParameterName) -> VpcId:
    """Return the VPC whose place on a shelf a parameter stands in."""
    return VpcId(name.removeprefix(f"{shelf}/").split("/", 1)[0])


def clash(place: str, leaves: Mapping[str, Parameter]) -> Finding:
    """Say that what stands in a place is in the way of ours."""
    record = _record(leaves[_ENDPOINT_LEAF].value) if _ENDPOINT_LEAF in leaves else {}
    return Finding(
        kind=FindingKind.PARAMETER_CLASH,
        subject=place,
        evidence={
            "owner": str(record.get("owner", "unknown")),
            "parameters": ", ".join(sorted(leaf.name for leaf in leaves.values())),
        },
    )
