"""What is known about a service when its connections are decided about."""

from collections.abc import Iterable
from dataclasses import dataclass

from privatelink.allowlist import Allowlist, ServiceEntry
from privatelink.decisions import TRIPPED_AT, Rule
from privatelink.findings import FindingKind
from privatelink.gateways.records import Scope, ServiceRecord, TrackedService
from privatelink.hints import Look
from privatelink.model import EndpointConnection, EndpointService, ServiceId, VpcEndpointId


@dataclass(frozen=True, kw_only=True)
class Pass:
    """One look at one service, with what it is decided by; `service` is None: there is none."""

    look: Look
    allowlist: Allowlist
    entry: ServiceEntry
    is_listed: bool
    observing: bool
    record: ServiceRecord
    service: EndpointService | None
    tracked: TrackedService | None

    @property
    def service_id(self) -> ServiceId:
        """The service."""
        return self.look.service_id

    @property
    def tripped_at(self) -> int | None:
        """The max_withdrawals that was in force when the circuit breaker tripped, if it is open."""
        already_open = self.record.part(Scope(service_id=self.service_id)).open_findings
        finding = already_open.get(f"{FindingKind.BREAKER_TRIPPED}/{self.service_id}")
        value = finding.attributes.get(TRIPPED_AT, "") if finding else ""
        return int(value) if value.isdecimal() else None

    def uninvited(self, connections: Iterable[EndpointConnection]) -> frozenset[VpcEndpointId]:
        """Return the endpoints that the service has let in by itself since we look after it.

        They are younger than our look after the service, were live when first seen, and no entry
        has ever let them in. Where the record is lost, nobody is taken for uninvited.
        """
        if self.tracked is None or self.service is None or self.service.acceptance_required:
            return frozenset()
        if not self.is_listed:
            return frozenset()
        known = {
            endpoint_id
            for endpoint_id, entry in self.record.endpoints.items()
            if entry.accepted or entry.first_rule != Rule.LIVE_UNLISTED
        }
        return frozenset(
            c.vpc_endpoint_id
            for c in connections
            if c.creation_timestamp > self.tracked.since and c.vpc_endpoint_id not in known
        )
