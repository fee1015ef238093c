"""What is well, what is amiss, and how bad that is, by plain data."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from console.allowlist_history import Deployment
from console.checks.allowlist import check_deployment, check_document
from console.checks.check import Check, Question, Result
from console.checks.notifications import check_notification
from console.checks.queues import check_emptiness
from console.checks.services import check_acceptance, tell_load_balancing
from console.checks.stack import check_mode, check_status, check_version
from console.checks.sweeps import check_last_sweep, check_schedule
from console.gateways.schedules import Schedule
from privatelink.errors import (
    AccessDeniedError,
    AllowlistUnavailableError,
    AwsError,
    NotFoundError,
)
from privatelink.event_names import SWEEP
from privatelink.findings import Finding, FindingKind
from privatelink.gateways.connection_notifications import ConnectionNotification
from privatelink.load_balancing import LoadBalancing
from privatelink.model import EndpointService
from tests.unit.builders import NOW, SERVICE_ID

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


def schedule(
    *,
    expression: str = "rate(5 minutes)",
    is_enabled: bool = True,
    target_arn: str = BUS,
    detail_type: str = SWEEP,
) -> Schedule:
    return Schedule(
        name="sweep",
        expression=expression,
        is_enabled=is_enabled,
        target_arn=target_arn,
        detail_type=detail_type,
    )


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
