"""What the functions called against what the templates allow: neither less nor more."""

import pytest

from sandbox.accounts import CONSUMER, PROVIDER, STRANGER
from sandbox.emulator.calls import ApiCall
from sandbox.waiting import wait_until
from sandbox.walkthrough import STACK_NAME, Walkthrough
from tests.contract.stack import FUNCTIONS, function, of_type, resources
from tests.e2e.endpoints import allowlisted, endpoint

pytestmark = pytest.mark.e2e

# Lambda itself does these with the function's role; in the sandbox they are no calls over HTTP.
_DONE_BY_LAMBDA = {
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
}
# Sends an asynchronous invocation that failed to the queue of undelivered events.
_DONE_BY_LAMBDA_FOR_THE_RELAY = {"sqs:SendMessage"}
# EC2 asks for it within AuthorizeSecurityGroupIngress: it is no call of its own.
_PART_OF_ANOTHER_CALL = {"ec2:CreateTags"}


@pytest.fixture(scope="module")
def calls(walkthrough: Walkthrough) -> tuple[ApiCall, ...]:
    """All calls after every path of the functions has been taken."""
    name = walkthrough.parameter_name(CONSUMER)
    with endpoint(walkthrough, CONSUMER):
        wait_until(lambda: name in walkthrough.parameters(CONSUMER), what="publication")
        wait_until(lambda: walkthrough.ingress_rules(CONSUMER), what="inbound rule")
    document = walkthrough.allowlist.replace("hold", "reject")
    with allowlisted(walkthrough, document), endpoint(walkthrough, STRANGER) as stranger:
        wait_until(
            lambda: walkthrough.connection_state(stranger) == "rejected", what="the rejection"
        )
    return walkthrough.sandbox.calls()


def allowed(role: str, template: str = "template.yaml") -> set[str]:
    """Return the actions that a role of a template may perform."""
    actions: set[str] = set()
    for policy in resources(template)[role]["Properties"]["Policies"]:
        for statement in policy["PolicyDocument"]["Statement"]:
            action = statement["Action"]
            actions |= {action} if isinstance(action, str) else set(action)
    return actions


def called(calls: tuple[ApiCall, ...], account_id: str, role_name: str) -> set[str]:
    """Return the actions that sessions of a role have performed."""
    principal = f"arn:aws:sts::{account_id}:assumed-role/{role_name}/"
    return {call.action for call in calls if call.principal_arn.startswith(principal)}


@pytest.mark.parametrize("package", FUNCTIONS)
def test_a_function_calls_what_its_role_allows_and_nothing_is_allowed_in_vain(
    calls: tuple[ApiCall, ...], package: str
) -> None:
    role = function(package)["Role"]["Fn::GetAtt"][0]
    by_lambda = set(_DONE_BY_LAMBDA)
    if package == "relay_connection_notifications":
        by_lambda |= _DONE_BY_LAMBDA_FOR_THE_RELAY
    role_name = f"{STACK_NAME}-{package.replace('_', '-')}"
    assert called(calls, PROVIDER, role_name) == allowed(role) - by_lambda


def test_the_consumers_role_allows_what_is_called_and_nothing_in_vain(
    calls: tuple[ApiCall, ...],
) -> None:
    assert called(calls, CONSUMER, "privatelink-autopilot-consumer") == (
        allowed("ConsumerRole", "consumer/template.yaml") - _PART_OF_ANOTHER_CALL
    )


def test_nothing_is_refused_but_roles_of_accounts_that_do_not_let_us_in(
    calls: tuple[ApiCall, ...],
) -> None:
    refused = {
        (call.action, call.refusal)
        for call in calls
        if call.outcome == "denied" and call.action != "sts:AssumeRole"
    }
    assert refused == set()


def test_every_role_of_the_stack_is_looked_at() -> None:
    roles = set(of_type("AWS::IAM::Role"))
    assert roles == {
        "SweepScheduleRole",
        *(function(package)["Role"]["Fn::GetAtt"][0] for package in FUNCTIONS),
    }
