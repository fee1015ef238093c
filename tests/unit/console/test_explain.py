import json
from collections.abc import Mapping
from datetime import timedelta

import msgspec
import pytest

from console.errors import ConsoleError
from console.explaining import explain
from console.facts import Facts, read_id
from console.screens.explain import explained
from privatelink.findings import Finding, FindingKind
from privatelink.gateways.records import (
    EndpointEntry,
    HistoryEntry,
    OpenFinding,
    Scope,
    ScopeRecord,
    ServiceRecord,
)
from privatelink.model import (
    Consumer,
    Parameter,
    ParameterName,
    ParameterType,
)
from privatelink.rules import Action, Rule
from tests.unit.builders import (
    GROUP,
    HOME,
    LISTED,
    NOW,
    SERVICE_ID,
    STRANGER,
    connection,
    consumer_entry,
    service_entry,
)
from tests.unit.console.sights import SERVICE_NAME, facts_about, facts_in, shown, sight
from tests.unit.decided import decided_by

OTHER = connection(7).vpc_endpoint_id
MINE = connection().vpc_endpoint_id
IDS = ["", "vpce-", "vpce-xyz", "VPCE-0123456789abcdef0", "vpce-svc-0123456789abcdef0", "i-0123"]


def text(facts: Facts, width: int = 100) -> str:
    return shown(explained(explain(facts), NOW), width)


def words(facts: Facts, width: int = 100) -> str:
    return " ".join(text(facts, width).split())


def found(kind: FindingKind, subject: str) -> Mapping[str, OpenFinding]:
    finding = Finding(kind=kind, subject=subject, evidence={"seen": "this"})
    attributes = {
        "kind": finding.kind.value,
        "severity": finding.severity.value,
        "what_to_do": finding.what_to_do,
        **finding.evidence,
    }
    return {finding.id: OpenFinding(raised=NOW - timedelta(hours=3), attributes=attributes)}


def of_consumer(
    findings: Mapping[str, OpenFinding], account: str = LISTED
) -> Mapping[Scope, ScopeRecord]:
    consumer = Consumer(account_id=LISTED if account == LISTED else STRANGER, region=HOME)
    scope = Scope(service_id=SERVICE_ID, consumer=consumer, part="ingress")
    return {scope: ScopeRecord(open_findings=findings)}


def recorded(
    parts: Mapping[str, ScopeRecord] | None = None,
    consumers: Mapping[Scope, ScopeRecord] | None = None,
) -> ServiceRecord:
    return ServiceRecord(endpoints={}, principals={}, parts=parts or {}, consumers=consumers or {})


def entry(rule: Rule = Rule.UNLISTED_HELD) -> EndpointEntry:
    decision = decided_by(rule)
    return EndpointEntry(
        account_id=STRANGER,
        region=HOME,
        state="pendingAcceptance",
        action=decision.action,
        rule=rule,
        first_rule=rule,
        reason=decision.reason,
        allowlist_version="0123456789ab",
        decided=(NOW - timedelta(hours=2)).isoformat(),
        first_seen=(NOW - timedelta(hours=2)).isoformat(),
        accepted="",
        available="",
    )


@pytest.mark.parametrize("width", [40, 80, 160])
@pytest.mark.parametrize("rule", Rule)
def test_every_row_of_the_decision_table_is_explained(rule: Rule, width: int) -> None:
    facts, decision = facts_about(rule), decided_by(rule)
    document = explain(facts)
    assert document.decision is not None
    assert (document.decision.rule, document.decision.action) == (rule, decision.action)
    asked = [(q.question, q.seen, q.holds) for q in document.decision.questions]
    assert asked == [(e.question, e.seen, e.holds) for e in decision.evaluations]
    assert [q.rule for q in document.decision.questions if q.decides] == [rule]
    said = text(facts, width)
    assert "…" not in said
    assert all(len(line) <= width for line in said.splitlines())
    assert decision.reason in " ".join(said.split())


def test_the_deciding_question_is_marked_in_words() -> None:
    said = text(facts_about(Rule.REGION_NOT_ALLOWED), 160)
    (deciding,) = [line for line in said.splitlines() if "yes: decides" in line]
    assert "Is it in a Region that the entry does not allow?" in deciding
    assert "it is in eu-west-1; allowed: ap-northeast-1" in deciding


def test_a_narrow_terminal_gets_blocks_instead_of_a_table() -> None:
    lines = text(facts_about(Rule.LISTED), 60).splitlines()
    assert "  yes: decides" in lines
    assert "    question: Is its account listed?" in lines
    assert not any("QUESTION" in line for line in lines)


