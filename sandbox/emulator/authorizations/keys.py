"""KMS keys: callers of an encrypted queue, topic or table need the key as well.

SQS, SNS and DynamoDB ask KMS in the caller's name, and say so in `kms:ViaService`. Of a table's
readers and writers DynamoDB asks kms:Decrypt, for the table's own key:
https://docs.aws.amazon.com/kms/latest/developerguide/services-dynamodb.html and, that writers need
nothing else, https://github.com/aws/aws-cdk/issues/10010.
"""

from typing import Final

from ministack.core import iam_actions

from sandbox.emulator import encryption
from sandbox.emulator.authorizations.request import Check, Keys, Request
from sandbox.emulator.encryption import DECRYPT, RECEIVING, SENDING, Encryption

_OF_MESSAGES: Final = {
    "ReceiveMessage": RECEIVING,
    "SendMessage": SENDING,
    "SendMessageBatch": SENDING,
    "Publish": SENDING,
    "PublishBatch": SENDING,
}
_OF_ITEMS: Final = frozenset(
    {
        "BatchGetItem",
        "BatchWriteItem",
        "DeleteItem",
        "GetItem",
        "PutItem",
        "Query",
        "Scan",
        "UpdateItem",
    }
)


def checks(request: Request) -> tuple[Check, ...]:
    """Return what is asked of keys beside what is asked of queues, topics and tables."""
    if request.service == "sqs" and request.action in _OF_MESSAGES:
        key = encryption.of_queue(request.guess)
        return _uses(request, key, _OF_MESSAGES[request.action])
    if request.service == "sns" and request.action in _OF_MESSAGES:
        key = encryption.of_topic(request.guess)
        return _uses(request, key, _OF_MESSAGES[request.action])
    if request.service == "dynamodb" and request.action in _OF_ITEMS:
        arns = iam_actions.dynamodb_resource_arns(request.body, request.region, request.account_id)
        return tuple(
            check for arn in arns for check in _uses(request, encryption.of_table(arn), (DECRYPT,))
        )
    return ()


def _uses(request: Request, key: Encryption | None, actions: tuple[str, ...]) -> tuple[Check, ...]:
    if key is None or key.policy is None:
        return ()
    keys: Keys = {**key.keys, "kms:CallerAccount": request.account_id}
    return tuple(Check(action, key.key_arn, keys, "kms") for action in actions)
