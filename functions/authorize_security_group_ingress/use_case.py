"""One convergence of the inbound rules of a consumer: gather, plan, apply."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Final

from authorize_security_group_ingress import purposes
from authorize_security_group_ingress.telling import tell, would
from privatelink.batches import CREW, Crew
from privatelink.errors import AwsError, ConsumerDeniedError
from privatelink.gateways.accounts import ConsumerAccount
from privatelink.gateways.claims import Outcome, Share
from privatelink.gateways.sessions import ConsumerSessions
from privatelink.gateways.shares import Shares
from privatelink.gateways.stack import Stack
from privatelink.gateways.traces import Traces
from privatelink.hints import ConvergenceRequest
from privatelink.ingress import (
    ENDPOINT_TAG,
    OWNER_TAG,
    SERVICE_TAG,
    Elsewhere,
    IngressPlan,
    desired_rules,
    endpoint_of,
    kept_groups,
    plan_ingress,
    sentence,
)
from privatelink.model import (
    CLEAR,
    ESTABLISHED,
    IngressRule,
    InterfaceEndpoint,
    Port,
    SecurityGroup,
    SecurityGroupId,
    SecurityGroupRule,
    VpcEndpointId,
)
from privatelink.preflight import GroupPlan, refused
from privatelink.telemetry import count

_PART: Final = "ingress"
_NO_ROOM: Final = "RulesPerSecurityGroupLimitExceeded"


@dataclass(frozen=True, kw_only=True)
class View:
    """What the consumer's account shows."""

    endpoints: tuple[InterfaceEndpoint, ...]
    rules: tuple[SecurityGroupRule, ...]
    """Those with our tags."""
    groups: Mapping[SecurityGroupId, SecurityGroup]


