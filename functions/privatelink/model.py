"""AWS PrivateLink in plain data: what the plans reason about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, NewType

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


@dataclass(frozen=True, kw_only=True)
class EndpointConnection:
    """A row of DescribeVpcEndpointConnections: one endpoint as the service provider sees it."""

    service_id: ServiceId
    vpc_endpoint_id: VpcEndpointId
    vpc_endpoint_owner: AccountId
    vpc_endpoint_region: Region
    state: ConnectionState
    reported_state: str
    creation_timestamp: datetime
    dns_names: tuple[str, ...] = ()


@dataclass(frozen=True, order=True, kw_only=True)
class Consumer:
    """Where a service consumer's endpoints live: the unit that converges."""

    account_id: AccountId
    region: Region

    def __str__(self) -> str:
        return f"{self.account_id}/{self.region}"


@dataclass(frozen=True, order=True, kw_only=True)
class Port:
    """An inclusive range of ports of one IP protocol, `tcp` or `udp`."""

    protocol: str
    from_port: int
    to_port: int


@dataclass(frozen=True, kw_only=True)
class EndpointService:
    """An endpoint service as its provider sees it."""

    service_id: ServiceId
    service_name: str
    load_balancer_arns: tuple[LoadBalancerArn, ...]
    acceptance_required: bool = True


@dataclass(frozen=True, kw_only=True)
class SecurityGroup:
    """A security group of a consumer."""

    group_id: SecurityGroupId
    group_name: str
    tags: Mapping[str, str] = field(hash=False)


@dataclass(frozen=True, kw_only=True)
class InterfaceEndpoint:
    """An interface endpoint as its owner, the service consumer, sees it."""

    vpc_endpoint_id: VpcEndpointId
    vpc_id: VpcId
    subnet_ids: tuple[SubnetId, ...]
    state: ConnectionState
    security_group_ids: tuple[SecurityGroupId, ...]
    network_interface_ids: tuple[NetworkInterfaceId, ...]
    dns_names: tuple[str, ...]
    creation_timestamp: datetime


@dataclass(frozen=True, order=True, kw_only=True)
class NetworkInterface:
    """An endpoint network interface: one address in one availability zone.

    `private_ip_address` is empty where there is no IPv4 address.
    """

    availability_zone_id: str
    private_ip_address: str
    network_interface_id: NetworkInterfaceId


@dataclass(frozen=True, order=True, kw_only=True)
class IngressRule:
    """Who may come in where: the identity of an inbound rule. One CIDR, IPv4 or IPv6, a rule."""

    group_id: SecurityGroupId
    port: Port
    cidr: str


@dataclass(frozen=True, kw_only=True)
class SecurityGroupRule:
    """An inbound rule as it stands in EC2.

    `ingress` is None for what no desired rule can equal: a rule whose source is a security group
    or a prefix list, or whose protocol has no ports. Its source, whatever the protocol, is `cidr`,
    the prefix list, or, if both are empty, a security group.
    """

    rule_id: SecurityGroupRuleId
    group_id: SecurityGroupId
    ingress: IngressRule | None
    tags: Mapping[str, str] = field(hash=False)
    cidr: str = ""
    prefix_list_id: str = ""


@dataclass(frozen=True, kw_only=True)
class PrefixList:
    """A managed prefix list; AWS gives no `max_entries` for those that it manages itself."""

    prefix_list_id: str
    name: str
    address_family: str
    """`IPv4` or `IPv6`."""
    max_entries: int | None


@dataclass(frozen=True, kw_only=True)
class Vpc:
    """A VPC and its primary IPv4 CIDR."""

    vpc_id: VpcId
    primary_cidr: str


@dataclass(frozen=True, order=True, kw_only=True)
class Route:
    """A route: `destination` is a CIDR or a prefix list's id, `target` is an id, or `local`."""

    destination: str
    target: str
    state: str


@dataclass(frozen=True, kw_only=True)
class RouteTable:
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


@dataclass(frozen=True, order=True, kw_only=True)
class Parameter:
    """A parameter of Parameter Store; the items of a StringList are separated by commas."""

    name: ParameterName
    value: str
    type: ParameterType


@dataclass(frozen=True, kw_only=True)
class Owner:
    """The stack that a rule or a parameter belongs to.

    Several stacks may serve one consumer account; what carries another's name is foreign.
    """

    account_id: AccountId
    region: Region
    stack: str

    def __str__(self) -> str:
        return f"{self.account_id}/{self.region}/{self.stack}"
