"""Reads what an allowlist that is not deployed yet would make of the services."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from privatelink.allowlist import Allowlist
from privatelink.gateways.endpoint_services import EndpointServices
from privatelink.gateways.ledger import Ledger
from privatelink.gateways.load_balancers import LoadBalancers
from privatelink.gateways.passes import Pass
from privatelink.gateways.records import TrackedService
from privatelink.guard import Change, Outlook
from privatelink.hints import Look
from privatelink.model import EndpointConnection, Port, Region, ServiceId

_AT_ONCE: Final = 8
"""How many services are looked at at the same time."""


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
        """Return what would become of each service about which the documents differ.

        They are those that are, or have been, looked after. Raises AwsError if that cannot be read.
        """
        tracked = self.ledger.read_tracked_services()
        concerned = [
            service_id
            for service_id in new.looked_after(tracked)
            if deployed is None or new.service(service_id) != deployed.service(service_id)
        ]

        def compare(service_id: ServiceId) -> Change:
            return self._compare(self._look_at(service_id, new, tracked), deployed)

        with ThreadPoolExecutor(_AT_ONCE) as threads:
            return tuple(threads.map(compare, concerned))

    def _look_at(
        self, service_id: ServiceId, new: Allowlist, tracked: Mapping[ServiceId, TrackedService]
    ) -> Pass:
        return Pass(
            look=Look(service_id=service_id),
            allowlist=new,
            observes=self.observes,
            record=self.ledger.read_service(service_id),
            service=self.services.find_vpc_endpoint_service(service_id),
            tracked=tracked.get(service_id),
        )

    def _compare(self, this: Pass, deployed: Allowlist | None) -> Change:
        old = this.by(deployed) if deployed else None
        connections = self.services.describe_vpc_endpoint_connections(this.service_id)
        now = self.clock()
        return Change(
            service_id=this.service_id,
            before=self._look_out(old, connections, now) if old else None,
            after=self._look_out(this, connections, now),
            ports=self._ports(this, old),
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

    def _ports(self, new: Pass, old: Pass | None) -> frozenset[Port]:
        """Return the ports of the listeners, unless every entry, also an old one, names its own."""
        entries = (*new.entry.consumers, *(old.entry.consumers if old else ()))
        if new.service is None or all(consumer.ports is not None for consumer in entries):
            return frozenset()
        return self.load_balancers.listening_ports(new.service)