def test_what_comes_next_can_be_forwarded_as_it_is() -> None:
    assert explain(facts_about(Rule.UNLISTED_REJECTED)).next_step == (
        f"About endpoint {MINE} of account {STRANGER} in {HOME}, service {SERVICE_NAME}: Ask the"
        f" service provider to list account {STRANGER}, and then create a new endpoint. Delete this"
        " one: it is rejected, and costs you as long as it exists."
    )


def test_who_is_let_in_is_told_the_parameter_that_the_address_will_stand_in() -> None:
    step = explain(facts_about(Rule.LISTED)).next_step
    assert step.endswith("in your account's Parameter Store: /privatelink/web/{vpc-id}/ip.")


def test_what_is_published_is_shown_and_named_to_the_consumer() -> None:
    path = f"/privatelink/web/{LISTED}/vpc-0123456789abcdef0"
    leaves = {
        leaf: Parameter(
            name=ParameterName(f"{path}/{leaf}"), value=value, type=ParameterType.STRING
        )
        for leaf, value in (("ip", "10.0.3.181"), ("endpoint", json.dumps({"owner": "us"})))
    }
    facts = facts_about(Rule.LIVE_LISTED, leaves=leaves)
    document = explain(facts)
    assert [(p.name, p.value) for p in document.parameters] == [
        (f"{path}/endpoint", '{"owner": "us"}'),
        (f"{path}/ip", "10.0.3.181"),
    ]
    assert document.next_step.endswith(": /privatelink/web/vpc-0123456789abcdef0/ip.")
    said = text(facts)
    assert f"  {path}/ip = 10.0.3.181" in said
    assert "owner" not in said


def test_a_consumer_without_a_role_is_told_by_the_provider() -> None:
    service = service_entry(msgspec.structs.replace(consumer_entry(), access="none"))
    step = explain(facts_in(sight(connection(state="available"), service=service))).next_step
    assert step.endswith(
        "in the service provider's Parameter Store, and the service provider tells it."
    )


@pytest.mark.parametrize("by_stack", [True, False])
def test_what_is_only_observed_is_not_said_to_be_done(*, by_stack: bool) -> None:
    mode = "enforce" if by_stack else "observe"
    service = msgspec.structs.replace(service_entry(), mode=mode)
    facts = facts_in(sight(connection(), service=service, observes=by_stack))
    document = explain(facts)
    assert document.decision is not None
    assert document.decision.action == "would accept"
    assert "ask the service provider. Once that is over: Nothing" in document.next_step
    assert "It is only observed: what is decided is not done." in text(facts)


def test_findings_of_the_endpoint_its_consumer_and_its_service_are_shown() -> None:
    record = recorded(
        parts={"": ScopeRecord(open_findings=found(FindingKind.NO_HEALTHY_TARGET, "arn:aws:tg"))},
        consumers=of_consumer(found(FindingKind.NO_OPTED_IN_GROUP, MINE)),
    )
    facts = facts_in(sight(connection(state="available"), record=record))
    document = explain(facts)
    assert [f.kind for f in document.findings] == ["no-healthy-target", "no-opted-in-group"]
    assert document.findings[1].consumer == f"{LISTED}/{HOME}"
    assert document.findings[1].evidence == {"seen": "this"}
    said = words(facts)
    assert f"error, for 3 h: no-opted-in-group: {MINE}, at {LISTED}/{HOME}" in said
    assert "tag one with privatelink-autopilot:managed-ingress = true" in said


def test_the_consumer_is_told_to_mend_what_is_its_own_and_nothing_else() -> None:
    record = recorded(
        parts={"": ScopeRecord(open_findings=found(FindingKind.NO_HEALTHY_TARGET, "arn:aws:tg"))},
        consumers=of_consumer(found(FindingKind.SECURITY_GROUP_QUOTA, GROUP)),
    )
    step = explain(facts_in(sight(connection(state="available"), record=record))).next_step
    assert f"To be mended in your account: {GROUP}: The rules do not fit" in step
    assert "target" not in step


def test_findings_of_others_are_not_shown() -> None:
    record = recorded(
        parts={"": ScopeRecord(open_findings=found(FindingKind.UNKNOWN_STATE, OTHER))},
        consumers={
            **of_consumer(found(FindingKind.NO_ADDRESS, OTHER)),
            **of_consumer(found(FindingKind.ROLE_NOT_ASSUMABLE, "theirs"), STRANGER),
        },
    )
    assert explain(facts_in(sight(connection(), record=record))).findings == ()


