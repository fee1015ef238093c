"""Encrypted queues and tables: their callers need the key as well, and through the service."""

from typing import Any
from uuid import uuid4

import pytest

from sandbox.accounts import PROVIDER, REGION
from sandbox.process import Client, Sandbox
from tests.integration.sandbox_server.roles import Roles, Statement, allow, document, refusal

DENIED = "AccessDeniedException"
SENDING = ["kms:GenerateDataKey", "kms:Decrypt"]


def delegating(*actions: str) -> Statement:
    """Return a statement that leaves actions on a key to the policies of the account's roles."""
    root = {"AWS": f"arn:aws:iam::{PROVIDER}:root"}
    return {"Effect": "Allow", "Principal": root, "Action": list(actions), "Resource": "*"}


def via(service: str) -> dict[str, Any]:
    return {"StringEquals": {"kms:ViaService": f"{service}.{REGION}.amazonaws.com"}}


@pytest.fixture(scope="module")
def kms(sandbox: Sandbox) -> Client:
    return sandbox.client("kms", PROVIDER)


@pytest.fixture
def key(kms: Client) -> str:
    policy = document(delegating("kms:*"))
    return str(kms.create_key(Policy=policy)["KeyMetadata"]["Arn"])


@pytest.fixture
def queue(sandbox: Sandbox, key: str) -> str:
    """Return the URL of an encrypted queue."""
    sqs = sandbox.client("sqs", PROVIDER)
    attributes = {"KmsMasterKeyId": key}
    url = sqs.create_queue(QueueName=f"encrypted-{uuid4()}", Attributes=attributes)["QueueUrl"]
    return str(url)


def send(sqs: Client, queue: str) -> str:
    return refusal(sqs.send_message, QueueUrl=queue, MessageBody="x")


def test_who_sends_generates_a_data_key_and_decrypts_it(roles: Roles, queue: str, key: str) -> None:
    may_send = allow("sqs:SendMessage")

    assert not send(roles.allowed("sqs", may_send, allow(SENDING, key)), queue)
    for missing in SENDING:
        others = [action for action in SENDING if action != missing]
        sqs = roles.allowed("sqs", may_send, allow(others, key))
        assert send(sqs, queue) == "AccessDenied", missing


def test_who_receives_decrypts(roles: Roles, queue: str, key: str) -> None:
    may_receive = allow("sqs:ReceiveMessage")
    able = roles.allowed("sqs", may_receive, allow("kms:Decrypt", key))
    unable = roles.allowed("sqs", may_receive, allow("kms:GenerateDataKey", key))

    assert not refusal(able.receive_message, QueueUrl=queue)
    assert refusal(unable.receive_message, QueueUrl=queue) == "AccessDenied"


def test_looking_at_a_queue_needs_no_key(roles: Roles, queue: str) -> None:
    sqs = roles.allowed("sqs", allow("sqs:GetQueueAttributes"))

    assert not refusal(sqs.get_queue_attributes, QueueUrl=queue)


def test_the_key_may_be_limited_to_the_service_that_asks_for_it(
    roles: Roles, queue: str, key: str
) -> None:
    may_send = allow("sqs:SendMessage")
    through_sqs = roles.allowed("sqs", may_send, allow(SENDING, key, **via("sqs")))
    through_dynamodb = roles.allowed("sqs", may_send, allow(SENDING, key, **via("dynamodb")))

    assert not send(through_sqs, queue)
    assert send(through_dynamodb, queue) == "AccessDenied"


def test_the_policy_of_the_key_has_to_let_the_caller_too(
    kms: Client, roles: Roles, queue: str, key: str
) -> None:
    sqs = roles.allowed("sqs", allow("sqs:SendMessage"), allow(SENDING, key))

    kms.put_key_policy(
        KeyId=key, PolicyName="default", Policy=document(delegating("kms:DescribeKey"))
    )

    assert send(sqs, queue) == "AccessDenied"


def test_a_key_of_aws_is_for_every_caller_of_the_account(sandbox: Sandbox, roles: Roles) -> None:
    root = sandbox.client("sqs", PROVIDER)
    attributes = {"KmsMasterKeyId": "alias/aws/sqs"}
    url = root.create_queue(QueueName=f"of-aws-{uuid4()}", Attributes=attributes)["QueueUrl"]

    assert not send(roles.allowed("sqs", allow("sqs:SendMessage")), url)


def test_readers_and_writers_of_a_table_decrypt(sandbox: Sandbox, roles: Roles, key: str) -> None:
    table = f"encrypted-{uuid4()}"
    sandbox.client("dynamodb", PROVIDER).create_table(
        TableName=table,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        SSESpecification={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key},
    )
    item = {"pk": {"S": "1"}}
    with_key = roles.allowed(
        "dynamodb", allow("dynamodb:*"), allow("kms:Decrypt", key, **via("dynamodb"))
    )
    without = roles.allowed("dynamodb", allow("dynamodb:*"))

    put = [{"PutRequest": {"Item": item}}]
    for dynamodb, expected in ((with_key, ""), (without, DENIED)):
        assert refusal(dynamodb.put_item, TableName=table, Item=item) == expected
        assert refusal(dynamodb.get_item, TableName=table, Key=item) == expected
        assert refusal(dynamodb.batch_write_item, RequestItems={table: put}) == expected
        assert not refusal(dynamodb.describe_table, TableName=table)


def test_which_queue_or_table_it_is_stands_in_the_encryption_context(
    sandbox: Sandbox, roles: Roles, queue: str, key: str
) -> None:
    role = roles.create(allow("sqs:SendMessage"), allow(SENDING, key))
    send(roles.assume(role, "sqs"), queue)

    arn = f"arn:aws:sqs:{REGION}:{PROVIDER}:{queue.rpartition('/')[2]}"
    asked = [each for each in sandbox.decisions() if each.resource_arn == key]
    assert {(each.kind, each.action) for each in asked} == {
        (kind, action) for kind in ("identity", "resource") for action in SENDING
    }
    assert {each.keys["kms:EncryptionContext:aws:sqs:arn"] for each in asked} == {arn}
    assert {each.keys["kms:ViaService"] for each in asked} == {f"sqs.{REGION}.amazonaws.com"}
    assert {each.keys["kms:CallerAccount"] for each in asked} == {PROVIDER}
