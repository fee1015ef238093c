"""Findings open and close in the ledger, and are announced once."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from privatelink.event_names import FINDING_RAISED
from privatelink.findings import Finding
from privatelink.gateways.events import Event, EventBus
from privatelink.gateways.ledger import Ledger
from privatelink.gateways.records import LONG_AGO, RAISED, OpenFinding, Scope


@dataclass(frozen=True, kw_only=True)
class FindingReporter:
    """Compares what is the matter now with what was the matter before."""

    ledger: Ledger
    bus: EventBus
    on_raised: Callable[[Finding], None]
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def report(
        self,
        scope: Scope,
        findings: Iterable[Finding],
        already_open: Mapping[str, OpenFinding],
        *,
        complete: bool,
    ) -> None:
        """Announce and record the findings of a scope that are new; close those that are gone.

        The evidence of one that stays open is kept up to date; one of which nobody can read since
        when it is open counts as raised now. Of a look that was not `complete` nothing is known to
        be gone.
        """
        current = {finding.id: finding for finding in findings}
        new = [finding for key, finding in current.items() if key not in already_open]
        for finding in new:
            self.on_raised(finding)
        self.bus.put_events([_event(finding, scope) for finding in new])
        now = self.clock()
        since = {key: each.raised for key, each in already_open.items() if each.raised > LONG_AGO}
        recorded = {
            key: {**_attributes(finding), RAISED: since.get(key, now).isoformat()}
            for key, finding in current.items()
            if key not in since or already_open[key].attributes != _attributes(finding)
        }
        self.ledger.record_findings(
            scope,
            opened=recorded,
            closed=sorted(already_open.keys() - current.keys()) if complete else (),
        )


def _attributes(finding: Finding) -> Mapping[str, str]:
    return {
        "kind": finding.kind.value,
        "severity": finding.severity.value,
        "what_to_do": finding.what_to_do,
        **finding.evidence,
    }


def _event(finding: Finding, scope: Scope) -> Event:
    return Event(
        FINDING_RAISED,
        {
            "id": finding.id,
            "kind": finding.kind,
            "severity": finding.severity,
            "subject": finding.subject,
            "service_id": scope.service_id,
            "consumer": str(scope.consumer) if scope.consumer else None,
            "evidence": finding.evidence,
            "what_to_do": finding.what_to_do,
        },
    )
