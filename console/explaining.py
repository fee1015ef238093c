"""Puts what is known of one endpoint into a document."""

from collections.abc import Iterator

from accept_endpoint_connections.entries import recorded_action
from console.documents.explanation import (
    Connection,
    ExplainedConsumer,
    ExplainedDecision,
    ExplainedService,
    Explanation,
    HistoryEntry,
    LastEntry,
    PublishedParameter,
    Question,
)
from console.documents.findings import OpenFinding
from console.facts import Facts
from console.next_steps import next_step
from console.seeing import Sight, in_order
from privatelink.decisions import Decision
from privatelink.gateways.records import EndpointEntry
from privatelink.gateways.records import HistoryEntry as Recorded
from privatelink.times import read_time


def explain(facts: Facts) -> Explanation:
    """Explain one endpoint."""
    findings = in_order(_findings(facts))
    decision = facts.decision
    return Explanation(
        vpc_endpoint_id=facts.vpc_endpoint_id,
        service=_service(facts.sight) if facts.sight else None,
        consumer=_consumer(facts),
        connection=_connection(decision) if decision else None,
        decision=_decision(facts.sight, decision) if facts.sight and decision else None,
        record=_record(facts.entry) if facts.entry else None,
        history=tuple(_history(each) for each in facts.history if _is_about(each, facts)),
        findings=findings,
        parameters=tuple(
            PublishedParameter(name=leaf.name, value=leaf.value)
            for leaf in sorted(facts.leaves.values())
        ),
        next_step=next_step(facts, findings),
    )


def questions(decision: Decision) -> tuple[Question, ...]:
    """Return the questions that led to a decision, in order."""
    return tuple(
        Question(
            rule=each.rule,
            question=each.question,
            seen=each.seen,
            holds=each.holds,
            decides=each.rule is decision.rule,
        )
        for each in decision.evaluations
    )


def _service(sight: Sight) -> ExplainedService:
    this = sight.this
    return ExplainedService(
        service_id=this.service_id,
        service_name=sight.service_name,
        alias=this.alias,
        exists=this.service is not None,
        observing=this.observing,
    )


def _consumer(facts: Facts) -> ExplainedConsumer | None:
    if facts.consumer is None:
        return None
    entry = facts.consumer_entry
    return ExplainedConsumer(
        account_id=facts.consumer.account_id,
        region=facts.consumer.region,
        alias=entry.alias if entry else None,
        is_listed=entry is not None,
    )


def _connection(decision: Decision) -> Connection:
    connection = decision.connection
    return Connection(
        state=connection.reported_state,
        created=connection.creation_timestamp,
        dns_names=connection.dns_names,
    )


def _decision(sight: Sight, decision: Decision) -> ExplainedDecision:
    return ExplainedDecision(
        action=recorded_action(decision.action, observing=sight.this.observing),
        rule=decision.rule,
        reason=decision.reason,
        allowlist_version=sight.this.allowlist.version,
        questions=questions(decision),
    )


def _record(entry: EndpointEntry) -> LastEntry:
    return LastEntry(
        state=entry.state,
        action=entry.action,
        rule=entry.rule,
        reason=entry.reason,
        allowlist_version=entry.allowlist_version,
        decided=read_time(entry.decided),
        first_seen=read_time(entry.first_seen),
        accepted=read_time(entry.accepted),
        available=read_time(entry.available),
    )


def _is_about(recorded: Recorded, facts: Facts) -> bool:
    """Whether it was done for the endpoint's own consumer.

    What was revoked is on record under the endpoint that a tag of the rule named, and whoever has
    the rule in its account may have it name the endpoint of another.
    """
    consumer = recorded.details.get("consumer")
    return facts.consumer is None or consumer in {None, str(facts.consumer)}


def _history(recorded: Recorded) -> HistoryEntry:
    details = recorded.details
    published = f"{details.get('addresses', '')} in {details.get('path', '')}"
    return HistoryEntry(
        at=recorded.at,
        what=recorded.what,
        text=details.get("reason") or details.get("rules") or published,
        allowlist_version=details.get("allowlist_version", ""),
    )


def _findings(facts: Facts) -> Iterator[OpenFinding]:
    """Yield the findings about the endpoint, its consumer and its service: not others' ones."""
    for finding in facts.sight.open_findings() if facts.sight else ():
        is_endpoint = finding.subject.startswith("vpce-") and finding.subject != finding.service_id
        of_another = is_endpoint and finding.subject != facts.vpc_endpoint_id
        if finding.consumer in {None, str(facts.consumer)} and not of_another:
            yield finding
