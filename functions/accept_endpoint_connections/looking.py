"""What is known about a service when its connections are decided about."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from privatelink.allowlist import Allowlist, ServiceEntry
from privatelink.decisions import TRIPPED_AT, Rule
from privatelink.findings import FindingKind
from privatelink.gateways.records import Scope, ServiceRecord, TrackedService
from privatelink.hints import Look
from privatelink.model import EndpointConnection, EndpointService, ServiceId, VpcEndpointId

BREAKER_TRIPPED: Final = FindingKind.BREAKER_TRIPPED


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
        scope = Scope(service_id=self.service_id)
        finding = self.record.part(scope).open_findings.get(f"{BREAKER_TRIPPED}/{self.service_id}")
        value = finding.attributes.get(TRIPPED_AT, "") if finding else ""
        return int(value) if value.isdecimal() else None

    def uninvited(self, connections: Iterable[EndpointConnection]) -> frozenset[VpcEndpointId]:
        """Return the endpoints that the service has let in by itself since we look after it.

        They are younger than our look after the service, and nothing has been decided about them
        but to reject them. Where the record is lost, nobody is taken for uninvited.
        """
        if self.tracked is None or self.service is None or self.service.acceptance_required:
            return frozenset()
        known = {i for i, e in self.record.endpoints.items() if e.rule != Rule.LIVE_UNLISTED}
        return frozenset(
            c.vpc_endpoint_id
            for c in connections
            if self.is_listed
            and c.creation_timestamp > self.tracked.since
            and c.vpc_endpoint_id not in known
        )
