"""AWS PrivateLink in plain data: what the plans reason about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, NewType

from msgspec import Struct

AccountId = NewType("AccountId", str)
"""Twelve digits; leading zeros count."""
Region = NewType("Region", str)
ServiceId = NewType("ServiceId", str)
"""An endpoint service: `vpce-svc-…`."""
VpcEndpointId = NewType("VpcEndpointId", str)
"""An interface endpoint: `vpce-…`."""
VpcId = NewType("VpcId", str)
SubnetId = NewType("SubnetId", str)
RouteTableId = NewType("RouteTableId", str)
SecurityGroupId = NewType("SecurityGroupId", str)
SecurityGroupRuleId = NewType("SecurityGroupRuleId", str)
NetworkInterfaceId = NewType("NetworkInterfaceId", str)
LoadBalancerArn = NewType("LoadBalancerArn", str)
TargetGroupArn = NewType("TargetGroupArn", str)
ParameterName = NewType("ParameterName", str)


class ConnectionState(StrEnum):
    """State of an endpoint connection, in AWS's spelling on the wire.

    The SDK's enum is PascalCase and the wire lowerCamel, so `parse` has no regard for case. A word
    that AWS adds later becomes UNKNOWN, for which nothing is ever done; the word itself is kept
    beside it, in `EndpointConnection.reported_state`.
    """

    PENDING_ACCEPTANCE = "pendingAcceptance"
    PENDING = "pending"
    AVAILABLE = "available"
    PARTIAL = "partial"
    REJECTED = "rejected"
    FAILED = "failed"
    EXPIRED = "expired"
    DELETING = "deleting"
    DELETED = "deleted"
    UNKNOWN = "unknown"

    @classmethod
    def parse(cls, text: str) -> "ConnectionState":
        """Read a state in any capitalisation."""
        return _STATES.get(text.casefold(), cls.UNKNOWN)


_STATES: Final[Mapping[str, ConnectionState]] = {
    state.value.casefold(): state for state in ConnectionState
}

ESTABLISHED: Final = frozenset({ConnectionState.PENDING, ConnectionState.AVAILABLE})
"""Accepted: traffic flows or is about to. Rejecting one of these cuts it."""

ENDED: Final = frozenset(
    {
        ConnectionState.REJECTED,
        ConnectionState.FAILED,
        ConnectionState.EXPIRED,
        ConnectionState.DELETING,
        ConnectionState.DELETED,
    }
)
"""No traffic, now or later. Such rows linger in EC2's list for a while."""

CLEAR: Final = ESTABLISHED | ENDED | {ConnectionState.PENDING_ACCEPTANCE}
"""States that say what to do. In any other nothing is made or taken away."""


class EndpointConnection(Struct, frozen=True, kw_only=True):
    """A row of DescribeVpcEndpointConnections: one endpoint as the service provider sees it."""

    service_id: ServiceId
    vpc_endpoint_id: VpcEndpointId
    vpc_endpoint_owner: AccountId
    vpc_endpoint_region: Region
    state: ConnectionState
    reported_state: str
    creation_timestamp: datetime
    dns_names: tuple[str, ...] = ()


class Consumer(Struct, frozen=True, order=True, kw_only=True):
    """Where a service consumer's endpoints live: the unit that converges."""

    account_id: AccountId
    region: Region

    def __str__(self) -> str:
        return f"{self.account_id}/{self.region}"


class Port(Struct, frozen=True, order=True, kw_only=True):
    """An inclusive range of ports of one IP protocol: what we open is of `tcp` or `udp`.

    In EC2 it may be another one. Of ICMP they are a type and a code, and -1 is all of either; of a
    protocol that has no ports, or of all protocols, `-1`, they are both -1.
    """

    protocol: str
    from_port: int
    to_port: int

    def __str__(self) -> str:
        """Say it as in `tcp/80`, `tcp/80-443` or, without ports, `all`."""
        protocol = "all" if self.protocol == "-1" else self.protocol
        ports = "-".join(str(n) for n in sorted({self.from_port, self.to_port}) if n >= 0)
        return f"{protocol}/{ports}" if ports else protocol


