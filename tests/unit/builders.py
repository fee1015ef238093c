"""One small builder a noun: what a test does not name is ordinary."""

from datetime import UTC, datetime, timedelta

from privatelink.allowlist import ConsumerEntry, PortEntry, ServiceEntry
from privatelink.allowlist_values import Cidr
from privatelink.ingress import OWNER_TAG, SERVICE_TAG
from privatelink.model import (
    AccountId,
    ConnectionState,
    EndpointConnection,
    IngressRule,
    InterfaceEndpoint,
    NetworkInterface,
    NetworkInterfaceId,
    Owner,
    Port,
    Region,
    SecurityGroup,
    SecurityGroupId,
    SecurityGroupRule,
    SecurityGroupRuleId,
    ServiceId,
    SubnetId,
    VpcEndpointId,
    VpcId,
)
from privatelink.opting_in import OPT_IN_TAG

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HOME = Region("ap-northeast-1")
LISTED = AccountId("111122223333")
STRANGER = AccountId("444455556666")
SERVICE_ID = ServiceId("vpce-svc-0123456789abcdef0")
OWNER = Owner(account_id=AccountId("123456789012"), region=HOME, stack="privatelink-autopilot")
OTHER_OWNER = Owner(account_id=AccountId("210987654321"), region=HOME, stack="another")
HTTP = Port(protocol="tcp", from_port=80, to_port=80)
ANYTHING = Port(protocol="-1", from_port=-1, to_port=-1)
GROUP = SecurityGroupId("sg-0aaaaaaaaaaaaaaa1")


def connection(
    number: int = 1,
    *,
    owner: AccountId = LISTED,
    state: str = "pendingAcceptance",
    region: Region = HOME,
    age: timedelta = timedelta(0),
) -> EndpointConnection:
    return EndpointConnection(
        service_id=SERVICE_ID,
        vpc_endpoint_id=VpcEndpointId(f"vpce-{number:017x}"),
        vpc_endpoint_owner=owner,
        vpc_endpoint_region=region,
        state=ConnectionState.parse(state),
        reported_state=state,
        creation_timestamp=NOW - age,
    )


def consumer_entry(*cidrs: str, ports: tuple[int, ...] = ()) -> ConsumerEntry:
    return ConsumerEntry(
        account_id=LISTED,
        alias="sddc-tokyo",
        source_cidrs=tuple(map(Cidr, cidrs or ("192.168.0.0/20",))),
        ports=tuple(PortEntry(port=port) for port in ports) or None,
    )


def service_entry(*consumers: ConsumerEntry) -> ServiceEntry:
    return ServiceEntry(service_id=SERVICE_ID, consumers=consumers or (consumer_entry(),))


def endpoint(
    number: int = 1,
    *,
    vpc: str = "vpc-0123456789abcdef0",
    subnets: tuple[str, ...] = ("subnet-1",),
    state: str = "available",
    groups: tuple[SecurityGroupId, ...] = (GROUP,),
    interfaces: tuple[str, ...] = ("eni-1",),
    age: timedelta = timedelta(0),
) -> InterfaceEndpoint:
    return InterfaceEndpoint(
        vpc_endpoint_id=VpcEndpointId(f"vpce-{number:017x}"),
        service_name=f"com.amazonaws.vpce.{HOME}.{SERVICE_ID}",
        vpc_id=VpcId(vpc),
        subnet_ids=tuple(map(SubnetId, subnets)),
        state=ConnectionState.parse(state),
        security_group_ids=groups,
        network_interface_ids=tuple(map(NetworkInterfaceId, interfaces)),
        dns_names=(f"vpce-{number:017x}.example.vpce.amazonaws.com",),
        creation_timestamp=NOW - age,
    )


def interface(
    interface_id: str = "eni-1",
    zone: str = "apne1-az4",
    address: str = "10.0.3.181",
    description: str = "",
) -> NetworkInterface:
    return NetworkInterface(
        availability_zone_id=zone,
        private_ip_address=address,
        network_interface_id=NetworkInterfaceId(interface_id),
        description=description,
    )


def group(
    group_id: SecurityGroupId = GROUP,
    *rules: IngressRule,
    name: str = "endpoints",
    opted_in: bool = True,
) -> SecurityGroup:
    return SecurityGroup(
        group_id=group_id,
        group_name=name,
        tags={OPT_IN_TAG: "true"} if opted_in else {},
        rules=frozenset(rules),
    )


def ingress(
    source: str = "192.168.0.0/20", *, group_id: SecurityGroupId = GROUP, port: Port = HTTP
) -> IngressRule:
    return IngressRule(group_id=group_id, port=port, source=source)


def rule(
    number: int = 1,
    *,
    group_id: SecurityGroupId = GROUP,
    source: str = "192.168.0.0/20",
    port: Port = HTTP,
    owner: Owner | None = OWNER,
    service_id: ServiceId = SERVICE_ID,
) -> SecurityGroupRule:
    """Return a rule of that owner, or one that nobody tagged."""
    return SecurityGroupRule(
        rule_id=SecurityGroupRuleId(f"sgr-{number:017x}"),
        ingress=ingress(source, group_id=group_id, port=port),
        tags={OWNER_TAG: str(owner), SERVICE_TAG: service_id} if owner else {},
    )
