"""Inbound rules of security groups, as EC2 writes them.

It has two ways: a rule with its id and tags, and the permissions of a group, each of which may have
several sources and so be several rules.
"""

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import ip_network
from typing import TYPE_CHECKING, Final

from privatelink.model import (
    IngressRule,
    Port,
    SecurityGroup,
    SecurityGroupId,
    SecurityGroupRule,
    SecurityGroupRuleId,
)

if TYPE_CHECKING:
    from mypy_boto3_ec2.type_defs import (
        IpPermissionOutputTypeDef,
        IpPermissionTypeDef,
        SecurityGroupRuleTypeDef,
        SecurityGroupTypeDef,
        TagTypeDef,
    )

_WITH_PORTS: Final = frozenset({"tcp", "udp", "icmp", "icmpv6"})
"""Of other protocols EC2 documents no ports, nor what it answers instead."""


def read_group(row: "SecurityGroupTypeDef") -> SecurityGroup:
    """Read a group with its inbound rules."""
    group_id = SecurityGroupId(row["GroupId"])
    return SecurityGroup(
        group_id=group_id,
        group_name=row["GroupName"],
        tags=_tags(row.get("Tags", ())),
        rules=frozenset(
            IngressRule(group_id=group_id, port=_port(permission), source=source)
            for permission in row.get("IpPermissions", ())
            for source in _sources(permission)
        ),
    )


def read_rule(row: "SecurityGroupRuleTypeDef") -> SecurityGroupRule:
    """Read a rule."""
    cidr = row.get("CidrIpv4") or row.get("CidrIpv6")
    other = row.get("PrefixListId") or row.get("ReferencedGroupInfo", {}).get("GroupId", "")
    return SecurityGroupRule(
        rule_id=SecurityGroupRuleId(row["SecurityGroupRuleId"]),
        ingress=IngressRule(
            group_id=SecurityGroupId(row["GroupId"]),
            port=_port(row),
            source=_canonical(cidr) if cidr else other,
        ),
        tags=_tags(row.get("Tags", ())),
    )


def permission_of(rule: IngressRule, description: str) -> "IpPermissionTypeDef":
    """Write a rule that is to be made."""
    permission: IpPermissionTypeDef = {
        "IpProtocol": rule.port.protocol,
        "FromPort": rule.port.from_port,
        "ToPort": rule.port.to_port,
    }
    if ":" in rule.source:
        permission["Ipv6Ranges"] = [{"CidrIpv6": rule.source, "Description": description}]
    else:
        permission["IpRanges"] = [{"CidrIp": rule.source, "Description": description}]
    return permission


def _sources(permission: "IpPermissionOutputTypeDef") -> Iterator[str]:
    """Yield the sources of a permission, each of which is a rule by itself."""
    yield from (_canonical(each["CidrIp"]) for each in permission.get("IpRanges", ()))
    yield from (_canonical(each["CidrIpv6"]) for each in permission.get("Ipv6Ranges", ()))
    yield from (each["PrefixListId"] for each in permission.get("PrefixListIds", ()))
    yield from (each.get("GroupId", "") for each in permission.get("UserIdGroupPairs", ()))


def _port(row: "IpPermissionOutputTypeDef | SecurityGroupRuleTypeDef") -> Port:
    protocol = row["IpProtocol"]
    if protocol not in _WITH_PORTS:
        return Port(protocol=protocol, from_port=-1, to_port=-1)
    return Port(protocol=protocol, from_port=row.get("FromPort", -1), to_port=row.get("ToPort", -1))


def _canonical(cidr: str) -> str:
    """Write a CIDR as the allowlist's are written, so that equal ones are equal text."""
    return str(ip_network(cidr, strict=False))


def _tags(rows: "Iterable[TagTypeDef]") -> Mapping[str, str]:
    return {row["Key"]: row["Value"] for row in rows}
