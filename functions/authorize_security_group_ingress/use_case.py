"""One convergence of the inbound rules of a consumer: gather, plan, apply."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Final

from privatelink.errors import ConsumerDeniedError
from privatelink.findings import Finding
from privatelink.gateways.interface_endpoints import InterfaceEndpoints
from privatelink.gateways.security_groups import SecurityGroups
from privatelink.gateways.sessions import ConsumerSessions
from privatelink.gateways.shares import Share, Shares
from privatelink.gateways.stack import Stack
from privatelink.hints import ConvergenceRequest
from privatelink.ingress import ENDPOINT_TAG, OWNER_TAG, SERVICE_TAG, IngressPlan, plan_ingress
from privatelink.model import (
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
        share = self.shares.gather(request, _PART)
        if share is None:
            return
        try:
            findings = self._converge(share)
        except ConsumerDeniedError as denied:
            findings = (share.denial(denied),)
        self.stack.reporter.report(share.scope, findings, share.record.open_findings)

    def _converge(self, share: Share) -> Sequence[Finding]:
        with self.sessions.entering(share.consumer):
            ec2 = self.sessions.ec2(share.consumer)
            groups = SecurityGroups(ec2)
            endpoints = InterfaceEndpoints(ec2).describe_vpc_endpoints(share.service.service_name)
            if share.must_stay(endpoints):
                return ()
            plan = self._plan(share, endpoints, groups)
        if plan.authorize and not share.record.has_trace:
            self.stack.ledger.leave_trace(share.scope, self.clock())
        with self.sessions.entering(share.consumer):
            self._apply(share, plan, groups)
        self._record(share, plan)
        return plan.findings

    def _plan(
        self, share: Share, endpoints: Sequence[InterfaceEndpoint], groups: SecurityGroups
    ) -> IngressPlan:
        attached = {
            group_id
            for endpoint in endpoints
            if endpoint.state in ESTABLISHED
            for group_id in endpoint.security_group_ids
        }
        ours = groups.describe_rules_with_tags(self._tags(share))
        rules = {rule.rule_id: rule for rule in ours}
        rules |= {rule.rule_id: rule for rule in groups.describe_rules_on_groups(attached)}
        return plan_ingress(
            service_id=share.service.service_id,
            owner=self.stack.owner,
            entry=share.entry,
            ports=share.ports,
            endpoints=endpoints,
            groups=groups.describe_security_groups(attached | {rule.group_id for rule in ours}),
            rules=rules.values(),
        )

    def _tags(self, share: Share) -> Mapping[str, str]:
        return {OWNER_TAG: str(self.stack.owner), SERVICE_TAG: share.service.service_id}

    def _apply(self, share: Share, plan: IngressPlan, groups: SecurityGroups) -> None:
        """Authorize before revoking, so that no source that stays listed is ever cut."""
        consumer = share.entry.name if share.entry else share.consumer.account_id
        for (group_id, endpoint_id), rules in _by_group_and_endpoint(plan.authorize):
            groups.authorize_security_group_ingress(
                group_id,
                rules,
                description=f"privatelink-autopilot: {share.alias} for {consumer}",
                tags={**self._tags(share), ENDPOINT_TAG: endpoint_id},
            )
        for group_id, revoked in groupby(
            sorted(plan.revoke, key=lambda r: r.group_id), key=lambda r: r.group_id
        ):
            groups.revoke_security_group_ingress(group_id, [rule.rule_id for rule in revoked])

    def _record(self, share: Share, plan: IngressPlan) -> None:
        for (group_id, endpoint_id), rules in _by_group_and_endpoint(plan.authorize):
            self._note(share, endpoint_id, "authorize", group_id, map(_sentence, rules))
        for rule in plan.revoke:
            endpoint_id = VpcEndpointId(rule.tags.get(ENDPOINT_TAG, "unknown"))
            self._note(share, endpoint_id, f"revoke {rule.rule_id}", rule.group_id, [_was(rule)])
        if plan.authorize:
            count("RulesAuthorized", len(plan.authorize))
        if plan.revoke:
            count("RulesRevoked", len(plan.revoke))
        if plan.leaves_nothing and share.record.has_trace:
            self.stack.ledger.remove_trace(share.scope)

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
            "allowlist_version": share.allowlist_version,
        }
        logger.info(what, extra={"vpc_endpoint_id": endpoint_id, **details})
        self.stack.ledger.add_history(endpoint_id, self.clock(), what, details)


def _by_group_and_endpoint(
    authorize: Mapping[IngressRule, VpcEndpointId],
) -> Sequence[tuple[tuple[SecurityGroupId, VpcEndpointId], list[IngressRule]]]:
    """Sort rules into what one call can take: one group, and one set of tags."""
    calls: dict[tuple[SecurityGroupId, VpcEndpointId], list[IngressRule]] = {}
    for rule, endpoint_id in authorize.items():
        calls.setdefault((rule.group_id, endpoint_id), []).append(rule)
    return list(calls.items())


def _sentence(rule: IngressRule) -> str:
    port = rule.port
    return f"{rule.cidr} on {port.protocol}/{port.from_port}"


def _was(rule: SecurityGroupRule) -> str:
    return _sentence(rule.ingress) if rule.ingress else rule.rule_id