def test_the_ledger_says_when_what_came_to_be() -> None:
    said = words(facts_about(Rule.UNLISTED_HELD, entry=entry()))
    assert f"hold, because account {STRANGER} is not listed decided" in said
    assert "2026-11-22 10:00:00 UTC, 2 h ago, by allowlist version 0123456789ab" in said
    assert "first seen: 2026-11-22 10:00:00 UTC let in by an entry: not yet" in said


def test_the_history_tells_decisions_addresses_and_rules() -> None:
    history = tuple(
        HistoryEntry(at=NOW + timedelta(seconds=n), what=what, details=details)
        for n, (what, details) in enumerate(
            [
                ("accept", {"reason": "account 1 is listed", "allowlist_version": "v1"}),
                ("authorize", {"rules": "sg-1: 10.0.0.0/8 on tcp/80", "allowlist_version": "v1"}),
                ("publish", {"addresses": "10.0.3.181", "path": "/privatelink/web/vpc-1"}),
            ]
        )
    )
    document = explain(facts_about(Rule.LIVE_LISTED, history=history))
    assert [(each.what, each.text, each.allowlist_version) for each in document.history] == [
        ("accept", "account 1 is listed", "v1"),
        ("authorize", "sg-1: 10.0.0.0/8 on tcp/80", "v1"),
        ("publish", "10.0.3.181 in /privatelink/web/vpc-1", ""),
    ]
    said = text(facts_about(Rule.LIVE_LISTED, history=history))
    assert "2026-11-22 12:00:02 UTC  publish    10.0.3.181 in /privatelink/web/vpc-1" in said


def test_what_was_done_for_another_consumer_is_not_told_of_an_endpoint() -> None:
    other = {"rules": "forged", "consumer": "999900001111/ap-northeast-1"}
    history = (HistoryEntry(at=NOW, what="revoke sgr-1", details=other),)
    assert explain(facts_about(Rule.LIVE_LISTED, history=history)).history == ()
    own = {"rules": "a rule", "consumer": f"{LISTED}/{HOME}"}
    history = (HistoryEntry(at=NOW, what="revoke sgr-1", details=own),)
    (told,) = explain(facts_about(Rule.LIVE_LISTED, history=history)).history
    assert told.text == "a rule"


def test_an_endpoint_that_ec2_does_not_report_any_more_is_told_from_the_ledger() -> None:
    facts = Facts(
        vpc_endpoint_id=MINE, parameter_prefix="/privatelink", sight=sight(), entry=entry()
    )
    document = explain(facts)
    assert document.decision is None
    assert document.connection is None
    assert document.consumer is not None
    assert document.consumer.account_id == STRANGER
    assert document.record is not None
    assert document.record.action == Action.HOLD
    assert document.next_step.startswith(
        f"About endpoint {MINE} of account {STRANGER} in {HOME}, service {SERVICE_NAME}: Create a"
        " new endpoint"
    )
    assert "connection: EC2 does not report one any more" in text(facts)


def test_an_endpoint_of_a_forgotten_service_is_told_from_its_history() -> None:
    details = {"account_id": STRANGER, "region": HOME, "reason": "account is not listed"}
    facts = Facts(
        vpc_endpoint_id=MINE,
        parameter_prefix="/privatelink",
        history=(
            HistoryEntry(at=NOW, what="revoke sgr-1", details={"rules": "a rule"}),
            HistoryEntry(at=NOW, what="hold", details=details),
        ),
    )
    document = explain(facts)
    assert document.service is None
    assert document.consumer is not None
    assert document.consumer.account_id == STRANGER
    assert "its history alone" in text(facts)


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        (sight(connection(), alias=None), "It is not listed any more"),
        (sight(connection(), exists=False), "EC2 does not know it."),
    ],
)
def test_what_is_odd_about_the_service_is_said(seen: object, said: str) -> None:
    assert said in text(facts_in(seen))  # type: ignore[arg-type] # parametrized


@pytest.mark.parametrize("wrong", IDS)
def test_what_is_no_id_of_an_endpoint_is_refused_with_an_example(wrong: str) -> None:
    with pytest.raises(ConsoleError, match="like vpce-0123456789abcdef0") as refusal:
        read_id(wrong)
    assert bool(refusal.value.hint) is wrong.startswith("vpce-svc-")


def test_an_id_of_an_endpoint_is_read() -> None:
    assert read_id(MINE) == MINE
