"""Findings open and close in the ledger, and are announced once."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from privatelink.findings import Finding
from privatelink.gateways.events import Event, EventBus
from privatelink.gateways.ledger import Ledger, Scope

FINDING_RAISED = "Finding Raised"


@dataclass(frozen=True, kw_only=True)
class FindingReporter:
    """Compares what is the matter now with what was the matter before."""

    ledger: Ledger
    bus: EventBus
    on_raised: Callable[[Finding], None]

    def report(
        self,
        scope: Scope,
        findings: Iterable[Finding],
        already_open: frozenset[str],
        *,
        complete: bool,
    ) -> None:
        """Announce and record the findings of a scope that are new; close those that are gone.

        Of a look that was not `complete` nothing is known to be gone.
        """
        current = {finding.id: finding for finding in findings}
        new = [finding for key, finding in current.items() if key not in already_open]
        for finding in new:
            self.on_raised(finding)
        self.bus.put_events([_event(finding, scope) for finding in new])
        self.ledger.record_findings(
            scope,
            opened={
                finding.id: {
                    "kind": finding.kind.value,
                    "severity": finding.severity.value,
                    "what_to_do": finding.what_to_do,
                    **finding.evidence,
                }
                for finding in new
            },
            closed=sorted(already_open - current.keys()) if complete else (),
        )


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