class EndpointService(Struct, frozen=True, kw_only=True):
    """An endpoint service as its provider sees it."""

    service_id: ServiceId
    service_name: str
    load_balancer_arns: tuple[LoadBalancerArn, ...]
    acceptance_required: bool = True


class InterfaceEndpoint(Struct, frozen=True, kw_only=True):
    """An interface endpoint as its owner, the service consumer, sees it."""

    vpc_endpoint_id: VpcEndpointId
    service_name: str
    vpc_id: VpcId
    subnet_ids: tuple[SubnetId, ...]
    state: ConnectionState
    security_group_ids: tuple[SecurityGroupId, ...]
    network_interface_ids: tuple[NetworkInterfaceId, ...]
    dns_names: tuple[str, ...]
    creation_timestamp: datetime


class NetworkInterface(Struct, frozen=True, order=True, kw_only=True):
    """A network interface: one address in one availability zone.

    `private_ip_address` is empty where there is no IPv4 address, and `availability_zone_id` where
    EC2 does not tell, which is never so of an endpoint's.
    """

    availability_zone_id: str
    private_ip_address: str
    network_interface_id: NetworkInterfaceId
    description: str = ""


class IngressRule(Struct, frozen=True, order=True, kw_only=True):
    """Who may come in where: the identity of an inbound rule, by which EC2 takes it only once.

    `source` is one CIDR, IPv4 or IPv6, or the id of a prefix list or of a security group.
    """

    group_id: SecurityGroupId
    port: Port
    source: str

    @property
    def cidr(self) -> str:
        """The source, if it is a CIDR."""
        return self.source if "/" in self.source else ""

    @property
    def prefix_list_id(self) -> str:
        """The source, if it is a prefix list."""
        return self.source if self.source.startswith("pl-") else ""


@dataclass(frozen=True, kw_only=True)
class SecurityGroupRule:
    """An inbound rule with what EC2 knows it by, which is not part of its identity."""

    rule_id: SecurityGroupRuleId
    ingress: IngressRule
    tags: Mapping[str, str] = field(hash=False)

    @property
    def group_id(self) -> SecurityGroupId:
        """The group that the rule is of."""
        return self.ingress.group_id


@dataclass(frozen=True, kw_only=True)
class SecurityGroup:
    """A security group of a consumer, with its inbound rules, whoever made them."""

    group_id: SecurityGroupId
    group_name: str
    tags: Mapping[str, str] = field(hash=False)
    rules: frozenset[IngressRule] = frozenset()


class PrefixList(Struct, frozen=True, kw_only=True):
    """A managed prefix list; AWS gives no `max_entries` for those that it manages itself."""

    prefix_list_id: str
    name: str
    address_family: str
    """`IPv4` or `IPv6`."""
    max_entries: int | None


class Vpc(Struct, frozen=True, kw_only=True):
    """A VPC and its primary IPv4 CIDR."""

    vpc_id: VpcId
    primary_cidr: str


class Route(Struct, frozen=True, order=True, kw_only=True):
    """A route: `destination` is a CIDR or a prefix list's id, `target` is an id, or `local`."""

    destination: str
    target: str
    state: str


class RouteTable(Struct, frozen=True, kw_only=True):
    """A route table, with the subnets that are associated with it explicitly."""

    route_table_id: RouteTableId
    vpc_id: VpcId
    is_main: bool
    subnet_ids: frozenset[SubnetId]
    routes: tuple[Route, ...]


class ParameterType(StrEnum):
    """How Parameter Store keeps a value. The type of a parameter cannot change."""

    STRING = "String"
    STRING_LIST = "StringList"
    SECURE_STRING = "SecureString"
    """Never ours; its value is not decrypted."""


class Parameter(Struct, frozen=True, order=True, kw_only=True):
    """A parameter of Parameter Store; the items of a StringList are separated by commas."""

    name: ParameterName
    value: str
    type: ParameterType


class Owner(Struct, frozen=True, kw_only=True):
    """The stack that a rule or a parameter belongs to.

    Several stacks may serve one consumer account; what carries another's name is foreign.
    """

    account_id: AccountId
    region: Region
    stack: str

    def __str__(self) -> str:
        return f"{self.account_id}/{self.region}/{self.stack}"
