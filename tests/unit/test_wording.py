"""What people read, whatever others have written into what events carry."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notify_people.wording import word
from privatelink.event_names import FINDING_RAISED, HELD
from privatelink.findings import Finding, FindingKind
from privatelink.rules import VERDICTS, Action


def held(**values: str) -> dict[str, str]:
    return {
        "service_id": "vpce-svc-1",
        "vpc_endpoint_id": "vpce-1",
        "account_id": "111122223333",
        "region": "ap-northeast-1",
        "rule": "unlisted-held",
        "reason": "account 111122223333 is not listed",
        "allowlist_version": "v",
    } | values


def finding(kind: FindingKind = FindingKind.NO_PORTS, **evidence: str) -> dict[str, Any]:
    found = Finding(kind=kind, subject="vpce-1", evidence=evidence)
    return {
        "id": found.id,
        "kind": found.kind.value,
        "severity": found.severity.value,
        "subject": found.subject,
        "service_id": "vpce-svc-1",
        "consumer": None,
        "evidence": evidence,
        "what_to_do": found.what_to_do,
    }


@pytest.mark.parametrize(
    "rule", [rule for rule, verdict in VERDICTS.items() if verdict.action is Action.HOLD]
)
def test_of_every_reason_to_wait_it_is_said_what_lets_the_request_in(rule: str) -> None:
    assert "To let it in, " in word(HELD, held(rule=rule)).text


def test_what_lets_in_is_left_out_where_it_is_not_known() -> None:
    assert "To let it in" not in word(HELD, held(rule="of a later version")).text


@pytest.mark.parametrize("kind", FindingKind)
def test_every_finding_has_a_message(kind: FindingKind) -> None:
    message = word(FINDING_RAISED, finding(kind))
    assert kind.value in message.subject
    assert finding(kind)["what_to_do"] in message.text


@given(st.text(max_size=3000))
def test_a_subject_is_a_line_of_ascii_that_sns_takes(text: str) -> None:
    for message in (
        word(HELD, held(vpc_endpoint_id=text)),
        word(FINDING_RAISED, finding() | {"subject": text}),
    ):
        assert 0 < len(message.subject) <= 100
        assert message.subject.isascii()
        assert message.subject.isprintable()


@given(st.text(min_size=1, max_size=3000))
def test_what_others_write_stays_in_one_line_behind_its_name(text: str) -> None:
    (line,) = (
        line
        for line in word(FINDING_RAISED, finding(answer=text)).text.split("\n")
        if line.startswith("  answer: ")
    )
    assert len(line) < 1100
    assert line.isprintable()
