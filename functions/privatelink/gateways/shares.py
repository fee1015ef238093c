"""Gathers, before a consumer's account is entered, what it has to do with a service."""

from collections.abc import Callable, Iterator, Mapping
from copy import replace
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Final, Self

from privatelink.allowlist import Allowlist, ConsumerEntry, removed_service
from privatelink.errors import raise_together
from privatelink.findings import FindingKind
from privatelink.gateways.claims import Claim, Outcome, Share
from privatelink.gateways.clients import client
from privatelink.gateways.endpoint_services import EndpointServices
from privatelink.gateways.load_balancers import LoadBalancers
from privatelink.gateways.readings import Readings
from privatelink.gateways.records import Scope, TrackedService
from privatelink.gateways.stack import Stack
from privatelink.hints import ConvergenceRequest
from privatelink.model import Consumer, EndpointService, Port, ServiceId

LEFT_BEHIND: Final = f"{FindingKind.LEFT_BEHIND}/"
_TRACKED: Final = "tracked services"


@dataclass(frozen=True, kw_only=True)
class Shares:
    """Gathers shares from the allowlist, the provider's account and the ledger.

    What is the same for all consumers of a service is read once, and again when requests come that
    were made since. Threads may share it.
    """

    stack: Stack
    services: EndpointServices
    load_balancers: LoadBalancers
    readings: Readings = field(default_factory=Readings)
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    @classmethod
    def connect(cls, stack: Stack) -> Self:
        """Make the clients."""
        return cls(
            stack=stack,
            services=EndpointServices(client("ec2")),
            load_balancers=LoadBalancers(client("elbv2")),
        )

    def since(self, moment: datetime) -> None:
        """Read anew what was read before a moment, such as when the last request was made."""
        self.readings.since(moment)

    def attend(
        self, request: ConvergenceRequest, part: str, converge: Callable[[Share, Outcome], None]
    ) -> None:
        """Converge the share that a request is about, and report what came of it.

        What AWS refuses is raised at the end, when everything else has been done.
        """
        share = self.gather(request, part)
        if share is None:
            return
        outcome = Outcome()
        with outcome.collecting(share):
            converge(share, outcome)
        already_open = share.record.open_findings
        back = {key for key in already_open if key.startswith(LEFT_BEHIND) and not share.leaving}
        # Of one that is back nothing is left behind, whatever else it is seen of.
        self.stack.ledger.record_findings(share.scope, opened={}, closed=sorted(back))
        self.stack.reporter.report(
            share.scope,
            outcome.findings,
            {key: already_open[key] for key in already_open if key not in back},
            complete=outcome.complete,
        )
        would = tuple(outcome.would) if share.observing else ()
        if would != share.record.would and (outcome.complete or not share.observing):
            self.stack.ledger.record_would(share.scope, would)
        raise_together(f"{part} of {share.consumer} in {share.name}", outcome.errors)

    def gather(self, request: ConvergenceRequest, part: str) -> Share | None:
        """Return the share that a request is about; None: the service is none of ours."""
        allowlist = self.stack.allowlists.at_version(request.allowlist_version)
        claim = self._claim(allowlist, request.service_id, request.consumer)
        if claim is None:
            return None
        scope = Scope(service_id=request.service_id, consumer=request.consumer, part=part)
        return Share(
            alias=claim.alias,
            service=claim.service,
            entry=claim.entry,
            ports=claim.ports,
            observing=claim.observing,
            consumer=request.consumer,
            allowlist=allowlist,
            scope=scope,
            record=self.stack.ledger.read_scope(scope),
            leaving=request.leaving,
        )

    def anew(self, share: Share) -> Share:
        """Return a share with its ports as they are now; other services are read anew, too."""
        self.readings.since(self.clock())
        claim = self._claim(share.allowlist, share.service.service_id, share.consumer)
        return replace(share, ports=claim.ports) if claim else share

    def of_other_services(self, share: Share) -> Iterator[Claim]:
        """Return what is to be said of the consumer of a share and the other services."""
        for service_id in share.allowlist.looked_after(self._tracked_services()):
            if service_id != share.service.service_id:
                claim = self._claim(share.allowlist, service_id, share.consumer)
                if claim is not None:
                    yield claim

    def _claim(
        self, allowlist: Allowlist, service_id: ServiceId, consumer: Consumer
    ) -> Claim | None:
        found = allowlist.service(service_id)
        alias, listed = found or (None, removed_service(service_id))
        service = self._service(service_id, is_listed=found is not None)
        if service is None:
            return None
        entry = listed.consumer(consumer.account_id)
        if entry is not None and entry.has_expired(self.clock()):
            entry = None
        return Claim(
            alias=alias,
            service=service,
            entry=entry,
            ports=self._ports(service, entry),
            observing=self.stack.observes or listed.mode == "observe",
        )

    def _ports(
        self, service: EndpointService, entry: ConsumerEntry | None
    ) -> frozenset[Port] | None:
        if entry is None:
            return frozenset()
        if entry.chosen_ports is not None:
            return entry.chosen_ports
        if not service.load_balancer_arns:
            return None
        return self.readings.keep(
            service.load_balancer_arns, partial(self.load_balancers.listening_ports, service)
        )

    def _service(self, service_id: ServiceId, *, is_listed: bool) -> EndpointService | None:
        """Return a service that is in the allowlist, or has been; None: it is none of ours.

        Of one that does not exist any more the name is known from the ledger, by which its
        consumers' endpoints are found.
        """
        tracked = None if is_listed else self._tracked(service_id)
        if not is_listed and tracked is None:
            return None
        found = self.readings.keep(
            service_id, partial(self.services.find_vpc_endpoint_service, service_id)
        )
        # Of one that does not exist AcceptEndpointConnections raises a finding.
        return found or tracked or self._tracked(service_id)

    def _tracked(self, service_id: ServiceId) -> EndpointService | None:
        tracked = self._tracked_services().get(service_id)
        if tracked is None or not tracked.service_name:
            return None
        return EndpointService(
            service_id=service_id, service_name=tracked.service_name, load_balancer_arns=()
        )

    def _tracked_services(self) -> Mapping[ServiceId, TrackedService]:
        return self.readings.keep(_TRACKED, self.stack.ledger.read_tracked_services)
