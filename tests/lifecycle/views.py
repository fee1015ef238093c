"""What is true in the emulated AWS, read from moto's objects: no call, no cost, no fault."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from moto.dynamodb.models import dynamodb_backends
from moto.ec2.models import ec2_backends
from moto.ec2.models.security_groups import SecurityGroup
from moto.ssm.models import ssm_backends

from privatelink.ingress import OWNER_TAG, SERVICE_TAG
from privatelink.opting_in import OPT_IN_TAG, OPT_IN_VALUE
from sandbox.accounts import PROVIDER, REGION
from sandbox.privatelink.models import (
    EndpointService,
    InterfaceEndpoint,
    endpoint_services,
    tags_of,
)
from sandbox.privatelink.notifications import ConnectionNotification, notifications_of

OWNER: Final = f"{PROVIDER}/{REGION}/privatelink-autopilot"

_ROOT: Final = re.compile(r"arn:aws:iam::([0-9]{12}):root")

type Place = tuple[str, str]
"""An account and a Region."""


@dataclass(frozen=True, order=True)
class Ingress:
    """The identity of an inbound rule: two rules of one group never share it."""

    group_id: str
    protocol: str
    port: int
    cidr: str


@dataclass(frozen=True)
class Rule:
    """An inbound rule with its tags."""

    rule_id: str
    ingress: Ingress
    tags: Mapping[str, str]

    @property
    def is_ours(self) -> bool:
        """Whether the stack's name is on it."""
        return self.tags.get(OWNER_TAG) == OWNER

    @property
    def service_id(self) -> str:
        """The service that it was made for."""
        return self.tags.get(SERVICE_TAG, "")


def services() -> Mapping[str, EndpointService]:
    """Return the provider's endpoint services by id."""
    return {service.id: service for service in endpoint_services()}


def endpoints(service_id: str) -> list[InterfaceEndpoint]:
    """Return the endpoints of a service, oldest first, those deleted included."""
    found = services()[service_id].endpoints.values()
    return sorted(found, key=lambda each: (each.creation_timestamp, each.id))


def endpoint(vpc_endpoint_id: str) -> InterfaceEndpoint | None:
    """Return an endpoint by its id."""
    for service in services().values():
        if vpc_endpoint_id in service.endpoints:
            return service.endpoints[vpc_endpoint_id]
    return None


def place_of(each: InterfaceEndpoint) -> Place:
    """Return where an endpoint stands."""
    return each.owner_id, each.ec2_backend.region_name


def places() -> Iterator[Place]:
    """Yield every account and Region in which anything has been made."""
    for account_id, regions in list(ec2_backends.items()):
        for region in list(regions):
            yield account_id, region


def groups(place: Place) -> Mapping[str, SecurityGroup]:
    """Return the security groups of an account and Region by id."""
    account_id, region = place
    by_vpc = ec2_backends[account_id][region].groups
    return {group.id: group for found in by_vpc.values() for group in found.values()}


def is_opted_in(group: SecurityGroup) -> bool:
    """Whether rules may be made on a group."""
    return group.name != "default" and tags_of(group).get(OPT_IN_TAG) == OPT_IN_VALUE


def rules(group: SecurityGroup) -> list[Rule]:
    """Return the inbound rules of a group that are of a CIDR."""
    return [
        Rule(
            rule_id=each.id,
            ingress=Ingress(
                group.id,
                str(each.ip_protocol),
                int(each.from_port or 0),
                str(each.cidr_ipv4 or each.cidr_ipv6 or each.prefix_list_id or "a group"),
            ),
            tags=tags_of(each),
        )
        for each in group.ingress_rules
    ]


def our_rules(place: Place) -> list[Rule]:
    """Return the rules in an account and Region that carry the stack's name."""
    return [rule for group in groups(place).values() for rule in rules(group) if rule.is_ours]


@dataclass(frozen=True)
class Stored:
    """A parameter as it stands."""

    name: str
    type: str
    value: str
    version: int
    description: str | None


