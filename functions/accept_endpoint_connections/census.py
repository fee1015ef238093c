"""What a sweep sees of all services together, and how long anybody has been waiting, in metrics."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from privatelink.acceptance import AcceptancePlan
from privatelink.decisions import Decision
from privatelink.findings import Severity
from privatelink.gateways.passes import Pass
from privatelink.gateways.records import ServiceRecord
from privatelink.model import ConnectionState
from privatelink.rules import Action
from privatelink.telemetry import count, measure_seconds
from privatelink.times import read_time


@dataclass
class Census:
    """Open findings, by severity, as they were on record when each service was looked at."""

    services: int = 0
    open_findings: Counter[str] = field(default_factory=Counter)

    def take(self, record: ServiceRecord) -> None:
        """Count what is on record for one more service."""
        self.services += 1
        for scope in (*record.parts.values(), *record.consumers.values()):
            for finding in scope.open_findings.values():
                self.open_findings[finding.attributes.get("severity", "")] += 1

    def tell(self) -> None:
        """Say how many findings are open: all of them, and those of severity error."""
        count("OpenFindings", self.open_findings.total())
        count("OpenErrors", self.open_findings[Severity.ERROR])


def tell_how_long_listed_ones_wait(
    this: Pass, plan: AcceptancePlan, done: AcceptancePlan, now: datetime
) -> None:
    """Say for how long the oldest endpoint of a listed consumer has not become available.

    It waits from its creation until it has been accepted, and from then on until AWS has made it
    available. `done` is what has been done of the plan.
    """
    ages = ((now - since).total_seconds() for since in _waiting_since(this, plan, done))
    measure_seconds("OldestPendingSeconds", max(ages, default=0.0))


def _waiting_since(this: Pass, plan: AcceptancePlan, done: AcceptancePlan) -> Iterator[datetime]:
    accepted = {d.connection.vpc_endpoint_id for d in done.by(Action.ACCEPT)}
    for decision in plan.by(Action.ACCEPT):
        if decision.connection.vpc_endpoint_id not in accepted:
            yield decision.connection.creation_timestamp
    for decision in plan.by(Action.KEEP):
        if decision.connection.state is ConnectionState.PENDING:
            yield _accepted(this, decision)


def _accepted(this: Pass, decision: Decision) -> datetime:
    entry = this.record.endpoints.get(decision.connection.vpc_endpoint_id)
    accepted = read_time(entry.accepted) if entry else None
    return accepted or decision.connection.creation_timestamp
