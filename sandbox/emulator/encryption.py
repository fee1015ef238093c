"""Customer-managed keys of queues, topics, tables and log groups, and what is asked of them.

Nothing is really encrypted: a key decides who may use what it protects, and that alone is checked.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
"""

from dataclasses import dataclass
from typing import Any, Final

from ministack.core.arn import parse_arn
from ministack.services import cloudwatch_logs, dynamodb, kms, sns, sqs

from sandbox.emulator.scope import scope

GENERATE: Final = "kms:GenerateDataKey"
DECRYPT: Final = "kms:Decrypt"
ENCRYPT: Final = "kms:Encrypt"
SENDING: Final = (GENERATE, DECRYPT)  # the new data key is decrypted once, to check it
RECEIVING: Final = (DECRYPT,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Encryption:
    """The key that protects a resource, and with which words the resource's service asks for it.

    `policy` is the key's, None for a key of AWS, which the account's own principals may use and no
    service.
    """

    key_arn: str
    policy: str | None
    enabled: bool
    keys: dict[str, str]


def of_queue(queue_arn: str) -> Encryption | None:
    """Return what protects a queue; None if that is no key of KMS, or there is no queue."""
    queue = sqs._queue_by_arn(queue_arn) or {}
    key_id = queue.get("attributes", {}).get("KmsMasterKeyId", "")
    return _encryption(key_id, queue_arn, {"aws:sqs:arn": queue_arn})


def of_topic(topic_arn: str) -> Encryption | None:
    """Return what protects a topic, as `of_queue` does."""
    topic = sns._topic_by_arn_any_scope(topic_arn) or {}
    key_id = topic.get("attributes", {}).get("KmsMasterKeyId", "")
    return _encryption(key_id, topic_arn, {"aws:sns:topicArn": topic_arn})


def of_table(table_arn: str) -> Encryption | None:
    """Return what protects a table, as `of_queue` does. An index belongs to its table."""
    address = parse_arn(table_arn)
    name = address.resource.split("/")[1]
    with scope(address.account_id, address.region):
        table = dynamodb._tables.get(name) or {}
    key_id = (table.get("SSEDescription") or {}).get("KMSMasterKeyArn", "")
    context = {"aws:dynamodb:tableName": name, "aws:dynamodb:subscriberId": address.account_id}
    return _encryption(key_id, table_arn, context)


def of_log_group(name: str) -> Encryption | None:
    """Return what protects a log group of the account and Region in scope."""
    group: dict[str, Any] = cloudwatch_logs._log_groups.get(name) or {}
    arn = str(group.get("arn", "")).removesuffix(":*")
    return _encryption(group.get("kmsKeyId") or "", arn, {"aws:logs:arn": arn}, forwards=False)


def _encryption(
    key_id: str, resource_arn: str, context: dict[str, str], *, forwards: bool = True
) -> Encryption | None:
    """Describe a key; services that forward who asks say through which of them it is asked."""
    if not key_id:
        return None
    address = parse_arn(resource_arn)
    account_id, region = address.account_id, address.region
    with scope(account_id, region):
        record = kms._resolve_key(key_id) or {}
    keys = {f"kms:EncryptionContext:{name}": value for name, value in context.items()}
    if forwards:
        keys["kms:ViaService"] = f"{address.service}.{region}.amazonaws.com"
    of_aws = key_id.partition("alias/")[2].startswith("aws/")
    return Encryption(
        key_arn=record.get("Arn", key_id),
        policy=None if of_aws else record.get("Policy") or "",
        enabled=of_aws or record.get("KeyState") == "Enabled",
        keys=keys,
    )
