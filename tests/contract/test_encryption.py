"""Encryption of what the stack keeps: by one key, which nobody has but through what it protects."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest

from tests.contract.stack import FUNCTIONS, function, of_type, resources

KEY: Final = {"Fn::GetAtt": ["Key", "Arn"]}
PREFIX: Final = "arn:${AWS::Partition}:"
HERE: Final = "${AWS::Region}:${AWS::AccountId}:"
# By type, the property that holds the key.
ENCRYPTED: Final = {
    "AWS::DynamoDB::Table": ("SSESpecification", "KMSMasterKeyId"),
    "AWS::Logs::LogGroup": ("KmsKeyId",),
    "AWS::SNS::Topic": ("KmsMasterKeyId",),
    "AWS::SQS::Queue": ("KmsMasterKeyId",),
}
# What a role does that needs the key, what of it, and through which service it gets it.
SNS, SQS, DYNAMODB = (
    f"{name}.${{AWS::Region}}.amazonaws.com" for name in ("sns", "sqs", "dynamodb")
)
NEEDS: Final = {
    "sns:Publish": {("kms:Decrypt", SNS), ("kms:GenerateDataKey", SNS)},
    "sqs:ReceiveMessage": {("kms:Decrypt", SQS)},
    "sqs:SendMessage": {("kms:Decrypt", SQS), ("kms:GenerateDataKey", SQS)},
    "dynamodb:BatchWriteItem": {("kms:Decrypt", DYNAMODB)},
    "dynamodb:DeleteItem": {("kms:Decrypt", DYNAMODB)},
    "dynamodb:Query": {("kms:Decrypt", DYNAMODB)},
    "dynamodb:UpdateItem": {("kms:Decrypt", DYNAMODB)},
}

type Statement = Mapping[str, Any]


def properties_of_key() -> Mapping[str, Any]:
    (key,) = of_type("AWS::KMS::Key").values()
    return key


def statements_for(service: object) -> list[Statement]:
    return [
        statement
        for statement in properties_of_key()["KeyPolicy"]["Statement"]
        if statement["Principal"] == {"Service": service}
    ]


def the(statements: list[Statement]) -> Statement:
    (statement,) = statements
    return statement


def listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def sources(statement: Statement) -> list[str]:
    (condition,) = (
        block["aws:SourceArn"]
        for block in statement["Condition"].values()
        if "aws:SourceArn" in block
    )
    return [source["Fn::Sub"] for source in listed(condition)]


@pytest.mark.parametrize("kind", ENCRYPTED)
def test_everything_that_is_kept_is_encrypted_with_the_key_of_the_stack(kind: str) -> None:
    found = of_type(kind)
    assert found
    for name, properties in found.items():
        value: Any = properties
        for part in ENCRYPTED[kind]:
            value = value[part]
        assert value == KEY, name


def test_the_ledger_is_encrypted_by_kms() -> None:
    (ledger,) = of_type("AWS::DynamoDB::Table").values()
    encryption = ledger["SSESpecification"]
    assert (encryption["SSEEnabled"], encryption["SSEType"]) == (True, "KMS")


def test_the_key_is_rotated_and_outlives_the_stack_as_the_ledger_does() -> None:
    assert properties_of_key()["EnableKeyRotation"] is True
    key = resources()["Key"]
    assert key["DeletionPolicy"] == key["UpdateReplacePolicy"] == "Retain"


def test_the_key_refers_to_nothing_that_it_encrypts() -> None:
    policy = json.dumps(properties_of_key())
    assert "Fn::GetAtt" not in policy
    assert set(of_type("AWS::KMS::Alias")["KeyAlias"]["TargetKeyId"].values()) == {"Key"}


def test_the_account_itself_administers_the_key_and_does_not_use_it() -> None:
    first, *others = (
        statement
        for statement in properties_of_key()["KeyPolicy"]["Statement"]
        if "AWS" in statement["Principal"]
    )
    using = {"Encrypt", "Decrypt", "GenerateDataKey", "ReEncryptFrom", "ReEncryptTo", "CreateGrant"}
    assert not using & {action.partition(":")[2] for action in first["Action"]}
    assert not any("*" in action for action in first["Action"])
    for statement in others:
        services = listed(statement["Condition"]["StringEquals"]["kms:ViaService"])
        assert {service["Fn::Sub"] for service in services} <= {SNS, SQS, DYNAMODB}


def test_the_services_that_use_the_key_are_these() -> None:
    services = {
        json.dumps(statement["Principal"]["Service"])
        for statement in properties_of_key()["KeyPolicy"]["Statement"]
        if "Service" in statement["Principal"]
    }
    logs = json.dumps({"Fn::Sub": "logs.${AWS::Region}.amazonaws.com"})
    others = (
        "cloudwatch.amazonaws.com",
        "events.amazonaws.com",
        "sns.amazonaws.com",
        "vpce.amazonaws.com",
    )
    assert services == {logs, *map(json.dumps, others)}


@pytest.mark.parametrize(
    "service",
    [
        "cloudwatch.amazonaws.com",
        "events.amazonaws.com",
        "sns.amazonaws.com",
        "vpce.amazonaws.com",
    ],
)
def test_a_service_uses_the_key_for_resources_of_this_account_only(service: str) -> None:
    statement = the(statements_for(service))
    accounts = statement["Condition"]["StringEquals"]["aws:SourceAccount"]
    assert accounts == {"Ref": "AWS::AccountId"}


@pytest.mark.parametrize(
    "service", ["cloudwatch.amazonaws.com", "sns.amazonaws.com", "vpce.amazonaws.com"]
)
def test_a_service_says_for_which_resource_of_this_account_it_uses_the_key(service: str) -> None:
    """Whether EventBridge tells it to the key of a queue is documented nowhere."""
    assert all(HERE in source for source in sources(the(statements_for(service))))


def test_the_topic_that_may_use_the_key_is_the_one_that_has_a_dead_letter_queue() -> None:
    topic = of_type("AWS::SNS::Topic")["ConnectionNotificationTopic"]
    expected = [f"{PREFIX}sns:{HERE}{topic['TopicName']['Fn::Sub']}"]
    assert sources(the(statements_for("sns.amazonaws.com"))) == expected


def test_the_log_groups_that_the_key_is_used_for_are_those_of_the_functions() -> None:
    statement = the(statements_for({"Fn::Sub": "logs.${AWS::Region}.amazonaws.com"}))
    groups = statement["Condition"]["ArnEquals"]["kms:EncryptionContext:aws:logs:arn"]
    expected = {
        f"{PREFIX}logs:{HERE}log-group:{group['LogGroupName']['Fn::Sub']}"
        for group in of_type("AWS::Logs::LogGroup").values()
    }
    assert {group["Fn::Sub"] for group in groups} == expected
    assert len(expected) == len(FUNCTIONS)


def statements_of_roles() -> Iterator[tuple[str, Statement]]:
    for name, role in of_type("AWS::IAM::Role").items():
        for policy in role["Policies"]:
            for statement in policy["PolicyDocument"]["Statement"]:
                yield name, statement


def granted(role: str) -> set[tuple[str, str]]:
    """Return which actions on the key a role has, and through which service."""
    return {
        (action, service["Fn::Sub"])
        for name, statement in statements_of_roles()
        if name == role and statement["Resource"] == KEY
        for action in listed(statement["Action"])
        for service in listed(statement["Condition"]["StringEquals"]["kms:ViaService"])
    }


@pytest.mark.parametrize("role", sorted(of_type("AWS::IAM::Role")))
def test_a_role_has_of_the_key_what_it_does_needs_and_nothing_else(role: str) -> None:
    actions = {
        action
        for name, statement in statements_of_roles()
        if name == role
        for action in listed(statement["Action"])
    }
    needed = set().union(*(NEEDS.get(action, set()) for action in actions))
    assert granted(role) == needed


def test_no_role_has_the_use_of_any_other_key() -> None:
    for name, statement in statements_of_roles():
        if any(action.startswith("kms:") for action in listed(statement["Action"])):
            assert statement["Resource"] == KEY, name


def test_topic_and_queues_refuse_what_is_not_sent_by_tls() -> None:
    refusing = set()
    policies = {**of_type("AWS::SQS::QueuePolicy"), **of_type("AWS::SNS::TopicPolicy")}
    for policy in policies.values():
        (about,) = policy.get("Queues") or policy["Topics"]
        for statement in policy["PolicyDocument"]["Statement"]:
            if statement["Effect"] == "Deny":
                assert statement["Principal"] == "*"
                assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
                assert statement["Action"] in {"sqs:*", "sns:Publish"}
                refusing.add(about["Ref"])
    assert refusing == {*of_type("AWS::SQS::Queue"), *of_type("AWS::SNS::Topic")}


def test_logs_are_kept_for_a_time_that_is_set() -> None:
    for name, group in of_type("AWS::Logs::LogGroup").items():
        assert group["RetentionInDays"] == {"Ref": "LogRetentionInDays"}, name
    logs = {function(package)["LoggingConfig"]["LogGroup"]["Ref"] for package in FUNCTIONS}
    assert logs == set(of_type("AWS::Logs::LogGroup"))
