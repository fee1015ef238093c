"""What the functions and the console called against what the templates allow them to call."""

import pytest

from sandbox.accounts import CONSUMER, PROVIDER, STACK_NAME
from tests.contract.stack import FUNCTIONS, allowed, function, of_type
from tests.security.least_privilege.corpus import Corpus, called

# Lambda itself does these with the function's role: they are no calls of the function.
_DONE_BY_LAMBDA = {
    "kms:Decrypt",
    "kms:GenerateDataKey",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
}
# Sends an asynchronous invocation that failed to the queue of undelivered events.
_DONE_BY_LAMBDA_IF_ASYNCHRONOUS = {"sqs:SendMessage"}
_ASYNCHRONOUS = ("notify_people", "relay_connection_notifications")
# EC2 asks for it within AuthorizeSecurityGroupIngress: it is no call of its own.
_PART_OF_ANOTHER_CALL = {"ec2:CreateTags"}
# SQS and DynamoDB ask for it within other calls.
_ASKED_BY_OTHER_SERVICES = {"kms:Decrypt", "kms:GenerateDataKey"}
_CONSUMER_TEMPLATE = "consumer/template.yaml"
_CONSOLE = f"{STACK_NAME}-console"
_READER = "privatelink-autopilot-consumer-reader"


@pytest.mark.parametrize("package", FUNCTIONS)
def test_a_function_calls_what_its_role_allows_and_nothing_is_allowed_in_vain(
    corpus: Corpus, package: str
) -> None:
    role = function(package)["Role"]["Fn::GetAtt"][0]
    by_lambda = set(_DONE_BY_LAMBDA)
    if package in _ASYNCHRONOUS:
        by_lambda |= _DONE_BY_LAMBDA_IF_ASYNCHRONOUS
    role_name = f"{STACK_NAME}-{package.replace('_', '-')}"
    assert called(corpus.calls, PROVIDER, role_name) == allowed(role) - by_lambda


def test_the_consumers_role_allows_what_is_called_and_nothing_in_vain(corpus: Corpus) -> None:
    assert called(corpus.calls, CONSUMER, "privatelink-autopilot-consumer") == (
        allowed("ConsumerRole", _CONSUMER_TEMPLATE) - _PART_OF_ANOTHER_CALL
    )


def test_the_console_calls_what_its_roles_allow_and_nothing_is_allowed_in_vain(
    corpus: Corpus,
) -> None:
    assert called(corpus.calls, PROVIDER, _CONSOLE) == (
        allowed("ConsoleRole") - _ASKED_BY_OTHER_SERVICES
    )
    assert called(corpus.calls, CONSUMER, _READER) == allowed("ReaderRole", _CONSUMER_TEMPLATE)


def test_every_command_of_the_console_has_done_its_work_and_has_changed_nothing(
    corpus: Corpus,
) -> None:
    assert corpus.exit_codes == {"plan": 0, "what-if": 2, "explain": 0, "status": 0, "doctor": 0}
    roles = (f"/{_CONSOLE}/", f"/{_READER}/")
    own = [c for c in corpus.calls if any(role in c.principal_arn for role in roles)]
    assert own
    assert [call for call in own if call.is_write] == []


def test_nothing_is_refused_but_roles_of_accounts_that_do_not_let_us_in(corpus: Corpus) -> None:
    refused = {
        (call.action, call.refusal)
        for call in corpus.calls
        if call.outcome == "denied" and call.action != "sts:AssumeRole"
    }
    assert refused == set()


def test_every_role_of_the_stack_is_looked_at() -> None:
    roles = set(of_type("AWS::IAM::Role"))
    assert roles == {
        "SweepScheduleRole",
        "AllowlistMonitorRole",  # services act with these two: see test_needed
        "ConsoleRole",
        *(function(package)["Role"]["Fn::GetAtt"][0] for package in FUNCTIONS),
    }
