"""Plans the inbound rules of the security groups of a consumer's endpoints.

Desired rules are every source with every port on every group, one CIDR a rule, so that the plan is
two set differences. Only groups that are opted in by tag are touched, never a VPC's default group,
and only rules of this stack for this service are ever revoked.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from privatelink.allowlist import ConsumerEntry
from privatelink.findings import Finding
from privatelink.model import (
    CLEAR,
    ESTABLISHED,
    IngressRule,
    InterfaceEndpoint,
    Owner,
    Port,
    PrefixList,
    SecurityGroup,
    SecurityGroupId,
    SecurityGroupRule,
    ServiceId,
    VpcEndpointId,
)
from privatelink.opting_in import (
    endpoint_findings,
    is_opted_in,
    opted_out_findings,
    port_findings,
)
from privatelink.preflight import GroupPlan, fit
from privatelink.standing_rules import certainly_there, rules_there

OWNER_TAG: Final = "privatelink-autopilot:owner"
SERVICE_TAG: Final = "privatelink-autopilot:service"
ENDPOINT_TAG: Final = "privatelink-autopilot:endpoint"
_VPC_ENDPOINT_ID: Final = re.compile(r"vpce-[0-9a-f]{8,17}")


@dataclass(frozen=True, kw_only=True)
class IngressPlan:
    """What is done to each group that takes it, and what is amiss."""

    groups: tuple[GroupPlan, ...]
    ours: tuple[SecurityGroupRule, ...]
    """Rules of this stack for this service as they are before the plan is applied."""
    findings: tuple[Finding, ...]
    leaves_nothing: bool
    """Whether no rule of ours is wanted, or left once the plan has been applied."""
    prefix_list_ids: frozenset[str]
    """Prefix lists of groups into which something is to go: there it counts what they weigh."""

    @property
    def authorize(self) -> Mapping[IngressRule, VpcEndpointId]:
        """Rules to authorize, with the endpoint that each is for."""
        return {rule: plan.authorize[rule] for plan in self.groups for rule in plan.authorize}

    @property
    def revoke(self) -> tuple[SecurityGroupRule, ...]:
        """Rules to revoke."""
        rules = (rule for plan in self.groups for rule in plan.revoke)
        return tuple(sorted(rules, key=lambda rule: rule.rule_id))

    @property
    def holds(self) -> frozenset[str]:
        """What of ours is there, or is about to be, in words."""
        return frozenset(sentence(rule.ingress) for rule in self.ours) | self._to_come

    @property
    def leaves(self) -> frozenset[str]:
        """What of ours is there once the plan has been applied, in words."""
        gone = set(self.revoke)
        stays = (rule.ingress for rule in self.ours if rule not in gone)
        return frozenset(map(sentence, stays)) | self._to_come

    @property
    def _to_come(self) -> frozenset[str]:
        return frozenset(map(sentence, self.authorize))


@dataclass(frozen=True, kw_only=True)
class Elsewhere:
    """What the consumer's endpoints of other services live by: no rule of it may be revoked."""

    rules: frozenset[IngressRule]
    groups: frozenset[SecurityGroupId]


NOTHING_ELSEWHERE: Final = Elsewhere(rules=frozenset(), groups=frozenset())


def is_ours(rule: SecurityGroupRule, owner: Owner, service_id: ServiceId) -> bool:
    """Whether a rule was made by this stack for this service."""
    return rule.tags.get(OWNER_TAG) == str(owner) and rule.tags.get(SERVICE_TAG) == service_id


