"""Whose endpoint services may publish to the topic, and who is told."""

from collections.abc import Sequence
from typing import Any

import pytest

from console.checks.check import Question, Result
from console.checks.topic import check_policy, check_subscriptions
from console.gateways.topics import Subscription

QUESTION = Question("subject/name", "something")


def statement(effect: str = "Allow", **parts: Any) -> dict[str, Any]:  # noqa: ANN401 - a policy's JSON
    ordinary = {"Principal": {"Service": "vpce.amazonaws.com"}, "Action": "sns:Publish"}
    return {"Effect": effect, **ordinary, **parts}


ONLY_ACCOUNT = {"StringEquals": {"aws:SourceAccount": "123456789012"}}
ONLY_SERVICES = {
    "ArnLike": {"aws:SourceArn": "arn:aws:ec2:ap-northeast-1:123456789012:vpc-endpoint-service/*"}
}
ANY_SERVICES = {"ArnLike": {"aws:SourceArn": "arn:aws:ec2:*:*:vpc-endpoint-service/*"}}
OF_THE_OWNER = {"StringEquals": {"AWS:SourceOwner": "123456789012"}}  # as SNS makes topics
LISTED_SERVICE = {"Service": ["vpce.amazonaws.com"]}
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
        ([statement(Principal=LISTED_SERVICE, Condition=ONLY_ACCOUNT)], Result.OK),
        ([statement(Condition=ONLY_ACCOUNT), statement("Deny", Condition=INSECURE)], Result.OK),
        ([statement()], Result.WARNING),
        ([statement(Condition=BOTH)], Result.WARNING),
        ([statement(Condition=SOMEBODY)], Result.PROBLEM),
        ([statement(Condition=ONLY_ACCOUNT), statement(Principal="*")], Result.WARNING),
        ([statement(Condition=ONLY_ACCOUNT | ANY_SERVICES)], Result.OK),
        ([statement(Condition=ANY_SERVICES)], Result.WARNING),
        ([statement(Condition=SOMEBODY | ONLY_SERVICES)], Result.PROBLEM),
        ([statement(Condition=ONLY_ACCOUNT), statement(Condition=SOMEBODY)], Result.WARNING),
        ([statement(Principal={"AWS": "*"}, Condition=OF_THE_OWNER)], Result.PROBLEM),
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
