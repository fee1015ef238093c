"""One pass over one endpoint service: gather, plan, apply."""

from collections.abc import Callable, Container, Iterable, Mapping
from copy import replace
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

from accept_endpoint_connections.calls import Allowance, Applied, apply
from accept_endpoint_connections.census import Census, tell_how_long_listed_ones_wait
from accept_endpoint_connections.entries import announcements, changed_entries, log_and_count
from accept_endpoint_connections.leavers import give_up, tidy
from accept_endpoint_connections.upkeep import Inspection, Upkeep
from privatelink.acceptance import AcceptancePlan
from privatelink.allowlist import Allowlist
from privatelink.decisions import Decision
from privatelink.errors import PrivateLinkError, collected, raise_together
from privatelink.event_names import CONVERGENCE
from privatelink.findings import Finding, FindingKind
from privatelink.gateways.endpoint_services import EndpointServices
from privatelink.gateways.events import Event
from privatelink.gateways.passes import Pass
from privatelink.gateways.queues import FollowUpQueue
from privatelink.gateways.readings import Readings
from privatelink.gateways.records import Scope, TrackedService
from privatelink.gateways.stack import Stack
from privatelink.hints import ConvergenceRequest, Look
from privatelink.model import Consumer, EndpointService, ServiceId, VpcEndpointId
from privatelink.rules import Action

type TrackedServices = Mapping[ServiceId, TrackedService]

_FOLLOW_UPS: Final = (*[2] * 30, *[3] * 180)
"""After how many seconds a pending connection is looked after again, each time.

In all ten minutes; then the sweep alone looks after it.
"""
_FOLLOW_UPS_GO_BACK: Final = timedelta(minutes=5)
"""A follow-up is about connections alone: what else it goes by may have been read that long ago."""


@dataclass(frozen=True, kw_only=True)
class AcceptEndpointConnections:
    """Accepts, rejects and holds the connections of a service by the allowlist."""

    stack: Stack
    services: EndpointServices
    upkeep: Upkeep
    queue: FollowUpQueue
    readings: Readings = field(default_factory=Readings)
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def __call__(
        self,
        look: Look,
        allowlist: Allowlist,
        tracked: TrackedServices,
        allowance: Allowance,
        census: Census,
    ) -> None:
        """Bring one service to what the allowlist says, within an allowance of calls."""
        this, plan = self.decide(look, allowlist, tracked)
        census.take(this.record)
        self.carry_out(this, plan, allowance)

    def decide(
        self, look: Look, allowlist: Allowlist, tracked: TrackedServices
    ) -> tuple[Pass, AcceptancePlan]:
        """Look at one service, and decide about its connections."""
        this = Pass(
            look=look,
            allowlist=allowlist,
            observes=self.stack.observes,
            record=self.stack.ledger.read_service(look.service_id),
            service=self._service(look.service_id, self._as_of(look)),
            tracked=tracked.get(look.service_id),
        )
        # Before anybody is let in, so that the service is looked after once it is not listed.
        self._track(this)
        connections = self.services.describe_vpc_endpoint_connections(look.service_id)
        plan = this.plan(connections, home=self.stack.owner.region, now=self.clock())
        if look.follows_up_only and (plan.by(Action.REJECT) or plan.is_stopped):
            # Whether the service lets everybody in by itself may have changed a moment ago.
            this = replace(this, service=self._service(look.service_id, self.clock()))
            plan = this.plan(connections, home=self.stack.owner.region, now=self.clock())
        return this, plan

    def carry_out(self, this: Pass, plan: AcceptancePlan, allowance: Allowance) -> None:
        """Do what has been decided, and all that comes of it.

        What AWS refuses is raised at the end, when everything else has been done.
        """
        errors: list[PrivateLinkError] = []
        applied = Applied(plan=plan)
        if not this.observing:
            applied = apply(self.services, this.service_id, plan, allowance, errors)
        done = applied.plan
        changed = changed_entries(
            done,
            this.record.endpoints,
            allowlist_version=this.allowlist.version,
            now=self.clock(),
            observing=this.observing,
        )
        log_and_count(done, changed, observing=this.observing, tripped_before=this.has_tripped)
        if not this.observing:
            tell_how_long_listed_ones_wait(this, plan, done, self.clock())
        with collected(errors):
            self.stack.ledger.record_endpoints(this.service_id, changed)
        with collected(errors):
            self._follow_up(this, applied)
        given_up = set[Consumer]()
        with collected(errors):
            given_up = give_up(self.stack.ledger, this.record, plan, self.clock())
        with collected(errors):
            self._put_events(this, done, changed, given_up)
        with collected(errors):
            self._report(this, plan, errors)
        if not errors:
            with collected(errors):
                tidy(self.stack.ledger, this, plan, self.clock())
        raise_together(f"connections of {this.service_id}", errors)

    def _service(self, service_id: ServiceId, as_of: datetime) -> EndpointService | None:
        self.readings.since(as_of)
        find = partial(self.services.find_vpc_endpoint_service, service_id)
        return self.readings.keep(service_id, find)

    def _as_of(self, look: Look) -> datetime:
        """Return since when what a look goes by, but for connections, has to have been read."""
        return self.clock() - (_FOLLOW_UPS_GO_BACK if look.follows_up_only else timedelta(0))

    def _track(self, this: Pass) -> None:
        known = this.tracked or TrackedService(service_name="", since=self.clock())
        now = replace(
            known,
            service_name=this.service.service_name if this.service else known.service_name,
            observed=this.observing if this.is_listed else known.observed,
        )
        if now != this.tracked:
            self.stack.ledger.track_service(this.service_id, now)

    def _follow_up(self, this: Pass, applied: Applied) -> None:
        """Look again soon while a connection is pending, or something was left undone.

        A pass that neither accepts nor follows up leaves it to the chain that is under way.
        """
        accepted = bool(applied.plan.by(Action.ACCEPT)) and not this.observing
        done = 0 if accepted else this.look.follow_up
        following = this.look.follow_up > 0 and applied.plan.awaits_availability
        if (accepted or following or applied.is_cut_short) and done < len(_FOLLOW_UPS):
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
        if not this.look.is_thorough:
            # The others wait for the sweep, or have been converged by the look that is followed.
            consumers &= self._concerned(this, plan, new)
        requested = self._as_of(this.look)
        requests = (
            ConvergenceRequest(
                service_id=this.service_id,
                consumer=consumer,
                allowlist_version=this.allowlist.version,
                leaving=consumer not in plan.staying,
                requested=requested,
            )
            for consumer in sorted(consumers)
        )
        announced = [] if this.observing else announcements(new, this.allowlist.version)
        self.stack.bus.put_events(
            [*(Event(CONVERGENCE, request.to_detail()) for request in requests), *announced]
        )

    def _concerned(
        self, this: Pass, plan: AcceptancePlan, new: Iterable[Decision]
    ) -> set[Consumer]:
        """Return who has something to do with what has happened."""
        concerned = {decision.consumer for decision in new}
        if not this.look.follows_up_only:
            named = this.look.vpc_endpoint_ids
            concerned |= {
                d.consumer for d in plan.decisions if d.connection.vpc_endpoint_id in named
            }
            # The connection of one who leaves may not be listed any more.
            concerned |= this.record.traces.keys() - plan.connected
        return concerned

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