def plan_ingress(  # noqa: PLR0913 - each is one of the things that the plan depends on
    *,
    service_id: ServiceId,
    owner: Owner,
    entry: ConsumerEntry | None,
    ports: frozenset[Port],
    endpoints: Iterable[InterfaceEndpoint],
    groups: Mapping[SecurityGroupId, SecurityGroup],
    rules: Iterable[SecurityGroupRule],
    prefix_lists: Mapping[str, PrefixList] = MappingProxyType({}),
    elsewhere: Elsewhere | None = NOTHING_ELSEWHERE,
) -> IngressPlan:
    """Compare the rules that should be with those that are.

    `endpoints` are the consumer's endpoints of the service; `rules` are those with our tags,
    wherever they stand; `groups` are those of both; `prefix_lists` are those that the plan asks for
    if it is made without; `elsewhere` is what the consumer's endpoints of other services live by,
    or None: it is not known, and nothing may be revoked.
    """
    by_age = sorted(endpoints, key=lambda e: (e.creation_timestamp, e.vpc_endpoint_id))
    established = [endpoint for endpoint in by_age if endpoint.state in ESTABLISHED]
    ours = tuple(rule for rule in rules if is_ours(rule, owner, service_id))
    there = rules_there(ours, groups)
    desired = desired_rules(established, entry, ports, groups)
    superfluous = _superfluous(ours, desired, kept_groups(by_age, entry, ports), elsewhere)
    revoke = [rule for rule in superfluous if is_opted_in(groups.get(rule.group_id))]
    plans = tuple(_group_plans(certainly_there(ours, revoke, groups), desired, revoke))
    fitted = [fit(plan, there[plan.group_id], prefix_lists) for plan in plans]
    return IngressPlan(
        groups=tuple(plan for plan in fitted if isinstance(plan, GroupPlan)),
        ours=ours,
        findings=(
            *endpoint_findings(established if entry else (), groups),
            *port_findings(established if entry else (), ports, service_id),
            *opted_out_findings(set(superfluous) - set(revoke)),
            *(finding for finding in fitted if isinstance(finding, Finding)),
        ),
        leaves_nothing=not desired and len(revoke) == len(ours),
        prefix_list_ids=frozenset(
            rule.prefix_list_id
            for plan in plans
            if plan.authorize
            for rule in there[plan.group_id]
            if rule.prefix_list_id
        ),
    )


def _superfluous(
    ours: Iterable[SecurityGroupRule],
    desired: Collection[IngressRule],
    kept: frozenset[SecurityGroupId],
    elsewhere: Elsewhere | None,
) -> list[SecurityGroupRule]:
    if elsewhere is None:
        return []
    return [
        rule
        for rule in ours
        if rule.ingress not in desired
        and rule.ingress not in elsewhere.rules
        and rule.group_id not in kept | elsewhere.groups
    ]


def _group_plans(
    current: Collection[IngressRule],
    desired: Mapping[IngressRule, VpcEndpointId],
    revoke: Iterable[SecurityGroupRule],
) -> Iterable[GroupPlan]:
    missing = sorted(rule for rule in desired if rule not in current)
    leaving = sorted(revoke, key=lambda rule: rule.rule_id)
    for group_id in sorted({r.group_id for r in missing} | {r.group_id for r in leaving}):
        yield GroupPlan(
            group_id=group_id,
            authorize={rule: desired[rule] for rule in missing if rule.group_id == group_id},
            revoke_last=tuple(rule for rule in leaving if rule.group_id == group_id),
            desired=frozenset(rule for rule in desired if rule.group_id == group_id),
        )


def kept_groups(
    endpoints: Iterable[InterfaceEndpoint],
    entry: ConsumerEntry | None,
    ports: Collection[Port],
) -> frozenset[SecurityGroupId]:
    """Return the groups from which nothing is revoked.

    They are those of endpoints in a state that is not clear, and of endpoints that are connected
    while their account is not listed: to cut one is a decision about its connection. Nor is one cut
    because there is no port to open: more likely listeners are being replaced, or EC2 does not show
    the service.
    """
    stays = entry is None or not ports
    return frozenset(
        group_id
        for endpoint in endpoints
        if endpoint.state not in CLEAR or (stays and endpoint.state in ESTABLISHED)
        for group_id in endpoint.security_group_ids
    )


def desired_rules(
    established: Iterable[InterfaceEndpoint],
    entry: ConsumerEntry | None,
    ports: frozenset[Port],
    groups: Mapping[SecurityGroupId, SecurityGroup],
) -> Mapping[IngressRule, VpcEndpointId]:
    """Return the rules that should be, each with the oldest endpoint that it is for."""
    desired: dict[IngressRule, VpcEndpointId] = {}
    for endpoint in established:
        for group_id in endpoint.security_group_ids:
            if is_opted_in(groups.get(group_id)):
                for port in ports:
                    for cidr in entry.collapsed_cidrs if entry else ():
                        rule = IngressRule(group_id=group_id, port=port, source=cidr)
                        desired.setdefault(rule, endpoint.vpc_endpoint_id)
    return desired


def endpoint_of(rule: SecurityGroupRule) -> VpcEndpointId:
    """Return the endpoint that a rule of ours is for; the consumer may have changed the tag."""
    endpoint_id = rule.tags.get(ENDPOINT_TAG, "")
    return VpcEndpointId(endpoint_id if _VPC_ENDPOINT_ID.fullmatch(endpoint_id) else "unknown")


def sentence(rule: IngressRule) -> str:
    """Say what a rule lets in where."""
    return f"{rule.group_id}: {rule.source} on {rule.port}"