def parameters(place: Place) -> Mapping[str, Stored]:
    """Return the parameters under our path in an account and Region."""
    account_id, region = place
    versions = ssm_backends[account_id][region]._parameters  # noqa: SLF001 - reading costs no call
    found = {}
    for name in list(versions.keys()):
        if name.startswith("/privatelink/") and versions[name]:
            last = versions[name][-1]
            found[name] = Stored(
                name, last.parameter_type, last.value, last.version, last.description
            )
    return found


def record_of(value: str) -> Mapping[str, object]:
    """Read the value of an `endpoint` leaf; one that is no record says nothing."""
    try:
        record = json.loads(value)
    except ValueError:
        return {}
    return record if isinstance(record, dict) else {}


def notifications() -> Mapping[str, ConnectionNotification]:
    """Return the provider's connection notifications by id."""
    return notifications_of(ec2_backends[PROVIDER][REGION])


def ledger() -> Mapping[tuple[str, str], Mapping[str, str]]:
    """Return the items of the ledger, without the histories."""
    items: dict[tuple[str, str], Mapping[str, str]] = {}
    for found in _partitions():
        for item in found.values():
            values = {name: str(value.value) for name, value in item.attrs.items()}
            items[values["pk"], values["sk"]] = values
    return items


def is_given_up(service_id: str, place: Place, part: str) -> bool:
    """Whether what a consumer that has left keeps from us is looked after no more."""
    key = f"CONSUMER#{place[0]}/{place[1]}#{part}#GIVEN_UP"
    return (f"SERVICE#{service_id}", key) in ledger()


def findings(service_id: str) -> frozenset[str]:
    """Return the ids of the open findings about a service and its consumers."""
    return frozenset(
        sort_key.partition("#FINDING#")[2]
        for partition, sort_key in ledger()
        if partition == f"SERVICE#{service_id}" and "#FINDING#" in sort_key
    )


def tripped_at(service_id: str) -> int | None:
    """Return the max_withdrawals at which the breaker of a service tripped, if it is open."""
    key = (f"SERVICE#{service_id}", f"SERVICE##FINDING#breaker-tripped/{service_id}")
    finding = ledger().get(key)
    return int(finding["tripped_at"]) if finding else None


def decided(vpc_endpoint_id: str) -> frozenset[str]:
    """Return every rule that has ever decided about an endpoint, as its history tells."""
    items = _partition(f"ENDPOINT#{vpc_endpoint_id}").values()
    return frozenset(str(item.attrs["rule"].value) for item in items if "rule" in item.attrs)


def is_on_record(service_id: str, principal: str) -> bool:
    """Whether the ledger says that the stack has allowed a principal."""
    match = _ROOT.fullmatch(principal)
    return match is not None and f"PRINCIPAL#{match[1]}" in _partition(f"SERVICE#{service_id}")


def services_on_record() -> frozenset[str]:
    """Return the services that the ledger knows of."""
    return frozenset(
        item.attrs["sk"].value
        for found in _partitions()
        for item in found.values()
        if item.attrs["pk"].value == "SERVICES"
    )


def _partition(name: str) -> Mapping[str, Any]:
    """Return the items of a partition of the ledger, by sort key."""
    table = dynamodb_backends[PROVIDER][REGION].tables["ledger"]
    found = next((items for key, items in list(table.items.items()) if key.value == name), {})
    return {item.attrs["sk"].value: item for item in found.values()}


def _partitions() -> Iterator[Any]:
    """Yield the partitions of the ledger that are no histories, each by sort key."""
    table = dynamodb_backends[PROVIDER][REGION].tables["ledger"]
    for key, found in list(table.items.items()):
        if not str(key.value).startswith("ENDPOINT#"):
            yield found


def resolve(name: str) -> list[str]:
    """Answer the DNS names of endpoints, as the provider's account sees them once available."""
    for service in services().values():
        for each in service.endpoints.values():
            names = [entry["DnsName"] for entry in each.dns_entries]
            if name in names and each.state == "available":
                by_zone = sorted(each.interfaces.values(), key=lambda i: str(i.availability_zone))
                addresses = [str(interface.private_ip_address) for interface in by_zone]
                return addresses if name == names[0] else [addresses[names.index(name) - 1]]
    return []
