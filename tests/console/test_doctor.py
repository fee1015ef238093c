"""A healthy deployment is found well; of one that is not, what ails it, and nothing else."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import NamedTuple

import msgspec
import pytest

from console.checks.check import Check
from console.documents.diagnosis import Diagnosis
from sandbox.accounts import CONSUMER, PROVIDER
from sandbox.emulator.faults import Fault, FaultKind
from sandbox.waiting import wait_until
from sandbox.walkthrough import Walkthrough
from tests.console import ailments
from tests.console.asleep import asleep, sweep
from tests.console.golden import assert_golden
from tests.console.running import Result, Run
from tests.e2e.endpoints import allowlisted, endpoint

CONSUMERS = f"consumers/{CONSUMER}"
ENDPOINTS = f"{CONSUMERS}/ap-northeast-1/web"


class Ail(NamedTuple):
    """What goes wrong, what it shows at, how bad it is, and what is said of how to mend it."""

    ailment: Callable[[Walkthrough], AbstractContextManager[None]]
    check_id: str
    result: str
    mend: str


NEXT_SWEEP = "The next sweep mends it"
POLICY = "ConnectionNotificationTopicPolicy"
AILMENTS = (
    Ail(ailments.no_notification, "hints/notification/web", "problem", NEXT_SWEEP),
    Ail(ailments.few_notifications, "hints/notification/web", "warning", NEXT_SWEEP),
    Ail(ailments.closed_topic, "hints/topic-policy", "problem", POLICY),
    Ail(ailments.open_topic, "hints/topic-policy", "warning", POLICY),
    Ail(
        ailments.no_subscription,
        "hints/topic-subscription",
        "problem",
        "Subscribe the function to the topic again",
    ),
    Ail(ailments.strangers_forward, "hints/forwarding", "warning", "ForwardingAccountIds"),
    Ail(ailments.no_schedule, "hints/schedule", "problem", "Enable schedule"),
    Ail(ailments.no_sweep, "hints/last-sweep", "problem", "HintRule"),
    Ail(ailments.dead_letter, "queues/IngressDeadLetters", "problem", "purge the queue"),
    Ail(ailments.no_acceptance, "services/web/acceptance", "problem", "required on again"),
    Ail(ailments.enforcement, "services/web/enforcement", "problem", "switch enforcement"),
    Ail(ailments.no_target, "services/web/targets", "problem", "look at the targets"),
    Ail(ailments.no_route, f"{ENDPOINTS}/routes", "warning", "correct source_cidrs"),
    Ail(ailments.other_zone, f"{ENDPOINTS}/zones", "problem", "Enable apne1-az4"),
    Ail(ailments.no_roles, f"{CONSUMERS}/reader-role", "unknown", "consumer/template.yaml"),
)


@pytest.fixture(scope="module")
def connected(walkthrough: Walkthrough) -> Iterator[str]:
    """An endpoint of the listed consumer, published and open."""
    with endpoint(walkthrough, CONSUMER) as endpoint_id:
        name = walkthrough.parameter_name(CONSUMER)
        wait_until(lambda: name in walkthrough.parameters(CONSUMER), what="publication")
        sweep(walkthrough)
        yield endpoint_id


def amiss(said: Result) -> list[Check]:
    """Return the checks that did not end well."""
    diagnosis = msgspec.json.decode(said.stdout, type=Diagnosis)
    return [check for check in diagnosis.checks if check.result != "ok"]


def numbers(walkthrough: Walkthrough) -> dict[str, str]:
    """Return what depends on how often the allowlist has been deployed before."""
    last = walkthrough.sandbox.client("appconfig", PROVIDER).list_deployments(
        ApplicationId=walkthrough.autopilot["AllowlistApplicationId"],
        EnvironmentId=walkthrough.autopilot["AllowlistEnvironmentId"],
    )["Items"][-1]
    number, version = last["DeploymentNumber"], last["ConfigurationVersion"]
    said = f"deployment {number} of version {version} is"
    return {f"{said} COMPLETE": "deployment N of version M is COMPLETE"}


def load_balancing(walkthrough: Walkthrough) -> dict[str, str]:
    """Return what is at the end of the ARNs of the load balancer and its target group."""
    elbv2 = walkthrough.sandbox.client("elbv2", PROVIDER)
    (balancer,) = elbv2.describe_load_balancers()["LoadBalancers"]
    (group,) = elbv2.describe_target_groups()["TargetGroups"]
    arns = (balancer["LoadBalancerArn"], group["TargetGroupArn"])
    return {arn.rpartition("/")[2]: f"{number:016}" for number, arn in enumerate(arns, start=1)}


class TestWhileNothingHappens:
    @pytest.fixture(scope="class", autouse=True)
    @staticmethod
    def _quiet(walkthrough: Walkthrough, connected: str) -> Iterator[None]:
        """Keep sweeps from mending what tests break, and from finding it."""
        assert connected
        with asleep(walkthrough):
            yield

    def test_a_healthy_deployment_is_well(self, walkthrough: Walkthrough, run: Run) -> None:
        text, document = run("doctor"), run("doctor", "--json")
        assert (text.exit_code, document.exit_code) == (0, 0)
        assert amiss(document) == []
        assert_golden("doctor-well.txt", text.stdout, numbers(walkthrough))
        assert_golden("doctor-well.json", document.stdout, numbers(walkthrough))

    @pytest.mark.parametrize("ail", AILMENTS, ids=[ail.ailment.__name__ for ail in AILMENTS])
    def test_what_ails_it_is_told_with_how_to_mend_it_and_nothing_else(
        self, walkthrough: Walkthrough, run: Run, ail: Ail
    ) -> None:
        with ail.ailment(walkthrough):
            said = run("doctor", "--json")
        (check,) = amiss(said)
        assert (check.id, check.result) == (ail.check_id, ail.result)
        assert ail.mend in check.mend
        assert said.exit_code == {"problem": 2, "unknown": 1, "warning": 0}[ail.result]
        assert amiss(run("doctor", "--json")) == []


@pytest.mark.usefixtures("connected")
def test_what_the_functions_have_found_is_told_once(walkthrough: Walkthrough, run: Run) -> None:
    with ailments.no_roles(walkthrough), ailments.no_target(walkthrough):
        sweep(walkthrough)
        text, document = run("doctor"), run("doctor", "--json")
    sweep(walkthrough)
    assert sorted(check.id for check in amiss(document)) == [
        f"{CONSUMERS}/functions",
        f"{CONSUMERS}/functions",
        f"{CONSUMERS}/reader-role",
        "services/web/targets",
    ]
    known = numbers(walkthrough) | load_balancing(walkthrough)
    assert_golden("doctor.txt", text.stdout, known)
    assert_golden("doctor.json", document.stdout, known)
    assert (text.exit_code, document.exit_code) == (2, 2)
    assert amiss(run("doctor", "--json")) == []


@pytest.mark.usefixtures("connected")
def test_a_finding_that_nothing_else_tells_is_told_from_the_ledger(
    walkthrough: Walkthrough, run: Run
) -> None:
    with ailments.no_opted_in_group(walkthrough):
        sweep(walkthrough)
        said = run("doctor", "--json")
    sweep(walkthrough)
    checks = {check.finding.partition("/")[0]: check for check in amiss(said)}
    assert checks.keys() == {"no-opted-in-group", "opted-out-group"}
    assert {check.subject for check in checks.values()} == {"findings"}
    assert "privatelink-autopilot:managed-ingress = true" in checks["no-opted-in-group"].mend
    assert said.exit_code == 2


def test_without_a_valid_allowlist_everything_else_is_looked_at(
    walkthrough: Walkthrough, run: Run
) -> None:
    with allowlisted(walkthrough, "services: nonsense", guarded=False):
        said, named = run("doctor", "--json"), run("doctor", "--service", "nonsense")
    sweep(walkthrough)
    (check,) = amiss(said)
    assert (check.id, check.result) == ("allowlist/document", "problem")
    assert "nothing is changed anywhere" in check.found
    assert '"queues/UndeliveredEvents"' in said.stdout
    assert said.exit_code == 2
    assert "No service nonsense is looked after" in named.stderr


def test_what_could_not_be_looked_at_is_no_health(walkthrough: Walkthrough, run: Run) -> None:
    walkthrough.sandbox.inject(Fault(kind=FaultKind.DENIED, of="sns:GetTopicAttributes"))
    try:
        said = run("doctor", "--json")
    finally:
        walkthrough.sandbox.clear_faults()
    (check,) = amiss(said)
    assert (check.id, check.result) == ("hints/topic-policy", "unknown")
    assert "sns:GetTopicAttributes" in check.found
    assert said.exit_code == 1


def test_one_service_can_be_asked_for_by_alias_or_id(walkthrough: Walkthrough, run: Run) -> None:
    for name in ("web", walkthrough.service_id):
        said = run("doctor", "--service", name)
        assert said.exit_code == 0
        assert walkthrough.service_id in said.stdout
    unknown = run("doctor", "--service", "nonsense")
    assert (unknown.exit_code, unknown.stdout) == (1, "")
    assert "No service nonsense is looked after" in unknown.stderr
