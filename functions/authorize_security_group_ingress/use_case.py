"""One convergence of the inbound rules of a consumer: gather, plan, apply."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Final

from authorize_security_group_ingress import purposes
from authorize_security_group_ingress.telling import tell, would
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
    sentence_of,
)
from privatelink.model import (
    CLEAR,
    ESTABLISHED,
    IngressRule,
    InterfaceEndpoint,
    Port,
    PrefixList,
    SecurityGroupId,
    SecurityGroupRule,
    VpcEndpointId,
)
from privatelink.preflight import GroupPlan, refused
from privatelink.telemetry import count

_PART: Final = "ingress"
_NO_ROOM: Final = "RulesPerSecurityGroupLimitExceeded"


type Planner = Callable[..., IngressPlan]


@dataclass(frozen=True, kw_only=True)
class AuthorizeSecurityGroupIngress:
    """Authorizes the source CIDRs of a consumer in the security groups of its endpoints."""

    stack: Stack
    shares: Shares
    traces: Traces
    sessions: ConsumerSessions
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
            planner = self._gather(share, account, outcome)
        plan = self._plan(share, account, planner, outcome)
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
        if plan.leaves_nothing and self.traces.is_settled(share):
            # Removed once a look has found nothing of ours.
            with self.sessions.entering(share.consumer):
                now = self._gather(share, account, outcome)() if plan.revoke else plan
            if now.finds_nothing:
                self.traces.release(share)
        else:
            self.traces.settle(share, plan.leaves)

    def _gather(self, share: Share, account: ConsumerAccount, outcome: Outcome) -> Planner:
        mine = account.endpoints.describe_vpc_endpoints(share.service.service_name)
        ours = account.groups.describe_rules_with_tags(self._tags(share))
        attached = _attached(mine)
        found = (*ours, *account.groups.describe_rules_on_groups(attached))
        rules = {rule.rule_id: rule for rule in found}
        named = {rule.prefix_list_id for rule in rules.values() if rule.prefix_list_id}
        prefix_lists: Mapping[str, PrefixList] = {}
        # A role of an older template does not allow it; unseen lists are weighed as one.
        with outcome.collecting(share), self.sessions.entering(share.consumer):
            prefix_lists = account.prefix_lists.describe_managed_prefix_lists(named)
        return partial(
            plan_ingress,
            service_id=share.service.service_id,
            owner=self.stack.owner,
            entry=share.role_entry,
            ports=share.ports or frozenset(),
            endpoints=mine,
            groups=account.groups.describe_security_groups(
                attached | {rule.group_id for rule in ours}
            ),
            rules=rules.values(),
            prefix_lists=prefix_lists,
        )

    def _plan(
        self, share: Share, account: ConsumerAccount, planner: Planner, outcome: Outcome
    ) -> IngressPlan:
        """Plan with what the consumer's endpoints of other services live by.

        Only worth the calls where something would be revoked; nothing is if they fail.
        """
        plan = planner()
        if not plan.revoke:
            return plan
        elsewhere = None
        with outcome.collecting(share):
            elsewhere = self._elsewhere(share, account)
        return planner(elsewhere=elsewhere)

    def _elsewhere(self, share: Share, account: ConsumerAccount) -> Elsewhere:
        rules: set[IngressRule] = set()
        kept: set[SecurityGroupId] = set()
        for other in self.shares.of_other_services(share):
            with self.sessions.entering(share.consumer):
                theirs = account.endpoints.describe_vpc_endpoints(other.service.service_name)
                described = account.groups.describe_security_groups(_attached(theirs))
            established = [endpoint for endpoint in theirs if endpoint.state in ESTABLISHED]
            ports = other.ports or frozenset[Port]()
            rules |= desired_rules(established, other.role_entry, ports, described).keys()
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
            self._note(share, endpoint_of(rule), f"revoke {rule.rule_id}", [sentence_of(rule)])

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
