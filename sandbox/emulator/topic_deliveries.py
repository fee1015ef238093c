"""SNS to Lambda: as an asynchronous invocation, if the function lets the topic invoke it.

ministack invokes once, without asking, and knows no dead-letter queues of subscriptions.
https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html
"""

import json
import logging
from typing import Any, Final

from ministack.core.arn import parse_arn
from ministack.services import lambda_svc, sns

from sandbox.emulator.service_principals import Deputy

Subscription = dict[str, Any]

_SERVICE: Final = "sns.amazonaws.com"

_log = logging.getLogger(__name__)


def install() -> None:
    """Deliver to functions as SNS does."""
    sns._deliver_to_lambda = _deliver


def _deliver(
    function_arn: str, envelope: str, topic_arn: str, subscription_arn: str, *_rest: object
) -> None:
    deputy = Deputy(
        service=_SERVICE, source_arn=topic_arn, source_account=parse_arn(topic_arn).account_id
    )
    function, config, name = lambda_svc._get_func_record_for_ref(function_arn)
    found = lambda_svc.function_policy_for_arn(function_arn)
    if function and deputy.may("lambda:InvokeFunction", function_arn, found[0] if found else None):
        record = lambda_svc._execution_record_for_config(function, config)
        lambda_svc.invoke_async_with_retry(record, _event(envelope, subscription_arn))
        return
    # Without permission SNS does not try again: the message is dead at once.
    _log.warning("%s may not invoke %s", topic_arn, name)
    if queue_arn := _dead_letter_queue(topic_arn, subscription_arn):
        sns._deliver_to_sqs(queue_arn, envelope, raw=False, raw_message="", topic_arn=topic_arn)


def _event(envelope: str, subscription_arn: str) -> dict[str, Any]:
    record = {
        "EventVersion": "1.0",
        "EventSubscriptionArn": subscription_arn,
        "EventSource": "aws:sns",
        "Sns": json.loads(envelope),
    }
    return {"Records": [record]}


def _dead_letter_queue(topic_arn: str, subscription_arn: str) -> str:
    topic = sns._topic_by_arn_any_scope(topic_arn) or {}
    subscriptions: list[Subscription] = topic.get("subscriptions", [])
    policies = [
        subscription.get("attributes", {}).get("RedrivePolicy")
        for subscription in subscriptions
        if subscription["arn"] == subscription_arn
    ]
    policy = policies[0] if policies else None
    document = json.loads(policy) if isinstance(policy, str) else policy or {}
    return str(document.get("deadLetterTargetArn", ""))
