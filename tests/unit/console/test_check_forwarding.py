"""Who may put events on the bus, and whether they are consumers."""

from typing import Any

import pytest

from console.checks.check import Question, Result
from console.checks.forwarding import check_policy, forwarders

QUESTION = Question("hints/forwarding", "policy of event bus bus")
CONSUMER = "111122223333"
OF_ORGANIZATION = {"StringEquals": {"aws:PrincipalOrgID": "o-exampleorgid", "events:source": "x"}}


def statement(principal: object, **parts: Any) -> dict[str, Any]:  # noqa: ANN401 - a policy's JSON
    return {
        "Effect": "Allow",
        "Principal": principal,
        "Action": "events:PutEvents",
        "Condition": {"StringEquals": {"events:source": "aws.ec2"}},
        **parts,
    }


@pytest.mark.parametrize(
    ("statements", "result"),
    [
        ([], Result.OK),
        ([statement({"AWS": CONSUMER})], Result.OK),
        ([statement({"AWS": [f"arn:aws:iam::{CONSUMER}:root"]})], Result.OK),
        ([statement("*", Condition=OF_ORGANIZATION)], Result.OK),
        ([statement("444455556666", Action="events:PutRule")], Result.OK),
        ([statement("444455556666", Effect="Deny")], Result.OK),
        ([statement({"AWS": [CONSUMER, "444455556666"]})], Result.WARNING),
        ([statement({"AWS": "arn:aws:iam::444455556666:role/x"})], Result.WARNING),
        ([statement({"AWS": "444455556666"}, Action=["events:*"])], Result.WARNING),
        ([statement("*")], Result.WARNING),
        ([statement({"AWS": "*"})], Result.WARNING),
    ],
)
def test_only_consumers_and_accounts_of_an_organization_may_put_events(
    statements: list[dict[str, Any]], result: Result
) -> None:
    policy = {"Statement": statements}
    assert check_policy(QUESTION, policy, {CONSUMER}).result is result


def test_who_forwards_is_named() -> None:
    both = [statement({"AWS": CONSUMER}), statement("*", Condition=OF_ORGANIZATION)]
    assert forwarders({"Statement": both}) == {CONSUMER, "o-exampleorgid"}
    check = check_policy(QUESTION, {"Statement": both}, {CONSUMER})
    assert check.found == f"events may be put by {CONSUMER}, o-exampleorgid"


def test_a_bus_without_a_policy_takes_no_events_of_others() -> None:
    assert check_policy(QUESTION, {}, set()).found == "no other account puts events"


def test_strangers_are_named_with_what_they_can_do() -> None:
    check = check_policy(QUESTION, {"Statement": statement({"AWS": "444455556666"})}, {CONSUMER})
    assert "444455556666. They can have the functions look in vain" in check.found
