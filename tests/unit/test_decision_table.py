from datetime import timedelta

import msgspec
import pytest
from hypothesis import given

from privatelink.acceptance import plan_acceptance
from privatelink.allowlist import ServiceEntry
from privatelink.allowlist_values import Duration
from privatelink.decision_table import TABLE, evaluate
from privatelink.decisions import Decision
from privatelink.model import EndpointConnection
from privatelink.rules import VERDICTS, WITHDRAWALS, Rule
from tests.unit.builders import HOME, LISTED, NOW, STRANGER, connection, service_entry
from tests.unit.decided import WORLDS, decided_by
from tests.unit.test_acceptance import connections_of_any_kind, entries_of_any_kind

WHERE = "in Parameter Store"
ALL = pytest.mark.parametrize("rule", Rule)


def answers(decision: Decision) -> list[tuple[str, str, bool]]:
    return [(each.question, each.seen, each.holds) for each in decision.evaluations]


def test_each_rule_but_the_circuit_breakers_has_one_row() -> None:
    assert sorted(row.rule for row in TABLE) == sorted(set(Rule) - {Rule.WITHDRAWAL_STOPPED})
    assert VERDICTS.keys() == WORLDS.keys() == set(Rule)


@ALL
def test_the_first_row_that_holds_decides(rule: Rule) -> None:
    decision = decided_by(rule)
    by_table = evaluate(decision.case)
    assert [each.rule for each in by_table] == [row.rule for row in TABLE[: len(by_table)]]
    assert [each.holds for each in by_table] == [False] * (len(by_table) - 1) + [True]
    assert decision.evaluations[: len(by_table)] == by_table
    assert [each.rule for each in decision.evaluations if each.holds][-1] is rule


@ALL
def test_every_text_is_filled_in_with_what_was_seen(rule: Rule) -> None:
    decision = decided_by(rule)
    asked = [text for each in decision.evaluations for text in (each.question, each.seen)]
    for text in [decision.reason, decision.next_step(WHERE), *asked]:
        assert text
        assert "{" not in text
        assert "None" not in text


@given(connections_of_any_kind, entries_of_any_kind)
def test_of_the_rows_that_are_looked_at_the_last_alone_holds(
    connections: list[EndpointConnection], service: ServiceEntry
) -> None:
    for decision in plan_acceptance(connections, service, home=HOME, now=NOW).decisions:
        *others, last = evaluate(decision.case)
        assert last.holds
        assert not any(each.holds for each in others)
        assert (decision.breaker is not None) is (last.rule in WITHDRAWALS)
        assert decision.rule is last.rule or decision.rule is Rule.WITHDRAWAL_STOPPED


def test_a_request_over_its_cap_is_explained_question_by_question() -> None:
    assert answers(decided_by(Rule.OVER_CAP)) == [
        ("Has the connection ended?", "its state is pendingAcceptance", False),
        (
            "Is it live, and its account not listed?",
            f"its state is pendingAcceptance; account {LISTED} is listed as sddc-tokyo",
            False,
        ),
        (
            "Is it live, and its account's entry expired?",
            (
                "its state is pendingAcceptance; the last day of the entry is not given,"
                " and today is 2026-11-22"
            ),
            False,
        ),
        ("Is it live?", "its state is pendingAcceptance", False),
        ("Is it anything but a request that waits?", "its state is pendingAcceptance", False),
        (
            "Is its account not listed, and are such ones rejected?",
            f"account {LISTED} is listed as sddc-tokyo; unlisted: hold",
            False,
        ),
        (
            "Is its account not listed, and has it waited too long?",
            (
                f"account {LISTED} is listed as sddc-tokyo, and has waited 0:00:00;"
                " hold_timeout: not given"
            ),
            False,
        ),
        ("Is its account not listed?", f"account {LISTED} is listed as sddc-tokyo", False),
        (
            "Has its account's entry expired?",
            "the last day of the entry is not given, and today is 2026-11-22",
            False,
        ),
        (
            "Is it in a Region that the entry does not allow?",
            "it is in ap-northeast-1; allowed: ap-northeast-1",
            False,
        ),
        (
            "Do as many endpoints of the account count before it as the entry allows?",
            "1 before this one; endpoints_max: 1",
            True,
        ),
    ]


def test_a_stranger_is_told_how_long_it_may_wait() -> None:
    decision = decided_by(Rule.UNLISTED_HELD)
    assert decision.next_step(WHERE) == (
        f"Ask the service provider to list account {STRANGER}, and leave the endpoint as it is: it"
        " is accepted as soon as the account is listed. Who waits over 3 days, 0:00:00 is rejected."
    )
    (forever,) = plan_acceptance(
        [decision.connection], service_entry(), home=HOME, now=NOW
    ).decisions
    assert forever.next_step(WHERE).endswith("as soon as the account is listed.")


def test_who_is_let_in_is_told_where_the_address_stands() -> None:
    for rule in (Rule.LISTED, Rule.LIVE_LISTED):
        assert decided_by(rule).next_step(WHERE).endswith(f"stands {WHERE}.")


@pytest.mark.parametrize(
    ("most", "tripped_at", "uninvited", "seen", "holds"),
    [
        (2, None, False, "2 would be; max_withdrawals: 2", False),
        (1, None, False, "2 would be; max_withdrawals: 1", True),
        (3, 3, False, "2 would be; max_withdrawals: 3; the breaker tripped when that was 3", True),
        (4, 3, False, "2 would be; max_withdrawals: 4; the breaker tripped when that was 3", False),
        (0, None, True, "the service has let this one in by itself, so that it is no loss", False),
    ],
)
def test_a_withdrawal_meets_the_circuit_breaker_at_last(
    most: int, tripped_at: int | None, seen: str, *, uninvited: bool, holds: bool
) -> None:
    connections = [connection(n, owner=STRANGER, state="available") for n in (1, 2)]
    first, _ = plan_acceptance(
        connections,
        msgspec.structs.replace(service_entry(), max_withdrawals=most),
        home=HOME,
        now=NOW,
        tripped_at=tripped_at,
        uninvited={c.vpc_endpoint_id for c in connections} if uninvited else (),
    ).decisions
    question = "Would more live connections be lost at once than may be?"
    assert answers(first)[-1] == (question, seen, holds)
    assert first.rule is (Rule.WITHDRAWAL_STOPPED if holds else Rule.LIVE_UNLISTED)


def test_what_a_stranger_waited_is_told_in_whole_seconds() -> None:
    service = msgspec.structs.replace(service_entry(), hold_timeout=Duration("90m"))
    waiting = connection(owner=STRANGER, age=timedelta(minutes=61, milliseconds=7))
    (decision,) = plan_acceptance([waiting], service, home=HOME, now=NOW).decisions
    assert any(
        "has waited 1:01:00; hold_timeout: 1:30:00" in seen for _, seen, _ in answers(decision)
    )
