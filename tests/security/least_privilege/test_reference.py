"""The policies against AWS's own list of actions, resources and condition keys."""

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

import pytest

from tests.contract.stack import ROOT
from tests.security.least_privilege import reference
from tests.security.least_privilege.corpus import Corpus
from tests.security.least_privilege.documents import Policy
from tests.security.least_privilege.statements import Statement, statements

TEMPLATES = ("template.yaml", "consumer/template.yaml")
# What a key's policy has to say for services is said as AWS documents it, patterns included, and
# with a condition on all of it, though kms:DescribeKey does not know that key.
# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/logs/encrypt-log-data-kms.html
# https://docs.aws.amazon.com/vpc/latest/privatelink/create-notification-endpoint-service.html
PATTERNS_OF_AWS = {"kms:GenerateDataKey*", "kms:ReEncrypt*"}
CONDITION_OF_AWS = ("kms:DescribeKey", "kms:EncryptionContext:aws:logs:arn")


def granted(corpus: Corpus) -> Iterator[tuple[Policy, Statement, str]]:
    """Return every action that a policy names."""
    for policy in corpus.policies:
        for statement in statements(policy.document):
            for action in statement.actions:
                yield policy, statement, action


def test_every_action_exists_and_is_named_in_full(corpus: Corpus) -> None:
    unknown = {
        (str(policy), action)
        for policy, statement, action in granted(corpus)
        if not reference.exists(action)
        and statement.effect != "Deny"
        and not (is_of_a_service(statement) and action in PATTERNS_OF_AWS)
    }
    assert unknown == set()


def is_of_a_service(statement: Statement) -> bool:
    """Tell whether a statement is about AWS services alone."""
    return {kind for kind, _ in statement.principals} == {"Service"}


def test_every_resource_is_one_that_the_action_knows(corpus: Corpus) -> None:
    """And all of them are meant only where AWS cannot limit an action to any."""
    wrong = [
        f"{policy}: {action} on {resource}"
        for policy, statement, action in granted(corpus)
        if policy.kind == "identity"
        for resource in statement.resources
        if not fits(action, resource)
    ]
    assert wrong == []


def fits(action: str, resource: str) -> bool:
    """Tell whether a resource is as narrow a pattern as AWS knows for an action."""
    if not reference.has_resource_level(action):
        return resource == "*"
    return resource != "*" and reference.is_about(action, resource)


def test_all_resources_are_meant_by_calls_that_describe_and_by_no_others(corpus: Corpus) -> None:
    open_to_all = {
        action
        for policy, statement, action in granted(corpus)
        if policy.kind == "identity" and "*" in statement.resources
    }
    assert open_to_all
    assert {action for action in open_to_all if ":Describe" not in action} == set()


def test_every_condition_key_is_one_that_the_action_knows(corpus: Corpus) -> None:
    wrong = [
        f"{policy}: {key} of {action}"
        for policy, statement, action in granted(corpus)
        if statement.effect == "Allow" and reference.exists(action)
        for resource in statement.resources or (policy.holder,)
        for _, key, _ in statement.conditions
        if (action, key) != CONDITION_OF_AWS and not knows(policy, action, resource, key)
    ]
    assert wrong == []


def knows(policy: Policy, action: str, resource: str, key: str) -> bool:
    """Tell whether AWS has a key at hand when it decides about an action on a resource."""
    asked = policy.holder if resource == "*" and policy.kind == "resource" else resource
    known = reference.keys(action, asked)
    return any(fnmatchcase(key.lower(), each.lower()) for each in known)


@pytest.mark.parametrize("template", TEMPLATES)
def test_where_all_resources_are_meant_the_reason_stands_beside_it(template: str) -> None:
    lines = (ROOT / template).read_text().splitlines()
    places = [number for number, line in enumerate(lines) if re.search(r'Resource: "?\*', line)]
    assert places
    assert [number + 1 for number in places if "#" not in "\n".join(around(lines, number))] == []


def around(lines: list[str], number: int) -> list[str]:
    """Return a statement up to a line of it, with the comment above."""
    start = number
    while not re.match(r"\s*- (Sid|Effect):", lines[start]):
        start -= 1
    while lines[start - 1].lstrip().startswith("#"):
        start -= 1
    return lines[start : number + 1]


def test_the_reference_is_read_as_it_is_meant() -> None:
    assert reference.exists("sqs:SendMessage")
    assert not reference.exists("sqs:SendMessageTwice")
    assert not reference.exists("nothing:SendMessage")
    assert not reference.exists("sqs:*")
    assert not reference.has_resource_level("ec2:DescribeVpcs")
    assert reference.is_about("sqs:SendMessage", "arn:aws:sqs:us-east-1:111122223333:queue")
    assert not reference.is_about("sqs:SendMessage", "arn:aws:sns:us-east-1:111122223333:topic")
    stream = "arn:aws:logs:us-east-1:111122223333:log-group:name:*"
    assert reference.is_about("logs:PutLogEvents", stream)
    assert "ec2:CreateAction" in reference.keys("ec2:CreateTags", "*")
    assert "kms:ViaService" not in reference.keys("sqs:SendMessage", "*")