@dataclass(frozen=True, kw_only=True)
class AuthorizeSecurityGroupIngress:
    """Authorizes the source CIDRs of a consumer in the security groups of its endpoints."""

    stack: Stack
    shares: Shares
    traces: Traces
    sessions: ConsumerSessions
    crew: Crew = CREW
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def __call__(self, request: ConvergenceRequest) -> None:
        """Bring the rules of one consumer of one service to what the allowlist says."""
        self.shares.attend(request, _PART, self._converge)

    def _converge(self, share: Share, outcome: Outcome) -> None:
        if not share.enters:
            outcome.complete = True
            self.traces.release(share)
            return
        with self.sessions.entering(share.consumer):
            account = self.sessions.enter(share.consumer, purposes.to_read(share))
            view = self._gather(share, account)
        plan = self._plan(share, account, view, outcome)
        outcome.findings += plan.findings
        outcome.complete = True
        if share.observing:
            outcome.would += would(plan)
            return
        self.traces.hold(share, plan.holds, writes=bool(plan.authorize))
        complaints = len(outcome.errors) + len(outcome.findings)
        for group in plan.groups:
            with outcome.collecting(share):
                self._apply(share, group, plan, outcome)
        if complaints != len(outcome.errors) + len(outcome.findings):
            return
        if not plan.leaves_nothing or not self.traces.is_settled(share):
            self.traces.settle(share, plan.leaves)
        elif not plan.revoke or self._finds_nothing(share, account):
            self.traces.release(share)

    def _gather(self, share: Share, account: ConsumerAccount) -> View:
        endpoints = account.endpoints.describe_vpc_endpoints(share.service.service_name)
        # Before the groups: what somebody edits in between is then in one answer at least.
        rules = account.groups.describe_rules_with_tags(self._tags(share))
        groups = account.groups.describe_security_groups(
            _attached(endpoints) | {rule.group_id for rule in rules}
        )
        return View(endpoints=endpoints, rules=rules, groups=groups)

    def _finds_nothing(self, share: Share, account: ConsumerAccount) -> bool:
        """Look again once all has been revoked."""
        with self.sessions.entering(share.consumer):
            return not account.groups.describe_rules_with_tags(self._tags(share))

    def _plan(
        self, share: Share, account: ConsumerAccount, view: View, outcome: Outcome
    ) -> IngressPlan:
        """Plan, with what is worth a call only where something would be done.

        Prefix lists that are not seen are weighed as one rule, since a role of an older template
        does not allow it. Nothing is revoked if it cannot be told what other services need.
        """
        planner = partial(
            plan_ingress,
            service_id=share.service.service_id,
            owner=self.stack.owner,
            entry=share.role_entry,
            ports=share.ports or frozenset(),
            endpoints=view.endpoints,
            groups=view.groups,
            rules=view.rules,
        )
        plan = planner()
        if plan.prefix_list_ids:
            with outcome.collecting(share), self.sessions.entering(share.consumer):
                seen = account.prefix_lists.describe_managed_prefix_lists(plan.prefix_list_ids)
                planner = partial(planner, prefix_lists=seen)
                plan = planner()
        if not plan.revoke:
            return plan
        elsewhere = None
        with outcome.collecting(share):
            # What was read a while ago is good enough to add to, and not to take away.
            share = self.shares.anew(share)
            elsewhere = self._elsewhere(share, account, view)
        return planner(ports=share.ports or frozenset(), elsewhere=elsewhere)

    def _elsewhere(self, share: Share, account: ConsumerAccount, view: View) -> Elsewhere:
        """Return what endpoints of other services live by, on the groups that were seen."""
        others = {each.service.service_name: each for each in self.shares.of_other_services(share)}
        with self.sessions.entering(share.consumer):
            endpoints = account.endpoints.describe_vpc_endpoints(*others)
        rules: set[IngressRule] = set()
        kept: set[SecurityGroupId] = set()
        for name, other in others.items():
            theirs = [endpoint for endpoint in endpoints if endpoint.service_name == name]
            established = [endpoint for endpoint in theirs if endpoint.state in ESTABLISHED]
            ports = other.ports or frozenset[Port]()
            rules |= desired_rules(established, other.role_entry, ports, view.groups).keys()
            if other.entry is None or other.role_entry:
                kept |= kept_groups(theirs, other.role_entry, ports)
        return Elsewhere(rules=frozenset(rules), groups=frozenset(kept))

    def _apply(self, share: Share, group: GroupPlan, plan: IngressPlan, outcome: Outcome) -> None:
        """Bring one group to its plan; what lets a listed source in goes after its successor."""
        with self.sessions.entering(share.consumer):
            account = self.sessions.enter(share.consumer, purposes.to_write(share, group))
        self._revoke(share, account, group.group_id, group.revoke_first)
        try:
            self._authorize(share, account, group)
        except (AwsError, ConsumerDeniedError) as error:
            if isinstance(error, AwsError) and error.code == _NO_ROOM:
                there = [rule for rule in plan.ours if rule.group_id == group.group_id]
                outcome.findings.append(refused(group, there, error.message))
                return
            self._revoke(share, account, group.group_id, group.harmless)
            raise
        self._revoke(share, account, group.group_id, group.revoke_last)

    def _authorize(self, share: Share, account: ConsumerAccount, group: GroupPlan) -> None:
        consumer = share.entry.name if share.entry else share.consumer.account_id
        for endpoint_id, rules in _by_endpoint(group.authorize).items():
            with self.sessions.entering(share.consumer):
                account.groups.authorize_security_group_ingress(
                    group.group_id,
                    rules,
                    description=f"privatelink-autopilot: {share.name} for {consumer}",
                    tags={**self._tags(share), ENDPOINT_TAG: endpoint_id},
                )
            count("RulesAuthorized", len(rules))
            if repaired := sum(self.traces.has_held(share, sentence(rule)) for rule in rules):
                count("DriftRepaired", repaired)
            self._note(share, endpoint_id, "authorize", map(sentence, rules))

    def _revoke(
        self,
        share: Share,
        account: ConsumerAccount,
        group_id: SecurityGroupId,
        rules: Sequence[SecurityGroupRule],
    ) -> None:
        if not rules:
            return
        with self.sessions.entering(share.consumer):
            account.groups.revoke_security_group_ingress(group_id, [r.rule_id for r in rules])
        count("RulesRevoked", len(rules))
        for rule in rules:
            what = f"revoke {rule.rule_id}"
            self._note(share, endpoint_of(rule), what, [sentence(rule.ingress)])

    def _tags(self, share: Share) -> Mapping[str, str]:
        return {OWNER_TAG: str(self.stack.owner), SERVICE_TAG: share.service.service_id}

    def _note(
        self, share: Share, endpoint_id: VpcEndpointId, what: str, rules: Iterable[str]
    ) -> None:
        details = tell(share, endpoint_id, what, rules)
        self.stack.ledger.add_history(endpoint_id, self.clock(), what, details)


def _attached(endpoints: Iterable[InterfaceEndpoint]) -> set[SecurityGroupId]:
    """Return the groups of endpoints that traffic may flow through."""
    return {
        group_id
        for endpoint in endpoints
        if endpoint.state in ESTABLISHED or endpoint.state not in CLEAR
        for group_id in endpoint.security_group_ids
    }


def _by_endpoint(
    authorize: Mapping[IngressRule, VpcEndpointId],
) -> Mapping[VpcEndpointId, list[IngressRule]]:
    """Sort the rules of a group into what one call can take: one set of tags."""
    calls: dict[VpcEndpointId, list[IngressRule]] = {}
    for rule, endpoint_id in authorize.items():
        calls.setdefault(endpoint_id, []).append(rule)
    return calls
