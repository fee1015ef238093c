"""One pass over one endpoint service: gather, plan, apply."""

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import batched
from typing import Final

from privatelink.acceptance import AcceptancePlan, plan_acceptance
from privatelink.allowlist import Allowlist
from privatelink.decisions import Action, Decision
from privatelink.errors import (
    AwsError,
    NotFoundError,
    PrivateLinkError,
    UnsuccessfulItemsError,
    collected,
    raise_together,
)
from privatelink.findings import Finding, FindingKind
from privatelink.gateways.endpoint_services import IDS_PER_CALL, EndpointServices
from privatelink.gateways.events import Event
from privatelink.gateways.ledger import EndpointEntry, Scope, ServiceRecord
from privatelink.gateways.queues import FollowUpQueue
from privatelink.gateways.stack import Stack
from privatelink.hints import CONVERGENCE, ConvergenceRequest, Look
from privatelink.model import ESTABLISHED, ConnectionState, ServiceId, VpcEndpointId
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
_FOLLOW_UPS: Final = (*[2] * 10, *[5] * 20, *[30] * 16)
"""After how many seconds a pending connection is looked after again, each time.

In all some ten minutes; then the sweep alone looks after it.
"""


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

        What AWS refuses is raised at the end, when everything else has been done.
        """
        found = allowlist.service(look.service_id)
        if found is None:
            return
        record = self.stack.ledger.read_service(look.service_id)
        plan = plan_acceptance(
            self.services.describe_vpc_endpoint_connections(look.service_id),
            found[1],
            home=self.stack.owner.region,
            now=self.clock(),
        )
        done, errors = self._apply(look.service_id, plan)
        changed = self._changed_entries(done, record, allowlist)
        with collected(errors):
            self.stack.ledger.record_endpoints(look.service_id, changed)
        with collected(errors):
            self._follow_up(look, done)
        with collected(errors):
            self._put_events(look, done, record, changed, allowlist)
        with collected(errors):
            self._report(look.service_id, plan, record, errors)
        raise_together(f"connections of {look.service_id}", errors)

    def _apply(
        self, service_id: ServiceId, plan: AcceptancePlan
    ) -> tuple[AcceptancePlan, list[PrivateLinkError]]:
        """Accept and reject; return the plan without what was not done, and why it was not."""
        undone: list[str] = []
        errors: list[PrivateLinkError] = []
        for action, call in (
            (Action.ACCEPT, self.services.accept_vpc_endpoint_connections),
            (Action.REJECT, self.services.reject_vpc_endpoint_connections),
        ):
            ids = [decision.connection.vpc_endpoint_id for decision in plan.by(action)]
            for chunk in batched(ids, IDS_PER_CALL, strict=False):
                try:
                    call(service_id, chunk)
                except UnsuccessfulItemsError as refusal:
                    undone += refusal.items
                    errors.append(refusal)
                except AwsError as error:
                    undone += chunk
                    errors.append(error)
        done = plan.without(undone)
        for action, metric in _METRICS.items():
            _log_and_count(done.by(action), metric)
        return done, errors

    def _changed_entries(
        self, plan: AcceptancePlan, record: ServiceRecord, allowlist: Allowlist
    ) -> Mapping[VpcEndpointId, EndpointEntry]:
        """Return the ledger's new entries about connections of which there is something new."""
        return {
            decision.connection.vpc_endpoint_id: self._entry(decision, before, allowlist)
            for decision in plan.decisions
            if (before := record.endpoints.get(decision.connection.vpc_endpoint_id)) is None
            or (before.rule, before.state) != (decision.rule, decision.connection.reported_state)
        }

    def _entry(
        self, decision: Decision, before: EndpointEntry | None, allowlist: Allowlist
    ) -> EndpointEntry:
        connection = decision.connection
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

    def _follow_up(self, look: Look, plan: AcceptancePlan) -> None:
        """Look again soon while a connection is pending.

        A pass that neither accepts nor follows up leaves it to the chain that is under way.
        """
        accepted = bool(plan.by(Action.ACCEPT))
        done = 0 if accepted else look.follow_up
        following = look.follow_up > 0 and plan.awaits_availability
        if (accepted or following) and done < len(_FOLLOW_UPS):
            delay = timedelta(seconds=_FOLLOW_UPS[done])
            self.queue.send_follow_up(look.service_id, follow_up=done + 1, delay=delay)

    def _put_events(
        self,
        look: Look,
        plan: AcceptancePlan,
        record: ServiceRecord,
        changed: Container[VpcEndpointId],
        allowlist: Allowlist,
    ) -> None:
        """Ask for convergence, and tell of the decisions that are new."""
        new = [d for d in plan.decisions if d.connection.vpc_endpoint_id in changed]
        consumers = plan.consumers | record.traces
        if look.follows_up_only:
            # The others have been converged by the look that this one follows.
            consumers &= {decision.consumer for decision in new}
        requests = (
            ConvergenceRequest(
                service_id=look.service_id, consumer=consumer, allowlist_version=allowlist.version
            )
            for consumer in sorted(consumers)
        )
        self.stack.bus.put_events(
            [
                *(Event(CONVERGENCE, request.to_detail()) for request in requests),
                *(_announcement(d, allowlist) for d in new if d.action in _ANNOUNCEMENTS),
            ]
        )

    def _report(
        self,
        service_id: ServiceId,
        plan: AcceptancePlan,
        record: ServiceRecord,
        errors: list[PrivateLinkError],
    ) -> None:
        """Make sure that the service notifies us, and say what is amiss about it."""
        findings, complete = list(plan.findings), True
        try:
            self.services.ensure_connection_notification(service_id, self.topic_arn)
        except NotFoundError as error:
            findings.append(
                Finding(
                    kind=FindingKind.SERVICE_NOT_FOUND,
                    subject=service_id,
                    evidence={"answer": str(error)},
                )
            )
        except AwsError as error:
            errors.append(error)
            complete = False
        self.stack.reporter.report(
            Scope(service_id=service_id), findings, record.open_findings, complete=complete
        )
        # Nobody would look again at consumers with neither a connection nor a trace.
        idle = record.findings_of_consumers.keys() - plan.consumers - record.traces
        self.stack.ledger.close_findings(
            service_id, [key for consumer in idle for key in record.findings_of_consumers[consumer]]
        )


def _log_and_count(decisions: Sequence[Decision], metric: str) -> None:
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
    if decisions:
        count(metric, len(decisions))


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
