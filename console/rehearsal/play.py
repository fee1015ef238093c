"""One play of a sweep, from its first look to what follows once endpoints are available."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, Self

from accept_endpoint_connections.calls import Allowance
from console.rehearsal.company import Company
from console.rehearsal.deeds import Notebook, Stage
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

_DENIALS: Final = frozenset(
    {FindingKind.ROLE_NOT_ASSUMABLE, FindingKind.PERMISSION_MISSING, FindingKind.LEFT_BEHIND}
)
"""What the functions say of a consumer that does not let them in, and so of the console."""
_EARLY: Final = frozenset({FindingKind.NO_ADDRESS, FindingKind.ADDRESS_NOT_RESOLVED})
"""What is found of endpoints whose addresses AWS may not tell before they are available."""


@dataclass
class Play:
    """What came of a play."""

    company: Company
    progress: Progress
    decisions: dict[ServiceId, AcceptancePlan] = field(default_factory=dict)
    observing: set[ServiceId] = field(default_factory=set)
    unresolved: dict[ServiceId, list[str]] = field(default_factory=dict)
    errors: dict[ServiceId, list[str]] = field(default_factory=dict)

    @classmethod
    def of(
        cls, estate: Estate, allowlist: Allowlist, progress: Progress, *, observes: bool
    ) -> Self:
        """Play a sweep, and what follows from it."""
        play = cls(Company.gather(estate, allowlist, observes=observes), progress)
        with quiet():
            tracked = play.company.ledger.read_tracked_services()
            play._look([Look(service_id=i) for i in allowlist.looked_after(tracked)], allowlist)
            play._converge()
            found = dict(play.company.reporter.found)
            play.company.notebook.stage = Stage.ONCE_AVAILABLE
            play.company.states.time_has_passed = True
            play._look(play._follow_ups(), allowlist)
            play._converge()
            play._forgive(found)
        return play

    @property
    def notebook(self) -> Notebook:
        """What would be done."""
        return self.company.notebook

    @property
    def findings(self) -> Mapping[Scope, tuple[Finding, ...]]:
        """What a person would have to look at, but for the console's own troubles."""
        return {
            scope: tuple(f for f in found if not _is_denial(f))
            for scope, found in self.company.reporter.found.items()
        }

    @property
    def unseen(self) -> Mapping[ServiceId, Mapping[Consumer, str]]:
        """Who does not let the console in, and what it was told."""
        unseen: dict[ServiceId, dict[Consumer, str]] = {}
        for scope, found in self.company.reporter.found.items():
            for finding in found:
                if scope.consumer and _is_denial(finding):
                    answers = unseen.setdefault(scope.service_id, {})
                    answers[scope.consumer] = finding.evidence["answer"]
        return unseen

    def _look(self, looks: Iterable[Look], allowlist: Allowlist) -> None:
        tracked = self.company.ledger.read_tracked_services()
        for look in looks:
            self.progress(f"connections of {look.service_id}")
            with self._noting(look.service_id):
                this, plan = self.company.accept.decide(look, allowlist, tracked)
                # Of a follow-up, the states are such as they would be.
                self.decisions.setdefault(look.service_id, plan)
                if this.observing:
                    self.observing.add(look.service_id)
                # What is too much for one invocation is done by the next, seconds later.
                self.company.accept.carry_out(this, plan, Allowance(calls=len(plan.decisions)))

    def _converge(self) -> None:
        for request in self.company.bus.take_requests():
            self.progress(f"{request.consumer} of {request.service_id}")
            for function in (self.company.authorize, self.company.publish):
                with self._noting(request.service_id):
                    function(request)

    def _follow_ups(self) -> list[Look]:
        waiting = [i for i, plan in self.decisions.items() if plan.awaits_availability]
        again = dict.fromkeys((*self.company.queue.service_ids, *waiting))
        return [Look(service_id=i, follow_up=1, follows_up_only=True) for i in again]

    def _forgive(self, before: Mapping[Scope, tuple[Finding, ...]]) -> None:
        """Take back what is found of addresses that are not there before their endpoints are."""
        for scope, found in self.company.reporter.found.items():
            known = before.get(scope, ())
            early = [f for f in found if f.kind in _EARLY and f not in known]
            if early:
                self.unresolved.setdefault(scope.service_id, []).extend(f.subject for f in early)
                self.company.reporter.found[scope] = tuple(f for f in found if f not in early)

    @contextmanager
    def _noting(self, service_id: ServiceId) -> Iterator[None]:
        """Note what AWS refuses within the block; the rest of the play goes on."""
        self.company.notebook.service_id = service_id
        try:
            yield
        except* PrivateLinkError as group:
            texts = map(str, group.exceptions)
            known = self.errors.setdefault(service_id, [])
            known += (text for text in texts if text not in known)


def _is_denial(finding: Finding) -> bool:
    return finding.kind in _DENIALS and "answer" in finding.evidence
