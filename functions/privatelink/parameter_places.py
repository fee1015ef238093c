"""Where parameters stand, what they say, and whose they are.

Parameters stand under a shelf: `/privatelink/{service}` in the consumer's account, and
`/privatelink/{service}/{account-id}` for the provider's copy. On a shelf every VPC has a place of
its own, and the `endpoint` leaf there says whose the place is. The endpoints of a consumer without
a role, whose VPCs are not known, have a place each.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NewType

from msgspec import Struct

from privatelink.findings import Finding, FindingKind, enumerated
from privatelink.model import (
    ConnectionState,
    Owner,
    Parameter,
    ParameterName,
    ParameterType,
    Port,
    Region,
    ServiceId,
    VpcEndpointId,
)

PlaceId = NewType("PlaceId", str)
"""The id of the VPC, or of the endpoint, that a place on a shelf is for."""

_PLACE: Final = r"/(vpce?-[0-9a-f]+)/(endpoint|ips?|az/[^/]+/ip)"
_OWNER: Final = re.compile(r"[0-9]{12}/[a-z0-9-]{1,32}/[A-Za-z0-9-]{1,128}")
_ENDPOINT_LEAF: Final = "endpoint"
_ADDRESSES_LEAF: Final = "ips"


class PublishedEndpoint(Struct, frozen=True, kw_only=True):
    """The endpoint whose addresses are published in a place."""

    vpc_endpoint_id: VpcEndpointId
    state: ConnectionState
    dns_names: tuple[str, ...]
    addresses: tuple[str, ...]
    """In order of the availability zones' ids, or of the addresses where zones are not known."""
    zones: Mapping[str, str]
    """Availability-zone id to address, in order of the zones; empty if they come from DNS."""


class Publisher(Struct, frozen=True, kw_only=True):
    """What the `endpoint` leaf says beside the endpoint itself.

    `allowlist_version` is the version in force when the leaf was written. It is not compared: a
    change of the allowlist elsewhere is no reason to write every parameter again. Nor are `ports`
    that are not known, None.
    """

    owner: Owner
    service_id: ServiceId
    region: Region
    ports: frozenset[Port] | None
    allowlist_version: str


def sort_into_places(
    shelf: str, parameters: Iterable[Parameter]
) -> Mapping[PlaceId, Mapping[str, Parameter]]:
    """Sort parameters by place and leaf; names of another form are none of our business."""
    pattern = re.compile(re.escape(shelf) + _PLACE)
    places: dict[PlaceId, dict[str, Parameter]] = {}
    for parameter in parameters:
        if match := pattern.fullmatch(parameter.name):
            places.setdefault(PlaceId(match[1]), {})[match[2]] = parameter
    return places


def shelf_of(name: str) -> str:
    """Return the shelf that a parameter stands on; empty if it stands in no place."""
    match = re.fullmatch(rf"(.+?){_PLACE}", name)
    return match[1] if match else ""


def is_ours(leaves: Mapping[str, Parameter], publisher: Publisher) -> bool:
    """Whether the `endpoint` leaf of a place names this stack, service and Region."""
    record = _record(leaves[_ENDPOINT_LEAF].value) if _ENDPOINT_LEAF in leaves else {}
    return (record.get("owner"), record.get("service_id"), record.get("region")) == (
        str(publisher.owner),
        publisher.service_id,
        publisher.region,
    )


def owner_of(leaves: Mapping[str, Parameter]) -> str:
    """Return the stack that the `endpoint` leaf of a place names, if it is a stack's name."""
    record = _record(leaves[_ENDPOINT_LEAF].value) if _ENDPOINT_LEAF in leaves else {}
    owner = record.get("owner")
    return owner if isinstance(owner, str) and _OWNER.fullmatch(owner) else "unknown"


def is_claimed(leaves: Mapping[str, Parameter]) -> bool:
    """Whether a place has an `endpoint` leaf, whosever it is."""
    return _ENDPOINT_LEAF in leaves


def endpoint_id_of(leaves: Mapping[str, Parameter]) -> object:
    """Return the id of the endpoint that a place of ours is about."""
    return _record(leaves[_ENDPOINT_LEAF].value).get("vpc_endpoint_id")


def is_abandoned(leaves: Mapping[str, Parameter], desired: Mapping[str, Parameter]) -> bool:
    """Whether a place lacks its `endpoint` leaf alone, and says what it should say otherwise.

    Somebody has deleted the leaf: to put it again takes nothing from anybody.
    """
    others = {name: leaf for name, leaf in desired.items() if not is_endpoint_leaf(leaf.name)}
    return {leaf.name: leaf for leaf in leaves.values()} == others


def leaves_of(
    place: str, published: PublishedEndpoint, publisher: Publisher
) -> Sequence[Parameter]:
    """Return the parameters of one place, the `endpoint` leaf first."""
    record = {
        "owner": str(publisher.owner),
        "service_id": publisher.service_id,
        "region": publisher.region,
        "vpc_endpoint_id": published.vpc_endpoint_id,
        "state": published.state,
        "dns_names": sorted(published.dns_names),
        "ports": [f"{p.protocol}/{p.from_port}" for p in sorted(publisher.ports or ())],
        "addresses_from": "network-interfaces" if published.zones else "dns",
        "allowlist_version": publisher.allowlist_version,
    }
    values = [
        (_ENDPOINT_LEAF, json.dumps(record), ParameterType.STRING),
        ("ip", published.addresses[0], ParameterType.STRING),
        (_ADDRESSES_LEAF, ",".join(published.addresses), ParameterType.STRING_LIST),
        *(
            (f"az/{zone}/ip", address, ParameterType.STRING)
            for zone, address in published.zones.items()
        ),
    ]
    return [
        Parameter(name=ParameterName(f"{place}/{leaf}"), value=value, type=kind)
        for leaf, value, kind in values
    ]


def differs(desired: Parameter, existing: Parameter, publisher: Publisher) -> bool:
    """Whether what a parameter says is not what it should say."""
    if not is_endpoint_leaf(desired.name):
        return desired.value != existing.value
    return _comparable(desired, publisher) != _comparable(existing, publisher)


def _comparable(leaf: Parameter, publisher: Publisher) -> Mapping[str, object]:
    record = dict(_record(leaf.value))
    if publisher.ports is None:
        record.pop("ports", None)
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
    except (ValueError, RecursionError):
        return {}
    return record if isinstance(record, dict) else {}


def endpoint_leaf_last(name: ParameterName) -> tuple[bool, str]:
    """Sort names so that a place is given up by its `endpoint` leaf last."""
    return is_endpoint_leaf(name), name


def place_of(shelf: str, name: ParameterName) -> PlaceId:
    """Return the place on a shelf that a parameter stands in."""
    return PlaceId(name.removeprefix(f"{shelf}/").split("/", 1)[0])


def clash(place: str, leaves: Mapping[str, Parameter]) -> Finding:
    """Say that what stands in a place is in the way of ours."""
    return Finding(
        kind=FindingKind.PARAMETER_CLASH,
        subject=place,
        evidence={
            "owner": owner_of(leaves),
            "parameters": enumerated(leaf.name for leaf in leaves.values()),
        },
    )
