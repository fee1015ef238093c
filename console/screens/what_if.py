"""What `privatelink what-if` shows, in a terminal or in a pull request."""

from collections.abc import Iterator, Sequence
from typing import Final

from console.documents.plan import ChangedDecision, ChangedService, PlannedDeed, WhatIf
from console.screens.deeds import deed_lines, finding_lines, owner_of, unknown_lines
from console.screens.outline import Heading, Marked, Note, Part
from console.screens.plan import counted, service_name

_MARKS: Final = {
    "accepted": "+",
    "held": "=",
    "rejected": "-",
    "cut": "-",
    "kept": "=",
    "nothing": "=",
}


def outlined(what_if: WhatIf) -> Iterator[Part]:
    """Yield the outline of what an allowlist would change."""
    before = f"allowlist {what_if.before}" if what_if.before else "no allowlist"
    yield Heading(f"From {before} to {what_if.after}")
    yield from (Marked(edit[0], edit[2:]) for edit in what_if.edits)
    if not what_if.edits:
        yield Note("The documents say the same.")
    if what_if.objections:
        yield Heading("It would be refused")
        yield from (Marked("!", objection) for objection in what_if.objections)
    for service in what_if.services:
        yield from _service(service)
    yield Heading(_summary(what_if))


def _service(service: ChangedService) -> Iterator[Part]:
    parts = [
        *map(_decision, service.decisions),
        *deed_lines(service.deeds),
        *finding_lines(service.findings),
        *_aside("done with or without it", service.anyway),
        *_aside("not done because of it", service.avoided),
        *unknown_lines(service.unknown),
    ]
    if parts:
        yield Heading(service_name(service.alias, service.service_id, observing=service.observing))
        yield from parts


def _decision(changed: ChangedDecision) -> Marked:
    after = changed.after
    return Marked(
        _MARKS[changed.outcome],
        f"{changed.outcome}: {after.vpc_endpoint_id} of {owner_of(after)}",
        after.reason,
    )


def _aside(heading: str, deeds: tuple[PlannedDeed, ...]) -> Iterator[Part]:
    if deeds:
        yield Heading(heading, 2)
        yield Note(counted(deeds))


def _summary(what_if: WhatIf) -> str:
    if what_if.objections:
        return "It would be refused, and nothing would change."
    enforced = [service for service in what_if.services if not service.observing]
    parts = [
        counted(_deeds(enforced)) if _deeds(enforced) else "",
        _outcomes(enforced),
        _not_done(enforced),
        _observed(what_if),
    ]
    said = "; ".join(part for part in parts if part)
    if not said and any(service.findings for service in what_if.services):
        said = "new findings, and nothing else"
    if said:
        return f"Because of it{'' if what_if.is_known else ', as far as could be seen'}: {said}."
    return f"Nothing{'' if what_if.is_known else ' of what could be seen'} changes because of it."


def _deeds(services: Sequence[ChangedService]) -> list[PlannedDeed]:
    return [deed for service in services for deed in service.deeds]


def _outcomes(services: Sequence[ChangedService]) -> str:
    outcomes = [each.outcome for service in services for each in service.decisions]
    told = [f"{outcomes.count(each)} {each}" for each in _MARKS if each in outcomes]
    return f"connections: {', '.join(told)}" if told else ""


def _not_done(services: Sequence[ChangedService]) -> str:
    avoided = sum(len(service.avoided) for service in services)
    return f"not done any more: {avoided}" if avoided else ""


def _observed(what_if: WhatIf) -> str:
    observed = sum(len(s.deeds) + len(s.decisions) for s in what_if.services if s.observing)
    return f"observed, and not done: {observed}" if observed else ""
