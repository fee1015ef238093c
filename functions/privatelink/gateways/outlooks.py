"""Reads what an allowlist that is not deployed yet would make of the services."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from privatelink.allowlist import Allowlist
from privatelink.gateways.endpoint_services import EndpointServices
from privatelink.gateways.ledger import Ledger
from privatelink.gateways.load_balancers import LoadBalancers
from privatelink.gateways.passes import Pass, look_at
from privatelink.gateways.records import TrackedService
from privatelink.guard import Change, Outlook
from privatelink.hints import Look
from privatelink.model import EndpointConnection, Port, Region, ServiceId


@dataclass(frozen=True, kw_only=True)
class Outlooks:
    """Looks at services as AcceptEndpointConnections does, and changes nothing.

    `home` is the stack's Region; `observes` says whether the stack does nothing but observe.
    """

    ledger: Ledger
    services: EndpointServices
    load_balancers: LoadBalancers
    home: Region
    observes: bool
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def compare(self, new: Allowlist, deployed: Allowlist | None) -> tuple[Change, ...]:
        """Return what would become of each service that is, or has been, looked after.

        Raises AwsError if that cannot be read.
        """
        tracked = self.ledger.read_tracked_services()
        return tuple(
            self._compare(service_id, new, deployed, tracked.get(service_id))
            for service_id in new.looked_after(tracked)
        )

    def _compare(
        self,
        service_id: ServiceId,
        new: Allowlist,
        deployed: Allowlist | None,
        tracked: TrackedService | None,
    ) -> Change:
        this = look_at(
            Look(service_id=service_id),
            new,
            tracked,
            ledger=self.ledger,
            services=self.services,
            observes=self.observes,
        )
        connections = self.services.describe_vpc_endpoint_connections(service_id)
        now = self.clock()
        return Change(
            service_id=service_id,
            before=self._look_out(this.by(deployed), connections, now) if deployed else None,
            after=self._look_out(this, connections, now),
            ports=self._ports(this),
        )

    def _look_out(
        self, this: Pass, connections: Sequence[EndpointConnection], now: datetime
    ) -> Outlook:
        return Outlook(
            alias=this.alias,
            entry=this.entry,
            observing=this.observing,
            plan=this.plan(connections, home=self.home, now=now),
            now=now,
        )

    def _ports(self, this: Pass) -> frozenset[Port]:
        """Return the ports of the listeners, unless every entry names its own."""
        needed = any(consumer.ports is None for consumer in this.entry.consumers)
        if this.service is None or not needed:
            return frozenset()
        return self.load_balancers.listening_ports(this.service)
