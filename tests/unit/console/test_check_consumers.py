"""Whether consumers let us in, where their endpoints stand, and what is on record of them."""

from typing import TYPE_CHECKING, cast

import pytest

from console.checks.check import Question, Result
from console.checks.consumers import tell_reachability
from console.checks.findings import check_findings
from console.checks.roles import check_functions, check_reader_role, functions_enter
from console.checks.zones import check_zones
from privatelink.errors import AccessDeniedError
from privatelink.findings import Finding, FindingKind
from privatelink.gateways.accounts import ConsumerAccount
from privatelink.gateways.records import OpenFinding, Scope, ScopeRecord, ServiceRecord, Trace
from privatelink.model import Consumer
from privatelink.session_policies import Purpose
from tests.unit.builders import HOME, LISTED, NOW, SERVICE_ID, STRANGER, endpoint, interface

if TYPE_CHECKING:
    from privatelink.gateways.sessions import ConsumerSessions

QUESTION = Question("subject/name", "something")


class Closed:
    """Sessions of a role that cannot be assumed."""

    def role_arn(self, consumer: Consumer) -> str:
        return f"arn:aws:iam::{consumer.account_id}:role/reader"

    def enter(self, _consumer: Consumer, _purpose: Purpose) -> ConsumerAccount:
        raise AccessDeniedError("AssumeRole", "AccessDenied", "no")


@pytest.mark.parametrize(("enter", "result"), [(True, Result.UNKNOWN), (False, Result.PROBLEM)])
def test_where_the_console_is_not_let_in_nothing_is_called_well(
    result: Result, *, enter: bool
) -> None:
    whose = Consumer(account_id=LISTED, region=HOME)
    sessions = cast("ConsumerSessions", Closed())
    check = check_reader_role(QUESTION, sessions, whose, functions_enter=enter)
    assert check.result is result
    assert LISTED in check.mend or not enter


ZONES = frozenset({"apne1-az1", "apne1-az4"})


@pytest.mark.parametrize(
    ("own", "services", "result"),
    [
        ({"apne1-az1"}, ZONES, Result.OK),
        ({"apne1-az1", "apne1-az4"}, ZONES, Result.OK),
        ({"apne1-az1", "apne1-az2"}, ZONES, Result.WARNING),
        ({"apne1-az2"}, ZONES, Result.PROBLEM),
        (set(), ZONES, Result.UNKNOWN),
        ({"apne1-az1"}, frozenset(), Result.UNKNOWN),
    ],
)
def test_endpoints_stand_where_the_load_balancers_are(
    own: set[str], services: frozenset[str], result: Result
) -> None:
    interfaces = [interface(f"eni-{zone}", zone=zone) for zone in sorted(own)]
    found = {each.network_interface_id: each for each in interfaces}
    (check,) = check_zones(QUESTION, [endpoint(interfaces=tuple(found))], found, services)
    assert check.result is result


def test_answers_find_their_way_where_no_finding_says_otherwise() -> None:
    (well,) = tell_reachability(QUESTION, ["10.0.0.0/8"], ())
    assert well.result is Result.OK
    finding = Finding(kind=FindingKind.NO_ROUTE_TO_SOURCE, subject="vpce-1", evidence={"a": "b"})
    (amiss,) = tell_reachability(QUESTION, ["10.0.0.0/8"], (finding,))
    assert (amiss.result, amiss.mend) == (Result.WARNING, finding.what_to_do)


def recorded(kind: FindingKind, severity: str = "error") -> dict[str, OpenFinding]:
    attributes = {"kind": kind, "severity": severity, "what_to_do": "mend it", "seen": "this"}
    return {f"{kind}/subject": OpenFinding(raised=NOW, attributes=attributes)}


def record(
    *,
    service: dict[str, OpenFinding] | None = None,
    consumer: dict[str, OpenFinding] | None = None,
    holds: frozenset[str] = frozenset(),
) -> ServiceRecord:
    whose = Consumer(account_id=LISTED, region=HOME)
    scope = Scope(service_id=SERVICE_ID, consumer=whose, part="ingress")
    trace = Trace(touched=NOW, holds=holds) if holds else None
    return ServiceRecord(
        endpoints={},
        principals={},
        parts={"": ScopeRecord(open_findings=service or {})},
        consumers={scope: ScopeRecord(trace=trace, open_findings=consumer or {})},
    )


def test_open_findings_are_told_with_since_when_and_what_to_do() -> None:
    seen = record(
        service=recorded(FindingKind.BREAKER_TRIPPED),
        consumer=recorded(FindingKind.OPTED_OUT_GROUP, "warning"),
    )
    breaker, group = check_findings({"web": seen}, told=())
    assert (breaker.result, group.result) == (Result.PROBLEM, Result.WARNING)
    assert breaker.mend == "mend it"
    assert "since 2026-11-22 12:00 UTC (seen: this)" in breaker.found
    assert "111122223333/ap-northeast-1 at web" in group.looked_at


def test_a_finding_that_has_been_told_is_not_told_again() -> None:
    seen = record(service=recorded(FindingKind.BREAKER_TRIPPED))
    (check,) = check_findings({"web": seen}, told={"breaker-tripped/subject"})
    assert (check.result, check.found) == (Result.OK, "none but those above")
    (nothing,) = check_findings({"web": record()}, told=())
    assert nothing.found == "none"


def test_a_finding_whose_severity_cannot_be_read_is_a_problem() -> None:
    seen = record(service=recorded(FindingKind.BREAKER_TRIPPED, "nonsense"))
    (check,) = check_findings({"web": seen}, told=())
    assert check.result is Result.PROBLEM


@pytest.mark.parametrize("kind", [FindingKind.ROLE_NOT_ASSUMABLE, FindingKind.PERMISSION_MISSING])
def test_findings_tell_that_the_functions_do_not_get_in(kind: FindingKind) -> None:
    (check,) = check_functions(QUESTION, LISTED, [record(consumer=recorded(kind))])
    assert (check.result, check.finding) == (Result.PROBLEM, f"{kind}/subject")
    assert check.id == QUESTION.id


def test_what_is_amiss_with_others_or_otherwise_keeps_the_functions_from_nothing() -> None:
    findings = recorded(FindingKind.ROLE_NOT_ASSUMABLE)
    others = record(consumer=recorded(FindingKind.NO_OPTED_IN_GROUP))
    for account_id, seen in [(STRANGER, record(consumer=findings)), (LISTED, others)]:
        (check,) = check_functions(QUESTION, account_id, [seen])
        assert check.result is Result.OK


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (record(holds=frozenset({"sg-1: a rule"})), True),
        (record(holds=frozenset({"copy:/privatelink/web"})), False),
        (record(), False),
        (
            record(
                holds=frozenset({"sg-1: a rule"}),
                consumer=recorded(FindingKind.ROLE_NOT_ASSUMABLE),
            ),
            False,
        ),
    ],
)
def test_functions_that_have_left_something_get_in(seen: ServiceRecord, *, expected: bool) -> None:
    assert functions_enter(LISTED, [seen]) is expected
    assert not functions_enter(STRANGER, [seen])
