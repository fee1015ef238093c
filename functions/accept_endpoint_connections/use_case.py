"""One pass over one endpoint service: gather, plan, apply."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from privatelink.acceptance import AcceptancePlan, plan_acceptance
from privatelink.allowlist import Allowlist
from privatelink.decisions import Action, Decision
from privatelink.errors import NotFoundError, UnsuccessfulItemsError
from privatelink.findings import Finding, FindingKind
from privatelink.gateways.endpoint_services import EndpointServices
from privatelink.gateways.events import Event
from privatelink.gateways.ledger import EndpointEntry, Scope, ServiceRecord
from privatelink.gateways.queues import FollowUpQueue
from privatelink.gateways.stack import Stack
from privatelink.hints import CONVERGENCE, ConvergenceRequest, Look
from privatelink.model import ESTABLISHED, ConnectionState, ServiceId
from privatelink.telemetry import count, logger

_ANNOUNCEMENTS: Final = {
    Action.ACCEPT: "Endpoint Connection Accepted",
    Action.REJECT: "Endpoint Connection Rejected",
    Action.HOLD: "Endpoint Connection Held",
}
_METRICS: Final = {
    Action.ACCEPT: "ConnectionsAccepted",
    Action.REJECT: "ConnectionsRejected",
}
_FIRST_FOLLOW_UP: Final = timedelta(seconds=5)
_LONGEST_FOLLOW_UP: Final = timedelta(seconds=60)
_FOLLOW_UPS: Final = 12
"""After these, in all some nine minutes, the sweep alone looks after a pending connection."""


@dataclass(frozen=True, kw_only=True)
class AcceptEndpointConnections:
    """Accepts, rejects and holds the connections of a service by the allowlist."""

    stack: Stack
    services: EndpointServices
    queue: FollowUpQueue
    topic_arn: str
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def __call__(self, look: Look, allowlist: Allowlist) -> None:
        """Bring one service to what the allowlist says.

        Items that EC2 refuses are raised at the end, when everything else has been done.
        """
        service_id = look.service_id
        found = allowlist.service(service_id)
        if found is None:
            return
        record = self.stack.ledger.read_service(service_id)
        missing = self._ensure_connection_notification(service_id)
        if missing is not None:
            self._report(service_id, [missing], record)
            return
        plan = plan_acceptance(
            self.services.describe_vpc_endpoint_connections(service_id),
            found[1],
            home=self.stack.owner.region,
            now=self.clock(),
        )
        refusals = self._apply(service_id, plan)
        done = plan.without(item for refusal in refusals for item in refusal.items)
        self._announce(service_id, done, record, allowlist)
        self._report(service_id, done.findings, record)
        self._follow_up(look, done)
        if refusals:
            raise ExceptionGroup(f"EC2 refused connections of {service_id}", refusals)

    def _ensure_connection_notification(self, service_id: ServiceId) -> Finding | None:
        try:
            self.services.ensure_connection_notification(service_id, self.topic_arn)
        except NotFoundError as error:
            return Finding(
                kind=FindingKind.SERVICE_NOT_FOUND,
                subject=service_id,
                evidence={"answer": str(error)},
            )
        return None

    def _apply(self, service_id: ServiceId, plan: AcceptancePlan) -> list[UnsuccessfulItemsError]:
        """Accept and reject; return what EC2 refuses."""
        refusals = []
        for action, call in (
            (Action.ACCEPT, self.services.accept_vpc_endpoint_connections),
            (Action.REJECT, self.services.reject_vpc_endpoint_connections),
        ):
            decisions = plan.by(action)
            _log_and_count(decisions)
            try:
                call(service_id, [d.connection.vpc_endpoint_id for d in decisions])
            except UnsuccessfulItemsError as refusal:
                refusals.append(refusal)
        return refusals

    def _announce(
        self,
        service_id: ServiceId,
        plan: AcceptancePlan,
        record: ServiceRecord,
        allowlist: Allowlist,
    ) -> None:
        """Ask for convergence, and tell of the decisions that are new."""
        changed = {
            decision.connection.vpc_endpoint_id: entry
            for decision in plan.decisions
            if (entry := self._entry(decision, record, allowlist)) is not None
        }
        requests = (
            ConvergenceRequest(
                service_id=service_id, consumer=consumer, allowlist_version=allowlist.version
            )
            for consumer in sorted(plan.consumers | record.traces)
        )
        announcements = (
            _announcement(decision, allowlist)
            for decision in plan.decisions
            if decision.connection.vpc_endpoint_id in changed and decision.action in _ANNOUNCEMENTS
        )
        self.stack.bus.put_events(
            [*(Event(CONVERGENCE, request.to_detail()) for request in requests), *announcements]
        )
        self.stack.ledger.record_endpoints(service_id, changed)

    def _entry(
        self, decision: Decision, record: ServiceRecord, allowlist: Allowlist
    ) -> EndpointEntry | None:
        """Return the ledger's new entry about a connection, or None: there is nothing new."""
        connection = decision.connection
        before = record.endpoints.get(connection.vpc_endpoint_id)
        if before and (before.rule, before.state) == (decision.rule, connection.reported_state):
            return None
        now = self.clock().isoformat()
        live = decision.action is Action.ACCEPT or connection.state in ESTABLISHED
        available = connection.state is ConnectionState.AVAILABLE
        return EndpointEntry(
            account_id=connection.vpc_endpoint_owner,
            region=connection.vpc_endpoint_region,
            state=connection.reported_state,
            action=decision.action,
            rule=decision.rule,
            reason=decision.reason,
            allowlist_version=allowlist.version,
            decided=now,
            first_seen=before.first_seen if before else now,
            accepted=(before.accepted if before else "") or (now if live else ""),
            available=(before.available if before else "") or (now if available else ""),
        )

    def _report(
        self, service_id: ServiceId, findings: Iterable[Finding], record: ServiceRecord
    ) -> None:
        scope = Scope(service_id=service_id)
        self.stack.reporter.report(scope, findings, record.open_findings)

    def _follow_up(self, look: Look, plan: AcceptancePlan) -> None:
        """Look again soon while a connection is pending.

        A pass that neither accepts nor follows up leaves it to the chain that is under way.
        """
        accepted = bool(plan.by(Action.ACCEPT))
        following = 0 < look.follow_up < _FOLLOW_UPS and plan.awaits_availability
        if accepted or following:
            follow_up = 1 if accepted else look.follow_up + 1
            delay = min(_FIRST_FOLLOW_UP * 2 ** (follow_up - 1), _LONGEST_FOLLOW_UP)
            self.queue.send_follow_up(look.service_id, follow_up=follow_up, delay=delay)


def _log_and_count(decisions: Sequence[Decision]) -> None:
    for decision in decisions:
        logger.info(
            decision.action.value,
            extra={
                "service_id": decision.connection.service_id,
                "vpc_endpoint_id": decision.connection.vpc_endpoint_id,
                "account_id": decision.connection.vpc_endpoint_owner,
                "reason": decision.reason,
            },
        )
        count(_METRICS[decision.action])


def _announcement(decision: Decision, allowlist: Allowlist) -> Event:
    connection = decision.connection
    return Event(
        _ANNOUNCEMENTS[decision.action],
        {
            "service_id": connection.service_id,
            "vpc_endpoint_id": connection.vpc_endpoint_id,
            "account_id": connection.vpc_endpoint_owner,
            "region": connection.vpc_endpoint_region,
            "rule": decision.rule,
            "reason": decision.reason,
            "allowlist_version": allowlist.version,
        },
    )
