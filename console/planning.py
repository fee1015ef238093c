"""Makes documents of rehearsals: of one what is planned, of two what an allowlist changes."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from msgspec.structs import replace

from console.documents.plan import (
    ChangedDecision,
    ChangedService,
    Plan,
    PlannedDecision,
    PlannedDeed,
    PlannedFinding,
    PlannedService,
    Unknown,
    Unseen,
    WhatIf,
)
from console.edits import edits
from console.rehearsal.deeds import Deed
from console.rehearsal.sweep import Rehearsal
from privatelink.decisions import Decision
from privatelink.model import ServiceId
from privatelink.objections import Objection
from privatelink.rules import WITHDRAWALS, Action

_VERSION: Final = re.compile(r', "allowlist_version": "[0-9a-f]*"')
_OUTCOMES: Final = {
    Action.ACCEPT: "accepted",
    Action.HOLD: "held",
    Action.REJECT: "rejected",
    Action.KEEP: "kept",
    Action.NOTHING: "nothing",
}


def planned(rehearsal: Rehearsal) -> Plan:
    """Return what a rehearsal says of the next sweep."""
    return Plan(
        allowlist_version=rehearsal.allowlist.version,
        to_do=len(rehearsal.deeds),
        services=tuple(_service(rehearsal, service_id) for service_id in _services(rehearsal)),
    )


def compared(before: Rehearsal | None, after: Rehearsal, objections: Iterable[Objection]) -> WhatIf:
    """Return what changes from one rehearsal to the other; None: no allowlist is in force."""
    services = tuple(_changed_service(before, after, service_id) for service_id in _services(after))
    return WhatIf(
        before=before.allowlist.version if before else None,
        after=after.allowlist.version,
        edits=edits(before.allowlist if before else None, after.allowlist),
        objections=tuple(each.sentence for each in objections),
        to_do=sum(len(s.deeds) + len(s.anyway) for s in services if not s.observing),
        services=services,
    )


def _services(rehearsal: Rehearsal) -> Iterable[ServiceId]:
    """Return the services in the order that they were looked at."""
    of_findings = (scope.service_id for scope in rehearsal.findings)
    return dict.fromkeys(
        (*rehearsal.allowlist.service_ids, *rehearsal.decisions, *of_findings, *rehearsal.errors)
    )


def _service(rehearsal: Rehearsal, service_id: ServiceId) -> PlannedService:
    found = rehearsal.allowlist.service(service_id)
    return PlannedService(
        service_id=service_id,
        alias=found[0] if found else None,
        observing=service_id in rehearsal.observing,
        decisions=tuple(_decisions(rehearsal, service_id)),
        deeds=tuple(_deeds(rehearsal, service_id)),
        findings=tuple(_findings(rehearsal, service_id)),
        unknown=_unknown(rehearsal, service_id),
    )


def _changed_service(
    before: Rehearsal | None, after: Rehearsal, service_id: ServiceId
) -> ChangedService:
    new = _service(after, service_id)
    old = _service(before, service_id) if before else None
    known = {(f.kind, f.subject, f.consumer) for f in (old.findings if old else ())}
    # What is observed is compared with what was: that nothing of it is done has not changed.
    of_old = old.deeds if old and (new.observing or not old.observing) else ()
    caused = _without(new.deeds, of_old)
    return ChangedService(
        service_id=service_id,
        alias=new.alias,
        observing=new.observing,
        decisions=tuple(_changed_decisions(old, new, after, service_id)),
        deeds=caused,
        anyway=_without(new.deeds, caused),
        avoided=_without(old.deeds if old and not old.observing else (), new.deeds),
        findings=tuple(f for f in new.findings if (f.kind, f.subject, f.consumer) not in known),
        unknown=_both(old.unknown if old else None, new.unknown),
    )


def _changed_decisions(
    old: PlannedService | None, new: PlannedService, after: Rehearsal, service_id: ServiceId
) -> Iterator[ChangedDecision]:
    before = {d.vpc_endpoint_id: d for d in (old.decisions if old else ())}
    for decision, planned_decision in zip(_decided(after, service_id), new.decisions, strict=True):
        known = before.get(planned_decision.vpc_endpoint_id)
        if known is None or (known.action, known.reason) != (
            planned_decision.action,
            planned_decision.reason,
        ):
            cut = decision.rule in WITHDRAWALS
            yield ChangedDecision(
                before=known,
                after=planned_decision,
                outcome="cut" if cut else _OUTCOMES[decision.action],
            )


def _decided(rehearsal: Rehearsal, service_id: ServiceId) -> Sequence[Decision]:
    plan = rehearsal.decisions.get(service_id)
    return plan.decisions if plan else ()


def _decisions(rehearsal: Rehearsal, service_id: ServiceId) -> Iterator[PlannedDecision]:
    found = rehearsal.allowlist.service(service_id)
    for decision in _decided(rehearsal, service_id):
        connection = decision.connection
        entry = found[1].consumer(connection.vpc_endpoint_owner) if found else None
        yield PlannedDecision(
            vpc_endpoint_id=connection.vpc_endpoint_id,
            account_id=connection.vpc_endpoint_owner,
            region=connection.vpc_endpoint_region,
            consumer=entry.name if entry else None,
            state=connection.reported_state,
            action=decision.action,
            rule=decision.rule,
            reason=decision.reason,
        )


def _deeds(rehearsal: Rehearsal, service_id: ServiceId) -> Iterator[PlannedDeed]:
    for deed in (*rehearsal.deeds, *rehearsal.observed):
        if deed.service_id == service_id:
            yield _deed(deed)


def _deed(deed: Deed) -> PlannedDeed:
    return PlannedDeed(
        when=deed.stage,
        account=str(deed.account or "provider"),
        kind=deed.kind,
        subject=deed.subject,
        value=deed.value,
    )


def _findings(rehearsal: Rehearsal, service_id: ServiceId) -> Iterator[PlannedFinding]:
    for scope, found in rehearsal.findings.items():
        if scope.service_id == service_id:
            for finding in found:
                yield PlannedFinding(
                    kind=finding.kind,
                    severity=finding.severity,
                    subject=finding.subject,
                    consumer=str(scope.consumer) if scope.consumer else None,
                    what_to_do=finding.what_to_do,
                    evidence=finding.evidence,
                )


def _unknown(rehearsal: Rehearsal, service_id: ServiceId) -> Unknown:
    unseen = rehearsal.unseen.get(service_id, {})
    return Unknown(
        consumers=tuple(
            Unseen(account=str(consumer), why=unseen[consumer]) for consumer in sorted(unseen)
        ),
        addresses=rehearsal.unresolved.get(service_id, ()),
        errors=rehearsal.errors.get(service_id, ()),
    )


def _both(old: Unknown | None, new: Unknown) -> Unknown:
    """Return what is not known of one or the other: a difference needs both."""
    if old is None:
        return new
    return Unknown(
        consumers=tuple(dict.fromkeys((*old.consumers, *new.consumers))),
        addresses=new.addresses,
        errors=tuple(dict.fromkeys((*old.errors, *new.errors))),
    )


def _without(
    deeds: Sequence[PlannedDeed], others: Sequence[PlannedDeed]
) -> tuple[PlannedDeed, ...]:
    """Return deeds without as many of the same as there are among others."""
    left = Counter(map(_without_version, others))
    kept = []
    for deed in deeds:
        same = _without_version(deed)
        if left[same]:
            left[same] -= 1
        else:
            kept.append(deed)
    return tuple(kept)


def _without_version(deed: PlannedDeed) -> PlannedDeed:
    """Return a deed without the version of the allowlist, which an `endpoint` leaf names."""
    return replace(deed, value=_VERSION.sub("", deed.value))
