"""Which security groups are opted in by their owners, and what is amiss about groups."""

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from privatelink.findings import Finding, FindingKind, enumerated
from privatelink.model import (
    InterfaceEndpoint,
    Port,
    SecurityGroup,
    SecurityGroupId,
    SecurityGroupRule,
    ServiceId,
)

OPT_IN_TAG: Final = "privatelink-autopilot:managed-ingress"
OPT_IN_VALUE: Final = "true"


def is_opted_in(group: SecurityGroup | None) -> bool:
    """Whether rules may be put into a group and taken from it: never into a VPC's default one."""
    return (
        group is not None
        and group.group_name != "default"
        and group.tags.get(OPT_IN_TAG) == OPT_IN_VALUE
    )


def endpoint_findings(
    established: Iterable[InterfaceEndpoint], groups: Mapping[SecurityGroupId, SecurityGroup]
) -> Iterable[Finding]:
    """Yield the endpoints that have no group that is opted in."""
    for endpoint in established:
        attached = [groups[i] for i in endpoint.security_group_ids if i in groups]
        if not any(map(is_opted_in, attached)):
            has_default = any(group.group_name == "default" for group in attached)
            yield Finding(
                kind=FindingKind.DEFAULT_SECURITY_GROUP
                if has_default
                else FindingKind.NO_OPTED_IN_GROUP,
                subject=endpoint.vpc_endpoint_id,
                evidence={"security_groups": enumerated(endpoint.security_group_ids)},
            )


def port_findings(
    established: Collection[InterfaceEndpoint], ports: Collection[Port], service_id: ServiceId
) -> Iterable[Finding]:
    """Yield whether endpoints wait for a port to be opened."""
    if established and not ports:
        yield Finding(
            kind=FindingKind.NO_PORTS,
            subject=service_id,
            evidence={"endpoints": enumerated(e.vpc_endpoint_id for e in established)},
        )


def opted_out_findings(rules: Iterable[SecurityGroupRule]) -> Iterable[Finding]:
    """Yield the groups of rules that are superfluous and may not be revoked."""
    by_group: dict[SecurityGroupId, list[str]] = {}
    for rule in rules:
        by_group.setdefault(rule.group_id, []).append(rule.rule_id)
    for group_id, rule_ids in sorted(by_group.items()):
        yield Finding(
            kind=FindingKind.OPTED_OUT_GROUP,
            subject=group_id,
            evidence={"rules": enumerated(rule_ids)},
        )
