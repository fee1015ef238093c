"""What is well, what is amiss, and how bad that is, by plain data."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from console.allowlist_history import Deployment
from console.checks.allowlist import check_deployment, check_document
from console.checks.check import Check, Question, Result
from console.checks.consumers import tell_reachability
from console.checks.findings import check_findings
from console.checks.notifications import check_notification
from console.checks.queues import check_emptiness
from console.checks.roles import check_functions, functions_enter
from console.checks.services import check_acceptance, tell_load_balancing
from console.checks.stack import check_mode, check_status, check_version
from console.checks.sweeps import check_last_sweep, check_schedule
from console.checks.topic import check_policy, check_subscriptions
from console.checks.zones import check_zones
from console.gateways.schedules import Schedule
from console.gateways.topics import Subscription
from privatelink.errors import (
    AccessDeniedError,
    AllowlistUnavailableError,
    AwsError,
    NotFoundError,
)
from privatelink.findings import Finding, FindingKind
from privatelink.gateways.connection_notifications import ConnectionNotification
from privatelink.gateways.records import OpenFinding, Scope, ScopeRecord, ServiceRecord, Trace
from privatelink.hints import SWEEP
from privatelink.load_balancing import LoadBalancing
from privatelink.model import Consumer, EndpointService
from tests.unit.builders import HOME, LISTED, NOW, SERVICE_ID, STRANGER, endpoint, interface

QUESTION = Question("subject/name", "something")
BUS = "arn:aws:events:ap-northeast-1:123456789012:event-bus/privatelink-autopilot"


def deployment(state: str) -> Deployment:
    return Deployment(
        number=3, version="7", state=state, percentage=100, bake_minutes=10, started_at=NOW
    )


@pytest.mark.parametrize(
    ("status", "result"),
    [
        ("CREATE_COMPLETE", Result.OK),
        ("UPDATE_COMPLETE", Result.OK),
        ("UPDATE_ROLLBACK_COMPLETE", Result.WARNING),
        ("UPDATE_IN_PROGRESS", Result.WARNING),
        ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", Result.WARNING),
        ("UPDATE_ROLLBACK_FAILED", Result.PROBLEM),
        ("ROLLBACK_COMPLETE", Result.PROBLEM),
        ("a status that is added later", Result.PROBLEM),
    ],
)
def test_a_stack_is_well_when_cloudformation_has_done_with_it(status: str, result: Result) -> None:
    assert check_status("privatelink-autopilot", status).result is result


@pytest.mark.parametrize(
    ("deployed", "result"), [("0.2.0", Result.OK), ("0.1.0", Result.WARNING), ("", Result.WARNING)]
)
def test_the_console_is_of_the_deployed_version(deployed: str, result: Result) -> None:
    assert check_version(deployed, "0.2.0").result is result


def test_a_stack_that_only_observes_is_worth_a_warning() -> None:
    assert check_mode("enforce").result is Result.OK
    assert check_mode("observe").result is Result.WARNING


@pytest.mark.parametrize(
    ("state", "result"),
    [
        ("COMPLETE", Result.OK),
        ("DEPLOYING", Result.WARNING),
        ("BAKING", Result.WARNING),
        ("ROLLED_BACK", Result.WARNING),
        ("REVERTED", Result.WARNING),
    ],
)
def test_the_last_deployment_is_complete(state: str, result: Result) -> None:
    assert check_deployment(deployment(state)).result is result


def test_what_has_been_taken_back_is_not_in_force() -> None:
    assert "the version before it is in force" in check_deployment(deployment("ROLLED_BACK")).found
    assert "the version before" not in check_deployment(deployment("BAKING")).found


def test_without_an_allowlist_nothing_is_decided() -> None:
    assert check_deployment(None).result is Result.PROBLEM
    unavailable = AllowlistUnavailableError("AppConfig", "no document has been deployed")
    check = check_document(unavailable)
    assert check.result is Result.PROBLEM
    assert "no document has been deployed" in check.found
    assert "privatelink allowlist push" in check.mend


def statement(effect: str = "Allow", **parts: Any) -> dict[str, Any]:  # noqa: ANN401 - a policy's JSON
    ordinary = {"Principal": {"Service": "vpce.amazonaws.com"}, "Action": "sns:Publish"}
    return {"Effect": effect, **ordinary, **parts}


ONLY_ACCOUNT = {"StringEquals": {"aws:SourceAccount": "123456789012"}}
ONLY_SERVICES = {
    "ArnLike": {"aws:SourceArn": "arn:aws:ec2:ap-northeast-1:123456789012:vpc-endpoint-service/*"}
}
SOMEBODY = {"StringEquals": {"aws:SourceAccount": "210987654321"}}
BOTH = {"StringEquals": {"AWS:SourceAccount": ["123456789012", "210987654321"]}}
INSECURE = {"Bool": {"aws:SecureTransport": "false"}}


@pytest.mark.parametrize(
    ("statements", "result"),
    [
        ([statement(Condition=ONLY_ACCOUNT | ONLY_SERVICES)], Result.OK),
        ([statement(Condition=ONLY_ACCOUNT)], Result.OK),
        ([statement(Condition=ONLY_SERVICES)], Result.OK),
        ([statement(Action=["SNS:Publish"], Condition=ONLY_ACCOUNT)], Result.OK),
        ([statement(Principal={"Service": ["vpce.amazonaws.com"]}, Condition=ONLY_ACCOUNT)], "ok"),
        ([statement(Condition=ONLY_ACCOUNT), statement("Deny", Condition=INSECURE)], Result.OK),
        ([statement()], Result.WARNING),
        ([statement(Condition=BOTH)], Result.WARNING),
        ([statement(Condition=SOMEBODY)], Result.PROBLEM),
        ([statement(Condition=ONLY_ACCOUNT), statement(Principal="*")], Result.WARNING),
        ([statement(Condition={"StringNotEquals": ONLY_ACCOUNT["StringEquals"]})], Result.WARNING),
        ([], Result.PROBLEM),
        ([statement(Principal={"Service": "events.amazonaws.com"})], Result.PROBLEM),
        ([statement(Action="sns:Subscribe")], Result.PROBLEM),
        ([statement(Condition=ONLY_ACCOUNT), statement("Deny", Principal="*")], Result.PROBLEM),
    ],
)
def test_endpoint_services_of_this_account_may_publish_and_nobody_else(
    statements: list[dict[str, Any]], result: Result
) -> None:
    assert check_policy(QUESTION, {"Statement": statements}, "123456789012").result == result


def test_a_single_statement_needs_no_list() -> None:
    policy = {"Statement": statement(Condition=ONLY_ACCOUNT)}
    assert check_policy(QUESTION, policy, "123456789012").result is Result.OK


def subscription(endpoint: str, *, is_confirmed: bool = True) -> Subscription:
    return Subscription(protocol="lambda", endpoint=endpoint, is_confirmed=is_confirmed)


@pytest.mark.parametrize(
    ("subscriptions", "result"),
    [
        ([subscription("arn:aws:lambda:r:1:function:relay")], Result.OK),
        ([subscription("arn:aws:lambda:r:1:function:relay", is_confirmed=False)], Result.PROBLEM),
        ([subscription("arn:aws:lambda:r:1:function:another-relay")], Result.PROBLEM),
        ([], Result.PROBLEM),
    ],
)
def test_the_relaying_function_is_subscribed(
    subscriptions: Sequence[Subscription], result: Result
) -> None:
    assert check_subscriptions(QUESTION, subscriptions, "relay").result is result


@pytest.mark.parametrize(
    ("is_enabled", "has_all_events", "result"),
    [
        (True, True, Result.OK),
        (True, False, Result.WARNING),
        (False, True, Result.WARNING),
        (False, False, Result.WARNING),
    ],
)
def test_a_service_notifies_of_everything(
    *, is_enabled: bool, has_all_events: bool, result: Result
) -> None:
    found = ConnectionNotification(
        notification_id="vpce-nfn-1", is_enabled=is_enabled, has_all_events=has_all_events
    )
    assert check_notification(QUESTION, SERVICE_ID, found).result is result


def test_a_notification_that_ec2_has_disabled_is_told_in_the_words_of_the_finding() -> None:
    found = ConnectionNotification(
        notification_id="vpce-nfn-1", is_enabled=False, has_all_events=True
    )
    check = check_notification(QUESTION, SERVICE_ID, found)
    expected = Finding(kind=FindingKind.NOTIFICATION_DISABLED, subject=SERVICE_ID, evidence={})
    assert (check.mend, check.finding) == (expected.what_to_do, expected.id)


def schedule(**parts: Any) -> Schedule:  # noqa: ANN401 - any field
    ordinary = {
        "name": "sweep",
        "expression": "rate(5 minutes)",
        "is_enabled": True,
        "target_arn": BUS,
        "detail_type": SWEEP,
    }
    return Schedule(**ordinary | parts)


@pytest.mark.parametrize(
    ("found", "result"),
    [
        (schedule(), Result.OK),
        (schedule(is_enabled=False), Result.PROBLEM),
        (schedule(target_arn=f"{BUS}-2"), Result.PROBLEM),
        (schedule(detail_type="Something Else"), Result.PROBLEM),
    ],
)
def test_the_schedule_asks_for_sweeps_on_the_bus(found: Schedule, result: Result) -> None:
    assert check_schedule(QUESTION, found, BUS).result is result


@pytest.mark.parametrize(
    ("expression", "interval"),
    [
        ("rate(5 minutes)", timedelta(minutes=5)),
        ("rate(1 hour)", timedelta(hours=1)),
        ("rate(2 days)", timedelta(days=2)),
        ("cron(0 12 * * ? *)", None),
    ],
)
def test_the_interval_of_a_schedule_is_that_of_its_rate(
    expression: str, interval: timedelta | None
) -> None:
    assert schedule(expression=expression).interval == interval


def test_the_function_that_sweeps_has_been_running() -> None:
    window = timedelta(minutes=15)
    assert check_last_sweep(QUESTION, window, has_run=True).result is Result.OK
    late = check_last_sweep(QUESTION, window, has_run=False)
    assert late.result is Result.PROBLEM
    assert "15 minutes" in late.found


def test_queues_of_what_went_wrong_are_empty() -> None:
    assert check_emptiness(QUESTION, 0, "purge it").result is Result.OK
    check = check_emptiness(QUESTION, 12, "purge it")
    assert (check.result, check.mend) == (Result.PROBLEM, "purge it")
    assert "12" in check.found


@pytest.mark.parametrize(("required", "result"), [(True, Result.OK), (False, Result.PROBLEM)])
def test_acceptance_is_required(*, required: bool, result: Result) -> None:
    service = EndpointService(
        service_id=SERVICE_ID,
        service_name="com.amazonaws.vpce.web",
        load_balancer_arns=(),
        acceptance_required=required,
    )
    assert check_acceptance("web", service).result is result


def test_each_kind_of_finding_about_load_balancers_is_a_check_that_is_well_without_one() -> None:
    nothing = LoadBalancing(load_balancers=(), target_groups=())
    well = list(tell_load_balancing("web", nothing, ()))
    assert [check.id for check in well] == [
        "services/web/enforcement",
        "services/web/listeners",
        "services/web/targets",
    ]
    assert {check.result for check in well} == {Result.OK}
    findings = [
        Finding(kind=FindingKind.NO_HEALTHY_TARGET, subject=arn, evidence={}) for arn in "ab"
    ]
    amiss = list(tell_load_balancing("web", nothing, findings))
    assert [check.id for check in amiss if check.result is Result.PROBLEM] == [
        "services/web/targets",
        "services/web/targets",
    ]
    assert len(amiss) == 4


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
def test_functions_that_have_left_something_get_in(
    seen: ServiceRecord, *, expected: bool
) -> None:
    assert functions_enter(LISTED, [seen]) is expected
    assert not functions_enter(STRANGER, [seen])


@pytest.mark.parametrize(
    ("error", "result"),
    [
        (AccessDeniedError("GetSchedule", "AccessDenied", "no"), Result.UNKNOWN),
        (AwsError("GetSchedule", "InternalError", "no"), Result.UNKNOWN),
        (NotFoundError("GetSchedule", "ResourceNotFoundException", "no"), Result.PROBLEM),
    ],
)
def test_what_cannot_be_looked_at_is_unknown_and_what_is_gone_a_problem(
    error: Exception, result: Result
) -> None:
    def look() -> Sequence[Check]:
        raise error

    (check,) = QUESTION.answer(look)
    assert (check.id, check.subject, check.result) == ("subject/name", "subject", result)
    assert "GetSchedule" in check.found


def test_a_bug_is_no_result() -> None:
    def look() -> Sequence[Check]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        QUESTION.answer(look)


def test_times_of_findings_are_utc() -> None:
    assert NOW == datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
