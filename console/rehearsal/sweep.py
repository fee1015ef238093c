"""Rehearses a sweep: what the functions would do, without doing it.

The functions' own use cases play it, in the order of a sweep: one look at each service, then one
convergence of each consumer. Then the time is taken to have passed that accepted endpoints need to
become available, and what follows from that is played, too.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

import msgspec

from console.rehearsal.company import Company
from console.rehearsal.deeds import Deed, Stage
from console.rehearsal.estate import Estate
from console.rehearsal.quiet import quiet
from privatelink.acceptance import AcceptancePlan
from privatelink.allowlist import Allowlist
from privatelink.errors import PrivateLinkError
from privatelink.findings import Finding, FindingKind
from privatelink.gateways.records import Scope
from privatelink.hints import Look
from privatelink.model import Consumer, ServiceId

type Progress = Callable[[str], None]
"""Told of what is being played."""

_UNSEEN: Final = frozenset(
    {FindingKind.ROLE_NOT_ASSUMABLE, FindingKind.PERMISSION_MISSING, FindingKind.LEFT_BEHIND}
)
"""What the functions would say of a consumer that the console is not let in by."""


@dataclass(frozen=True, kw_only=True)
class Rehearsal:
    """What would be done by an allowlist, and why."""

    allowlist: Allowlist
    deeds: tuple[Deed, ...]
    """In their order; none of services that observe."""
    observing: frozenset[ServiceId]
    """Services of which nothing is done."""
    observed: tuple[Deed, ...]
    """What those would do if they did not observe."""
    decisions: Mapping[ServiceId, AcceptancePlan]
    findings: Mapping[Scope, tuple[Finding, ...]]
    unseen: Mapping[Consumer, str]
    """Consumers that do not let the console in, so that what would be done there is not known."""
    unresolved: tuple[str, ...]
    """Endpoints to be published by their DNS names, which will resolve once they are available."""
    errors: tuple[str, ...]
    """What could not be read."""


@dataclass
class _Play:
    company: Company
    progress: Progress
    decisions: dict[ServiceId, AcceptancePlan] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    unresolved: list[str] = field(default_factory=list)

    def look(self, looks: Iterable[Look], allowlist: Allowlist) -> None:
        tracked = self.company.ledger.read_tracked_services()
        for look in looks:
            self.progress(f"connections of {look.service_id}")
            self.company.notebook.service_id = look.service_id
            with _noting(self.errors):
                plan = self.company.accept(look, allowlist, tracked)
                self.decisions.setdefault(look.service_id, plan)

    def converge(self) -> None:
        for request in self.company.bus.take_requests():
            self.progress(f"{request.consumer} of {request.service_id}")
            self.company.notebook.service_id = request.service_id
            for function in (self.company.authorize, self.company.publish):
                with _noting(self.errors):
                    function(request)

    def forgive_names(self, before: Mapping[Scope, tuple[Finding, ...]]) -> None:
        """Take back what is found of names that do not resolve before their endpoints are there."""
        for scope, found in self.company.reporter.found.items():
            early = [
                finding
                for finding in found
                if finding.kind is FindingKind.ADDRESS_NOT_RESOLVED
                and finding not in before.get(scope, ())
            ]
            self.unresolved += (finding.subject for finding in early)
            self.company.reporter.found[scope] = tuple(f for f in found if f not in early)


@contextmanager
def _noting(errors: list[str]) -> Iterator[None]:
    """Note what AWS refuses within the block; the rest of the play goes on."""
    try:
        yield
    except* PrivateLinkError as group:
        errors += map(str, group.exceptions)


def rehearse(
    estate: Estate, allowlist: Allowlist, progress: Progress = lambda _: None
) -> Rehearsal:
    """Play a sweep by an allowlist."""
    play = _play(estate, allowlist, progress, observes=estate.observes)
    observing = frozenset(
        service_id
        for service_id in play.decisions
        if estate.observes
        or ((found := allowlist.service(service_id)) and found[1].mode == "observe")
    )
    observed: list[Deed] = []
    if observing:
        enforced = _play(estate, _enforced(allowlist), progress, observes=False)
        observed = [d for d in enforced.company.notebook.deeds if d.service_id in observing]
    findings = play.company.reporter.found
    return Rehearsal(
        allowlist=allowlist,
        deeds=tuple(play.company.notebook.deeds),
        observing=observing,
        observed=tuple(observed),
        decisions=play.decisions,
        findings={
            scope: tuple(f for f in found if f.kind not in _UNSEEN)
            for scope, found in findings.items()
        },
        unseen={
            scope.consumer: finding.evidence["answer"]
            for scope, found in findings.items()
            for finding in found
            if scope.consumer and finding.kind in _UNSEEN and "answer" in finding.evidence
        },
        unresolved=tuple(play.unresolved),
        errors=tuple(dict.fromkeys(play.errors)),
    )


def _play(estate: Estate, allowlist: Allowlist, progress: Progress, *, observes: bool) -> _Play:
    play = _Play(Company.gather(estate, allowlist, observes=observes), progress)
    with quiet():
        tracked = play.company.ledger.read_tracked_services()
        play.look([Look(service_id=i) for i in allowlist.looked_after(tracked)], allowlist)
        play.converge()
        found = dict(play.company.reporter.found)
        play.company.notebook.stage = Stage.ONCE_AVAILABLE
        play.company.states.time_has_passed = True
        waiting = [i for i, plan in play.decisions.items() if plan.awaits_availability]
        again = dict.fromkeys((*play.company.queue.service_ids, *waiting))
        play.look([Look(service_id=i, follow_up=1, follows_up_only=True) for i in again], allowlist)
        play.converge()
        play.forgive_names(found)
    return play


def _enforced(allowlist: Allowlist) -> Allowlist:
    services = {
        alias: msgspec.structs.replace(entry, mode="enforce")
        for alias, entry in allowlist.services.items()
    }
    return msgspec.structs.replace(allowlist, services=services)
