"""One pass over one endpoint service: gather, plan, apply."""

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import batched
from typing import Final

from accept_endpoint_connections.entries import announcements, changed_entries, log_and_count
from accept_endpoint_connections.leavers import give_up, tidy
from accept_endpoint_connections.upkeep import Inspection, Upkeep
from privatelink.acceptance import AcceptancePlan
from privatelink.allowlist import Allowlist
from privatelink.errors import (
    AwsError,
    PrivateLinkError,
    UnsuccessfulItemsError,
    collected,
    raise_together,
)
from privatelink.findings import Finding, FindingKind
from privatelink.gateways.endpoint_services import IDS_PER_CALL, EndpointServices
from privatelink.gateways.events import Event
from privatelink.gateways.passes import Pass, look_at
from privatelink.gateways.queues import FollowUpQueue
from privatelink.gateways.records import Scope, TrackedService
from privatelink.gateways.stack import Stack
from privatelink.hints import CONVERGENCE, ConvergenceRequest, Look
from privatelink.model import (
    Consumer,
    ServiceId,
    VpcEndpointId,
)
from privatelink.rules import Action

type TrackedServices = Mapping[ServiceId, TrackedService]

_FOLLOW_UPS: Final = (*[2] * 10, *[5] * 20, *[30] * 16)
"""After how many seconds a pending connection is looked after again, each time.

In all some ten minutes; then the sweep alone looks after it.
"""


@dataclass(frozen=True, kw_only=True)
class AcceptEndpointConnections:
    """Accepts, rejects and holds the connections of a service by the allowlist."""

    stack: Stack
    services: EndpointServices
    upkeep: Upkeep
    queue: FollowUpQueue
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def __call__(self, look: Look, allowlist: Allowlist, tracked: TrackedServices) -> None:
        """Bring one service to what the allowlist says."""
        self.carry_out(*self.decide(look, allowlist, tracked))

    def decide(
        self, look: Look, allowlist: Allowlist, tracked: TrackedServices
    ) -> tuple[Pass, AcceptancePlan]:
        """Look at one service, and decide about its connections."""
        this = look_at(
            look,
            allowlist,
            tracked.get(look.service_id),
            ledger=self.stack.ledger,
            services=self.services,
            observes=self.stack.observes,
        )
        # Before anybody is let in, so that the service is looked after once it is not listed.
        self._track(this)
        connections = self.services.describe_vpc_endpoint_connections(look.service_id)
        return this, this.plan(connections, home=self.stack.owner.region, now=self.clock())

    def carry_out(self, this: Pass, plan: AcceptancePlan) -> None:
        """Do what has been decided, and all that comes of it.

        What AWS refuses is raised at the end, when everything else has been done.
        """
        errors: list[PrivateLinkError] = []
        done = plan if this.observing else self._apply(this.service_id, plan, errors)
        log_and_count(done, observing=this.observing, tripped_before=this.has_tripped)
        changed = changed_entries(
            done,
            this.record.endpoints,
            allowlist_version=this.allowlist.version,
            now=self.clock(),
            observing=this.observing,
        )
        with collected(errors):
            self.stack.ledger.record_endpoints(this.service_id, changed)
        with collected(errors):
            self._follow_up(this, done)
        given_up = set[Consumer]()
        with collected(errors):
            given_up = give_up(self.stack.ledger, this.record, plan, self.clock())
        with collected(errors):
            self._put_events(this, done, changed, given_up)
        with collected(errors):
            self._report(this, plan, errors)
        if not errors:
            with collected(errors):
                tidy(self.stack.ledger, this, plan)
        raise_together(f"connections of {this.service_id}", errors)

    def _track(self, this: Pass) -> None:
        known = this.tracked or TrackedService(service_name="", since=self.clock())
        now = replace(
            known,
            service_name=this.service.service_name if this.service else known.service_name,
            observed=this.observing if this.is_listed else known.observed,
        )
        if now != this.tracked:
            self.stack.ledger.track_service(this.service_id, now)

    def _apply(
        self, service_id: ServiceId, plan: AcceptancePlan, errors: list[PrivateLinkError]
    ) -> AcceptancePlan:
        """Accept and reject; return the plan without what was not done, and note why it was not."""
        undone: list[str] = []
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
        return plan.without(undone)

    def _follow_up(self, this: Pass, plan: AcceptancePlan) -> None:
        """Look again soon while a connection is pending.

        A pass that neither accepts nor follows up leaves it to the chain that is under way.
        """
        accepted = bool(plan.by(Action.ACCEPT)) and not this.observing
        done = 0 if accepted else this.look.follow_up
        following = this.look.follow_up > 0 and plan.awaits_availability
        if (accepted or following) and done < len(_FOLLOW_UPS):
            delay = timedelta(seconds=_FOLLOW_UPS[done])
            self.queue.send_follow_up(this.service_id, follow_up=done + 1, delay=delay)

    def _put_events(
        self,
        this: Pass,
        plan: AcceptancePlan,
        changed: Container[VpcEndpointId],
        given_up: set[Consumer],
    ) -> None:
        """Ask for convergence, and tell of the decisions that are new."""
        new = [d for d in plan.decisions if d.connection.vpc_endpoint_id in changed]
        consumers = (plan.connected | this.record.traces.keys()) - given_up
        if this.look.follows_up_only:
            # The others have been converged by the look that this one follows.
            consumers &= {decision.consumer for decision in new}
        requests = (
            ConvergenceRequest(
                service_id=this.service_id,
                consumer=consumer,
                allowlist_version=this.allowlist.version,
                leaving=consumer not in plan.staying,
            )
            for consumer in sorted(consumers)
        )
        announced = [] if this.observing else announcements(new, this.allowlist.version)
        self.stack.bus.put_events(
            [*(Event(CONVERGENCE, request.to_detail()) for request in requests), *announced]
        )

    def _report(self, this: Pass, plan: AcceptancePlan, errors: list[PrivateLinkError]) -> None:
        """Keep the service itself in order, and say what is amiss about it."""
        findings = list(this.findings(plan))
        if this.service is None and this.is_listed:
            findings.append(
                Finding(
                    kind=FindingKind.SERVICE_NOT_FOUND,
                    subject=this.service_id,
                    evidence={"region": self.stack.owner.region},
                )
            )
        scope = Scope(service_id=this.service_id)
        already_open = this.record.part(scope).open_findings
        self.stack.reporter.report(scope, findings, already_open, complete=True)
        if this.look.follows_up_only:
            return
        inspection = Inspection()
        if this.service is not None:
            inspection = self.upkeep.inspect(this, this.service, plan.protected)
        errors += inspection.errors
        scope = Scope(service_id=this.service_id, part="upkeep")
        record = this.record.part(scope)
        self.stack.reporter.report(
            scope, inspection.findings, record.open_findings, complete=not inspection.errors
        )
        would = tuple(inspection.would) if this.observing else ()
        if would != record.would:
            self.stack.ledger.record_would(scope, would)
        self.upkeep.check_load_balancers(this)
