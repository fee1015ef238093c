"""What `privatelink plan` shows."""

from collections import Counter
from collections.abc import Iterable, Iterator

from console.documents.plan import Plan, PlannedDeed, PlannedService
from console.screens.deeds import (
    decision_line,
    deed_lines,
    finding_lines,
    mark_of,
    unknown_lines,
)
from console.screens.outline import Heading, Note, Part


def outlined(plan: Plan) -> Iterator[Part]:
    """Yield the outline of a plan."""
    for service in plan.services:
        yield Heading(service_name(service.alias, service.service_id, observing=service.observing))
        yield from map(decision_line, service.decisions)
        yield from deed_lines(service.deeds)
        yield from finding_lines(service.findings)
        yield from unknown_lines(service.unknown)
        if not (service.decisions or service.deeds or service.findings or service.unknown.errors):
            yield Note("nobody is connected, or asks to be")
    yield Heading(_summary(plan))


def service_name(alias: str | None, service_id: str, *, observing: bool) -> str:
    """Return what a service is called in a heading."""
    name = f"{alias}, {service_id}" if alias else f"{service_id}, which is not listed any more"
    return f"{name}: observed, nothing of this is done" if observing else name


def counted(deeds: Iterable[PlannedDeed]) -> str:
    """Return how much comes, changes and goes."""
    marks = Counter(map(mark_of, deeds))
    return f"{marks['+']} to add, {marks['~']} to change, {marks['-']} to remove"


def _summary(plan: Plan) -> str:
    observed = sum(len(service.deeds) for service in plan.services if service.observing)
    aside = f" {observed} more are observed, and not done." if observed else ""
    if plan.to_do:
        return f"By allowlist {plan.allowlist_version}: {counted(_done(plan.services))}.{aside}"
    seen = "everything" if plan.is_known else "what could be seen"
    if observed:
        return f"Nothing to do: {observed} changes are observed, and not done."
    return f"Nothing to do: {seen} is as allowlist {plan.allowlist_version} says."


def _done(services: Iterable[PlannedService]) -> Iterator[PlannedDeed]:
    for service in services:
        if not service.observing:
            yield from service.deeds
