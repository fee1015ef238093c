"""The ways in which the proofs change a policy, on a small one."""

from typing import Any

from tests.security.least_privilege.arns import neighbours, opened
from tests.security.least_privilege.narrowing import reductions
from tests.security.least_privilege.statements import Document, Statement, statements
from tests.security.least_privilege.widening import widenings

QUEUE = "arn:aws:sqs:us-east-1:111122223333:requests"
ROLE: dict[str, Any] = {
    "Statement": [
        {"Sid": "Take", "Effect": "Allow", "Action": ["sqs:Get", "sqs:Set"], "Resource": QUEUE},
        {"Effect": "Deny", "Action": "sqs:*", "Resource": "*"},
    ]
}
TRUST: dict[str, Any] = {
    "Statement": {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::111122223333:role/one"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": ["a", "b"]}},
    }
}


def actions(document: Document) -> list[str]:
    return sorted(action for statement in statements(document) for action in statement.actions)


def test_a_statement_is_read_and_written_without_loss() -> None:
    for document in (ROLE, TRUST):
        for statement in statements(document):
            assert Statement.read(statement.written()) == statement


def test_each_grant_is_taken_away_in_turn_and_nothing_else() -> None:
    reduced = [actions(change.document) for change in reductions(ROLE)]
    assert reduced == [["sqs:*", "sqs:Set"], ["sqs:*", "sqs:Get"]]


def test_each_value_of_a_condition_is_taken_away_in_turn() -> None:
    first, *values = reductions(TRUST)
    assert first.document["Statement"] == []
    assert [
        change.document["Statement"][0]["Condition"]["StringEquals"]["sts:ExternalId"]
        for change in values
    ] == [["b"], ["a"]]


def test_a_role_is_widened_in_its_actions_and_resources_and_by_what_it_denies() -> None:
    ways = [change.what.rpartition(": ")[2] for change in widenings("identity", ROLE)]
    assert ways == [
        "sqs:Get becomes sqs:*",
        "sqs:Set becomes sqs:*",
        f"{QUEUE} becomes arn:aws:sqs:*:111122223333:requests",
        f"{QUEUE} becomes arn:aws:sqs:us-east-1:*:requests",
        f"{QUEUE} becomes arn:aws:sqs:us-east-1:111122223333:*",
        f"{QUEUE} becomes arn:aws:sqs:us-east-1:111122223333:*requests",
        f"{QUEUE} becomes arn:aws:sqs:us-east-1:111122223333:requests*",
        f"{QUEUE} becomes *",
        "removed",
    ]


def test_a_trust_policy_is_widened_in_its_principals_and_conditions() -> None:
    ways = [change.what.rpartition(": ")[2] for change in widenings("trust", TRUST)]
    assert ways == [
        "sts:AssumeRole becomes sts:*",
        "arn:aws:iam::111122223333:role/one becomes arn:aws:iam::111122223333:root",
        "arn:aws:iam::111122223333:role/one becomes *",
        "without sts:ExternalId",
        "sts:ExternalId if it exists",
        *(f"sts:ExternalId like {like}" for like in ("*a", "a*", "*", "*b", "b*", "*")),
    ]


def test_where_one_value_of_a_condition_is_opened_the_others_stay() -> None:
    wider = [
        change.document["Statement"][0].get("Condition", {}).get("StringLike")
        for change in widenings("trust", TRUST)
    ]
    assert {"sts:ExternalId": ["*a", "b"]} in wider
    assert {"sts:ExternalId": ["a", "*b"]} in wider


def test_a_neighbour_differs_in_one_place() -> None:
    assert list(neighbours("arn:aws:ssm:us-east-1:111122223333:parameter/path/ip")) == [
        "arn:aws:ssm:us-west-2:111122223333:parameter/path/ip",
        "arn:aws:ssm:us-east-1:999988887777:parameter/path/ip",
        "arn:aws:ssm:us-east-1:111122223333:another-one/path/ip",
        "arn:aws:ssm:us-east-1:111122223333:parameter-2/path/ip",
        "arn:aws:ssm:us-east-1:111122223333:2-parameter/path/ip",
        "arn:aws:ssm:us-east-1:111122223333:parameter/another-one/ip",
        "arn:aws:ssm:us-east-1:111122223333:parameter/path-2/ip",
        "arn:aws:ssm:us-east-1:111122223333:parameter/2-path/ip",
        "arn:aws:ssm:us-east-1:111122223333:parameter/path/another-one",
        "arn:aws:ssm:us-east-1:111122223333:parameter/path/ip-2",
        "arn:aws:ssm:us-east-1:111122223333:parameter/path/2-ip",
    ]
    assert list(neighbours("*")) == []


def test_a_pattern_is_opened_in_one_place() -> None:
    assert list(opened("arn:aws:ssm:*:111122223333:parameter/path/*")) == [
        "arn:aws:ssm:*:*:parameter/path/*",
        "arn:aws:ssm:*:111122223333:*",
        "arn:aws:ssm:*:111122223333:*parameter/path/*",
        "arn:aws:ssm:*:111122223333:*/path/*",
        "arn:aws:ssm:*:111122223333:parameter/*path/*",
        "arn:aws:ssm:*:111122223333:parameter/*/*",
        "*",
    ]
    assert list(opened("*")) == []


def test_a_value_is_opened_in_front_behind_and_between_its_slashes_colons_and_dots() -> None:
    assert list(opened("true")) == ["*true", "true*", "*"]
    assert {"*/region/stack", "account/*/stack", "account/region/*"} <= set(
        opened("account/region/stack")
    )
    assert {"sqs.*.com", "*.amazonaws.com", "sqs.amazonaws.com*"} <= set(
        opened("sqs.amazonaws.com")
    )
    assert "*:*ingress.*" in opened("*:ingress.*")
