"""Delivers PrivateLink's connection notifications to the topics of the emulator."""

import json
import logging

from ministack.services import sns

from sandbox.emulator.scope import scope

_log = logging.getLogger(__name__)


def publish(account_id: str, region: str, topic_arn: str, message: str) -> None:
    """Publish as `vpce.amazonaws.com`, on behalf of the endpoint service that the message names.

    A topic whose policy does not admit that principal gets nothing, as on AWS:
    https://docs.aws.amazon.com/vpc/latest/privatelink/create-notification-endpoint-service.html
    """
    service_id = json.loads(message)["serviceId"]
    source_arn = f"arn:aws:ec2:{region}:{account_id}:vpc-endpoint-service/{service_id}"
    with scope(account_id, region):
        if not sns.topic_policy_allows(topic_arn, "vpce.amazonaws.com", source_arn, account_id):
            _log.warning("%s does not let vpce.amazonaws.com publish", topic_arn)
            return
        sns.publish_internal(topic_arn, message)
