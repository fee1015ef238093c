"""The stack's own resources in a rehearsal: nothing is recorded, sent or announced."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from privatelink.allowlist import Allowlist
from privatelink.event_names import CONVERGENCE
from privatelink.findings import Finding
from privatelink.gateways.allowlists import DeployedAllowlist
from privatelink.gateways.events import Event, EventBus
from privatelink.gateways.findings import FindingReporter
from privatelink.gateways.ledger import Ledger
from privatelink.gateways.queues import FollowUpQueue
from privatelink.gateways.records import OpenFinding, Scope, Trace
from privatelink.gateways.tables import Item, Key, Table
from privatelink.hints import ConvergenceRequest, read_convergence_request
from privatelink.model import ServiceId


class GivenAllowlist(DeployedAllowlist):
    """An allowlist as if it were deployed."""

    def __init__(self, allowlist: Allowlist) -> None:
        self._allowlist = allowlist

    def get(self, *, fresh: bool = False) -> Allowlist:  # noqa: ARG002 - it does not change
        """Return the allowlist."""
        return self._allowlist

    def at_version(self, version: str) -> Allowlist:  # noqa: ARG002 - there is one
        """Return the allowlist."""
        return self._allowlist


class RehearsedLedger(Ledger):
    """A ledger whose items change in memory alone.

    Traces do not: that one is laid, or removed, has no bearing on what follows within a sweep.
    """

    def __init__(self, table: Table) -> None:
        super().__init__(table)
        self._items: dict[tuple[str, str], Item | None] = {}

    def leave_trace(self, scope: Scope, at: datetime, holds: Iterable[str]) -> None:
        """Leave the trace as it is."""

    def strike_from_trace(self, scope: Scope, trace: Trace, gone: Iterable[str]) -> None:
        """Leave the trace as it is."""

    def remove_trace(self, scope: Scope, trace: Trace) -> None:
        """Leave the trace as it is."""

    def _query(self, partition: str, prefix: str) -> list[Item]:
        found: dict[str, Item | None] = {
            item["sk"]: item for item in super()._query(partition, prefix)
        }
        for (pk, sk), item in self._items.items():
            if pk == partition and sk.startswith(prefix):
                found[sk] = item
        return [item for _, item in sorted(found.items()) if item is not None]

    def _write(self, *, put: Sequence[Item] = (), delete: Sequence[Key] = ()) -> None:
        self._items |= {(item["pk"], item["sk"]): item for item in put}
        self._items |= {(key["pk"], key["sk"]): None for key in delete}


class RehearsedBus(EventBus):
    """An event bus that keeps the requests for convergence, which are what follows."""

    def __init__(self) -> None:
        self._requests: list[ConvergenceRequest] = []

    def put_events(self, events: Sequence[Event]) -> None:
        """Keep requests for convergence; tell nobody else of anything."""
        self._requests += (
            read_convergence_request(
                json.dumps({"detail-type": event.detail_type, "detail": event.detail})
            )
            for event in events
            if event.detail_type == CONVERGENCE
        )

    def take_requests(self) -> list[ConvergenceRequest]:
        """Return the requests since this was last asked."""
        taken, self._requests = self._requests, []
        return taken


class RehearsedQueue(FollowUpQueue):
    """A queue that keeps which services are to be looked at again."""

    def __init__(self) -> None:
        self.service_ids: list[ServiceId] = []

    def send_follow_up(self, service_id: ServiceId, *, follow_up: int, delay: timedelta) -> None:  # noqa: ARG002 - as SQS is called
        """Keep that a service is to be looked at again."""
        self.service_ids.append(service_id)


@dataclass(frozen=True, kw_only=True)
class RehearsedReporter(FindingReporter):
    """Keeps all that is the matter, new or not."""

    found: dict[Scope, tuple[Finding, ...]] = field(default_factory=dict)

    def report(
        self,
        scope: Scope,
        findings: Iterable[Finding],
        already_open: Mapping[str, OpenFinding],  # noqa: ARG002 - whatever was known
        *,
        complete: bool,  # noqa: ARG002 - as findings are reported
    ) -> None:
        """Keep the findings of a scope."""
        self.found[scope] = tuple(findings)
