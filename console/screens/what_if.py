"""What `privatelink what-if` shows, in a terminal or in a pull request."""

from collections.abc import Iterator
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
    yield from unknown_lines(what_if.unseen, what_if.unresolved, what_if.errors)
    yield Heading(_summary(what_if))


def _service(service: ChangedService) -> Iterator[Part]:
    parts = [
        *map(_decision, service.decisions),
        *deed_lines(service.deeds),
        *finding_lines(service.findings),
        *_aside("done with or without it", service.anyway),
        *_aside("not done because of it", service.avoided),
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
    done = [d for s in what_if.services if not s.observing for d in s.deeds]
    if not done:
        return "Nothing changes because of it."
    outcomes = [each.outcome for s in what_if.services if not s.observing for each in s.decisions]
    told = ", ".join(
        f"{outcomes.count(outcome)} {outcome}" for outcome in _MARKS if outcome in outcomes
    )
    connections = f"; connections: {told}" if told else ""
    return f"Because of it: {counted(done)}{connections}."
