"""One convergence of the inbound rules of a consumer: gather, plan, apply."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Final

from privatelink.errors import raise_together
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
    IngressPlan,
    desired_rules,
    plan_ingress,
)
from privatelink.model import (
    CLEAR,
    ESTABLISHED,
    IngressRule,
    InterfaceEndpoint,
    SecurityGroup,
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
        """Bring the rules of one consumer of one service to what the allowlist says.

        What EC2 refuses for one group is raised at the end, when the others have been done.
        """
        share = self.shares.gather(request, _PART)
        if share is None:
            return
        outcome = Outcome()
        with outcome.collecting(share):
            self._converge(share, outcome)
        self.stack.reporter.report(share.scope, outcome.findings, share.record.open_findings)
        raise_together(f"security groups of {share.consumer}", outcome.errors)

    def _converge(self, share: Share, outcome: Outcome) -> None:
        with self.sessions.entering(share.consumer):
            groups = SecurityGroups(self.sessions.ec2(share.consumer))
            plan = self._plan(share, groups)
        outcome.findings += plan.findings
        if not plan.leaves_nothing and not share.record.has_trace:
            self.stack.ledger.leave_trace(share.scope, self.clock())
        # Authorized before anything is revoked, so that no source that stays listed is ever cut.
        for (group_id, endpoint_id), rules in _by_group_and_endpoint(plan.authorize).items():
            with outcome.collecting(share):
                self._authorize(share, groups, group_id, endpoint_id, rules)
        for group_id, doomed in _by_group(plan.revoke).items():
            with outcome.collecting(share):
                self._revoke(share, groups, group_id, doomed)
        if plan.leaves_nothing and share.record.has_trace:
            self._remove_trace(share, plan, groups)

    def _plan(self, share: Share, groups: SecurityGroups) -> IngressPlan:
        endpoints = InterfaceEndpoints(self.sessions.ec2(share.consumer))
        mine = endpoints.describe_vpc_endpoints(share.service.service_name)
        ours = groups.describe_rules_with_tags(self._tags(share))
        attached = _attached(mine)
        rules = {rule.rule_id: rule for rule in (*ours, *groups.describe_rules_on_groups(attached))}
        described = groups.describe_security_groups(attached | {rule.group_id for rule in ours})
        plan = partial(
            plan_ingress,
            service_id=share.service.service_id,
            owner=self.stack.owner,
            entry=share.entry,
            ports=share.ports,
            endpoints=mine,
            groups=described,
            rules=rules.values(),
        )
        first = plan()
        if not first.revoke:
            return first
        # Rarely so, and only then worth the calls: endpoints of other services may share a group.
        return plan(needed_elsewhere=self._needed_elsewhere(share, endpoints, described))

    def _needed_elsewhere(
        self,
        share: Share,
        endpoints: InterfaceEndpoints,
        groups: Mapping[SecurityGroupId, SecurityGroup],
    ) -> frozenset[IngressRule]:
        """Return the rules that the consumer's endpoints of other services live by."""
        return frozenset(
            rule
            for other in self.shares.of_other_services(share)
            for rule in desired_rules(
                [
                    endpoint
                    for endpoint in endpoints.describe_vpc_endpoints(other.service.service_name)
                    if endpoint.state in ESTABLISHED
                ],
                other.entry,
                other.ports,
                groups,
            )
        )

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

    def _remove_trace(self, share: Share, plan: IngressPlan, groups: SecurityGroups) -> None:
        """Remove the trace once a look has found nothing of ours."""
        if not plan.finds_nothing:
            with self.sessions.entering(share.consumer):
                plan = self._plan(share, groups)
        if plan.finds_nothing:
            self.stack.ledger.remove_trace(share.scope)

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
