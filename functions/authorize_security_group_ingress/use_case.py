"""One convergence of the inbound rules of a consumer: gather, plan, apply."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Final

from privatelink.gateways.interface_endpoints import InterfaceEndpoints
from privatelink.gateways.security_groups import SecurityGroups
from privatelink.gateways.sessions import ConsumerSessions
from privatelink.gateways.shares import Outcome, Share, Shares
from privatelink.gateways.stack import Stack
from privatelink.hints import ConvergenceRequest
from privatelink.ingress import (
    ENDPOINT_TAG,
    OWNER_TAG,
    SERVICE_TAG,
    Elsewhere,
    IngressPlan,
    desired_rules,
    kept_groups,
    plan_ingress,
)
from privatelink.model import (
    CLEAR,
    ESTABLISHED,
    IngressRule,
    InterfaceEndpoint,
    SecurityGroupId,
    SecurityGroupRule,
    VpcEndpointId,
)
from privatelink.telemetry import count, logger

_PART: Final = "ingress"


@dataclass(frozen=True, kw_only=True)
class AuthorizeSecurityGroupIngress:
    """Authorizes the source CIDRs of a consumer in the security groups of its endpoints."""

    stack: Stack
    shares: Shares
    sessions: ConsumerSessions
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def __call__(self, request: ConvergenceRequest) -> None:
        """Bring the rules of one consumer of one service to what the allowlist says."""
        self.shares.attend(request, _PART, self._converge)

    def _converge(self, share: Share, outcome: Outcome) -> None:
        with self.sessions.entering(share.consumer):
            ec2 = self.sessions.ec2(share.consumer)
            groups, endpoints = SecurityGroups(ec2), InterfaceEndpoints(ec2)
            planner = self._gather(share, groups, endpoints)
        plan = planner()
        outcome.findings += plan.findings
        outcome.complete = True
        if not plan.leaves_nothing and not share.record.has_trace:
            self.stack.ledger.leave_trace(share.scope, self.clock())
        # Authorized before anything is revoked, so that no source that stays listed is ever cut.
        for (group_id, endpoint_id), rules in _by_group_and_endpoint(plan.authorize).items():
            with outcome.collecting(share):
                self._authorize(share, groups, group_id, endpoint_id, rules)
        if plan.revoke:
            # Only now worth the calls: endpoints of other services may live by the same rules.
            with outcome.collecting(share):
                plan = planner(elsewhere=self._elsewhere(share, groups, endpoints))
                for group_id, doomed in _by_group(plan.revoke).items():
                    with outcome.collecting(share):
                        self._revoke(share, groups, group_id, doomed)
        if plan.leaves_nothing and share.record.has_trace:
            with self.sessions.entering(share.consumer):
                now = self._gather(share, groups, endpoints)() if plan.revoke else plan
            # Removed once a look has found nothing of ours.
            if now.finds_nothing:
                self.stack.ledger.remove_trace(share.scope)

    def _gather(
        self, share: Share, groups: SecurityGroups, endpoints: InterfaceEndpoints
    ) -> "partial[IngressPlan]":
        mine = endpoints.describe_vpc_endpoints(share.service.service_name)
        ours = groups.describe_rules_with_tags(self._tags(share))
        attached = _attached(mine)
        rules = {rule.rule_id: rule for rule in (*ours, *groups.describe_rules_on_groups(attached))}
        return partial(
            plan_ingress,
            service_id=share.service.service_id,
            owner=self.stack.owner,
            entry=share.entry,
            ports=share.ports,
            endpoints=mine,
            groups=groups.describe_security_groups(attached | {rule.group_id for rule in ours}),
            rules=rules.values(),
        )

    def _elsewhere(
        self, share: Share, groups: SecurityGroups, endpoints: InterfaceEndpoints
    ) -> Elsewhere:
        rules: set[IngressRule] = set()
        kept: set[SecurityGroupId] = set()
        for other in self.shares.of_other_services(share):
            with self.sessions.entering(share.consumer):
                theirs = endpoints.describe_vpc_endpoints(other.service.service_name)
                described = groups.describe_security_groups(_attached(theirs))
            established = [endpoint for endpoint in theirs if endpoint.state in ESTABLISHED]
            rules |= desired_rules(established, other.entry, other.ports, described).keys()
            kept |= kept_groups(theirs, other.entry)
        return Elsewhere(rules=frozenset(rules), groups=frozenset(kept))

    def _authorize(
        self,
        share: Share,
        groups: SecurityGroups,
        group_id: SecurityGroupId,
        endpoint_id: VpcEndpointId,
        rules: Sequence[IngressRule],
    ) -> None:
        consumer = share.entry.name if share.entry else share.consumer.account_id
        with self.sessions.entering(share.consumer):
            groups.authorize_security_group_ingress(
                group_id,
                rules,
                description=f"privatelink-autopilot: {share.alias} for {consumer}",
                tags={**self._tags(share), ENDPOINT_TAG: endpoint_id},
            )
        count("RulesAuthorized", len(rules))
        self._note(share, endpoint_id, "authorize", group_id, map(_sentence, rules))

    def _revoke(
        self,
        share: Share,
        groups: SecurityGroups,
        group_id: SecurityGroupId,
        rules: Sequence[SecurityGroupRule],
    ) -> None:
        with self.sessions.entering(share.consumer):
            groups.revoke_security_group_ingress(group_id, [rule.rule_id for rule in rules])
        count("RulesRevoked", len(rules))
        for rule in rules:
            endpoint_id = VpcEndpointId(rule.tags.get(ENDPOINT_TAG, "unknown"))
            was = _sentence(rule.ingress) if rule.ingress else rule.rule_id
            self._note(share, endpoint_id, f"revoke {rule.rule_id}", group_id, [was])

    def _tags(self, share: Share) -> Mapping[str, str]:
        return {OWNER_TAG: str(self.stack.owner), SERVICE_TAG: share.service.service_id}

    def _note(
        self,
        share: Share,
        endpoint_id: VpcEndpointId,
        what: str,
        group_id: SecurityGroupId,
        rules: Iterable[str],
    ) -> None:
        details = {
            "service_id": share.service.service_id,
            "consumer": str(share.consumer),
            "group_id": group_id,
            "rules": ", ".join(rules),
            "allowlist_version": share.allowlist.version,
        }
        logger.info(what, extra={"vpc_endpoint_id": endpoint_id, **details})
        self.stack.ledger.add_history(endpoint_id, self.clock(), what, details)


def _attached(endpoints: Iterable[InterfaceEndpoint]) -> set[SecurityGroupId]:
    """Return the groups of endpoints that traffic may flow through."""
    return {
        group_id
        for endpoint in endpoints
        if endpoint.state in ESTABLISHED or endpoint.state not in CLEAR
        for group_id in endpoint.security_group_ids
    }


def _by_group_and_endpoint(
    authorize: Mapping[IngressRule, VpcEndpointId],
) -> Mapping[tuple[SecurityGroupId, VpcEndpointId], list[IngressRule]]:
    """Sort rules into what one call can take: one group, and one set of tags."""
    calls: dict[tuple[SecurityGroupId, VpcEndpointId], list[IngressRule]] = {}
    for rule, endpoint_id in authorize.items():
        calls.setdefault((rule.group_id, endpoint_id), []).append(rule)
    return calls


def _by_group(
    rules: Iterable[SecurityGroupRule],
) -> Mapping[SecurityGroupId, list[SecurityGroupRule]]:
    calls: dict[SecurityGroupId, list[SecurityGroupRule]] = {}
    for rule in rules:
        calls.setdefault(rule.group_id, []).append(rule)
    return calls


def _sentence(rule: IngressRule) -> str:
    return f"{rule.cidr} on {rule.port.protocol}/{rule.port.from_port}"
