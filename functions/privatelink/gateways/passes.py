"""What is known about a service when its connections are decided about."""

import re
from collections.abc import Iterable, Iterator, Mapping
from copy import replace
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final

from privatelink.acceptance import AcceptancePlan, plan_acceptance
from privatelink.allowlist import Allowlist, ServiceEntry, removed_service
from privatelink.breaker import TRIPPED_AT
from privatelink.findings import Finding, FindingKind
from privatelink.gateways.records import Scope, ServiceRecord, TrackedService
from privatelink.hints import Look
from privatelink.model import (
    EndpointConnection,
    EndpointService,
    Region,
    ServiceId,
    VpcEndpointId,
)
from privatelink.rules import Rule

_MODE: Final = "mode"
"""In the evidence of a circuit breaker that would have tripped: that it was only observed."""
_NUMBER: Final = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, kw_only=True)
class Pass:
    """One look at one service, with what it is decided by.

    `service` is None: there is none. `observes` says whether the stack does nothing but observe.
    """

    look: Look
    allowlist: Allowlist
    observes: bool
    record: ServiceRecord
    service: EndpointService | None
    tracked: TrackedService | None

    @property
    def service_id(self) -> ServiceId:
        """The service."""
        return self.look.service_id

    @property
    def alias(self) -> str | None:
        """What the allowlist calls the service, or None: it is not listed."""
        return self._found[0] if self._found else None

    @property
    def is_listed(self) -> bool:
        """Whether the service is in the allowlist."""
        return self._found is not None

    @property
    def is_looked_after(self) -> bool:
        """Whether connections are decided about.

        Those of a service that has been taken out are, unless it was only observed and nothing of
        ours is left of it: it may be forgotten.
        """
        if self.is_listed or self.tracked is None:
            return self.is_listed
        return not self.tracked.observed or bool(self.record.traces or self.record.principals)

    @cached_property
    def entry(self) -> ServiceEntry:
        """The service's entry, or what counts for one that has been taken out."""
        return self._found[1] if self._found else removed_service(self.service_id)

    @property
    def observing(self) -> bool:
        """Whether nothing is done about the service but planning."""
        return self.observes or self.entry.mode == "observe"

    @property
    def tripped_at(self) -> int | None:
        """The max_withdrawals that was in force when the circuit breaker tripped, if it is open.

        Where that cannot be read, it counts as the one in force now: it stays open until a person
        raises the number.
        """
        if self._breaker is None:
            return None
        value = self._breaker.get(TRIPPED_AT, "")
        return int(value) if _NUMBER.fullmatch(value) else self.entry.withdrawals_allowed

    @property
    def has_tripped(self) -> bool:
        """Whether the circuit breaker is open, and not only would be in observe mode."""
        return self._breaker is not None and _MODE not in self._breaker

    @property
    def _breaker(self) -> Mapping[str, str] | None:
        """What is on record about the open circuit breaker; None: it is not open."""
        already_open = self.record.part(Scope(service_id=self.service_id)).open_findings
        finding = already_open.get(f"{FindingKind.BREAKER_TRIPPED}/{self.service_id}")
        return finding.attributes if finding else None

    def by(self, allowlist: Allowlist) -> "Pass":
        """Return the same look, decided by another allowlist."""
        return replace(self, allowlist=allowlist)

    def plan(
        self, connections: Iterable[EndpointConnection], *, home: Region, now: datetime
    ) -> AcceptancePlan:
        """Decide about the connections of the service."""
        rows = tuple(connections) if self.is_looked_after else ()
        return plan_acceptance(
            rows,
            self.entry,
            home=home,
            now=now,
            uninvited=self.uninvited(rows),
            tripped_at=self.tripped_at,
        )

    def findings(self, plan: AcceptancePlan) -> Iterator[Finding]:
        """Yield what a person has to look at about connections."""
        for finding in plan.findings:
            if self.observing and finding.kind is FindingKind.BREAKER_TRIPPED:
                # So that it counts as news once nothing is only observed any more.
                yield replace(finding, evidence={**finding.evidence, _MODE: "observe"})
            else:
                yield finding

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

    @cached_property
    def _found(self) -> tuple[str, ServiceEntry] | None:
        return self.allowlist.service(self.service_id)
