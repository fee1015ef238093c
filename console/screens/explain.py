"""What `privatelink explain` shows: the life of one endpoint."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from rich.console import Group, RenderableType
from rich.text import Text

from console.documents.explanation import (
    ExplainedDecision,
    Explanation,
    Question,
)
from console.plain import plain_text
from console.screens.findings import findings
from console.screens.listing import Cell, Listing, paragraph
from console.screens.times import when, when_ago


def explained(document: Explanation, now: datetime) -> RenderableType:
    """Return the screen."""
    return Group(*_with_gaps(_sections(document, now)))


def _sections(document: Explanation, now: datetime) -> Iterator[Iterable[RenderableType]]:
    yield [plain_text(document.vpc_endpoint_id, "bold"), *map(paragraph, _facts(document, now))]
    if document.decision is not None:
        yield _decision(document.decision)
    yield [Text("On record", style="bold"), *map(paragraph, _record(document, now))]
    history = ((when(each.at), each.what, each.text) for each in document.history)
    yield [Listing("History", ("at", "what", "why or which"), history, flexible=["why or which"])]
    yield [findings(document.findings, now)]
    yield [Text("Published in the provider's account", style="bold"), *_parameters(document)]
    yield [
        Text("What the consumer does next", style="bold"),
        paragraph(document.next_step),
    ]


def _with_gaps(sections: Iterable[Iterable[RenderableType]]) -> Iterator[RenderableType]:
    for number, section in enumerate(sections):
        if number:
            yield Text("")
        yield from section


def _facts(document: Explanation, now: datetime) -> Iterator[Cell]:
    if (service := document.service) is not None:
        name = f"{service.alias}, " if service.alias else ""
        yield f"service: {name}{service.service_id}"
        if service.alias is None:
            yield "  It is not listed any more, and looked after until nothing of ours is left."
        if not service.exists:
            yield "  EC2 does not know it."
        if service.observing:
            yield "  It is only observed: what is decided is not done."
    if (consumer := document.consumer) is not None:
        listed = consumer.alias or "listed" if consumer.is_listed else "not listed"
        yield f"consumer: account {consumer.account_id} in {consumer.region}, {listed}"
    if (connection := document.connection) is not None:
        created = when_ago(connection.created, now)
        yield f"connection: {connection.state}, created {created}"
    else:
        yield "connection: EC2 does not report one any more"


def _decision(decision: ExplainedDecision) -> Iterator[RenderableType]:
    yield Text.assemble(
        plain_text(f"Decision: {decision.action}", "bold"),
        plain_text(f", because {decision.reason}"),
    )
    yield paragraph(f"by allowlist version {decision.allowlist_version}")
    yield Listing(
        "Questions, in order",
        ("answer", "question", "seen"),
        map(_question, decision.questions),
        flexible=["question", "seen"],
    )


def _question(question: Question) -> tuple[Cell, ...]:
    answer = "yes" if question.holds else "no"
    style = "bold" if question.decides else ""
    decides = f"{answer}: decides" if question.decides else answer
    return Text(decides, style=style), plain_text(question.question, style), question.seen


def _parameters(document: Explanation) -> Iterator[RenderableType]:
    # The record of whose they are, in JSON, tells a person nothing new.
    shown = [each for each in document.parameters if not each.name.endswith("/endpoint")]
    if not shown:
        yield paragraph("nothing")
    for each in shown:
        yield paragraph(f"{each.name} = {each.value}")


def _record(document: Explanation, now: datetime) -> Iterator[Cell]:
    record = document.record
    if record is None:
        yield "its history alone" if document.history else "nothing: no sweep has seen it yet"
        return
    decided = when_ago(record.decided, now) if record.decided else "at a time not known"
    yield f"{record.action}, because {record.reason}"
    yield (
        f"decided {decided}, by allowlist version {record.allowlist_version},"
        f" in state {record.state}"
    )
    for what, at in (
        ("first seen", record.first_seen),
        ("let in by an entry", record.accepted),
        ("seen available", record.available),
    ):
        yield f"{what}: {when(at) if at else 'not yet'}"
