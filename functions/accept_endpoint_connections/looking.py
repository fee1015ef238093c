"""What is known about a service when its connections are decided about."""

from collections.abc import Iterable
from dataclasses import dataclass

from privatelink.allowlist import Allowlist, ServiceEntry
from privatelink.gateways.records import ServiceRecord, TrackedService
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

    def uninvited(self, connections: Iterable[EndpointConnection]) -> frozenset[VpcEndpointId]:
        """Return the endpoints that the service let in by itself, since we look after it.

        They are younger than our look after the service, and no entry has ever let them in. Where
        the record is lost, nothing is taken for uninvited.
        """
        if self.tracked is None or self.service is None or self.service.acceptance_required:
            return frozenset()
        invited = {i for i, entry in self.record.endpoints.items() if entry.accepted}
        return frozenset(
            c.vpc_endpoint_id
            for c in connections
            if self.is_listed
            and c.creation_timestamp > self.tracked.since
            and c.vpc_endpoint_id not in invited
        )
