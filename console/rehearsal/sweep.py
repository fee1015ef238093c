"""Rehearses a sweep: what the functions would do, without doing it.

The functions' own use cases play it, in the order of a sweep: one look at each service, then one
convergence of each consumer. Then the time is taken to have passed that accepted endpoints need to
become available, and what follows from that is played, too.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from console.rehearsal.deeds import Deed
from console.rehearsal.estate import Estate
from console.rehearsal.play import Play, Progress
from privatelink.acceptance import AcceptancePlan
from privatelink.allowlist import Allowlist
from privatelink.findings import Finding
from privatelink.gateways.records import Scope
from privatelink.model import Consumer, ServiceId


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
    unseen: Mapping[ServiceId, Mapping[Consumer, str]]
    """Consumers that do not let the console in, so that what would be done there is not known."""
    unresolved: Mapping[ServiceId, tuple[str, ...]]
    """Endpoints whose addresses AWS tells once they are available."""
    errors: Mapping[ServiceId, tuple[str, ...]]
    """What could not be read."""


def rehearse(
    estate: Estate, allowlist: Allowlist, progress: Progress = lambda _: None
) -> Rehearsal:
    """Play a sweep by an allowlist."""
    play = Play.of(estate, allowlist, progress, observes=estate.observes)
    errors = {service_id: tuple(found) for service_id, found in play.errors.items()}
    observing = frozenset(play.observing)
    observed: list[Deed] = []
    if observing:
        # What would be done is seen when it is played as if it were to be done.
        enforced = Play.of(estate, _enforced(allowlist), progress, observes=False)
        observed = [d for d in enforced.notebook.deeds if d.service_id in observing]
        for service_id in observing & enforced.errors.keys():
            both = (*errors.get(service_id, ()), *enforced.errors[service_id])
            errors[service_id] = tuple(dict.fromkeys(both))
    return Rehearsal(
        allowlist=allowlist,
        deeds=tuple(play.notebook.deeds),
        observing=observing,
        observed=tuple(observed),
        decisions=play.decisions,
        findings=play.findings,
        unseen=play.unseen,
        unresolved={s: tuple(found) for s, found in play.unresolved.items()},
        errors=errors,
    )


def _enforced(allowlist: Allowlist) -> Allowlist:
    services = {
        alias: msgspec.structs.replace(entry, mode="enforce")
        for alias, entry in allowlist.services.items()
    }
    return msgspec.structs.replace(allowlist, services=services)
