"""Delivers PrivateLink's connection notifications to the topics of the emulator."""

import json
import logging

from ministack.services import sns

from sandbox.emulator.scope import scope
from sandbox.emulator.service_principals import Deputy

_log = logging.getLogger(__name__)


def publish(account_id: str, region: str, topic_arn: str, message: str) -> None:
    """Publish as `vpce.amazonaws.com`, on behalf of the endpoint service that the message names.

    A topic gets nothing unless its policy admits that principal, and so does that of its key:
    https://docs.aws.amazon.com/vpc/latest/privatelink/create-notification-endpoint-service.html
    """
    service_id = json.loads(message)["serviceId"]
    source_arn = f"arn:aws:ec2:{region}:{account_id}:vpc-endpoint-service/{service_id}"
    deputy = Deputy(service="vpce.amazonaws.com", source_arn=source_arn, source_account=account_id)
    with scope(account_id, region):
        if not deputy.may_publish(topic_arn):
            _log.warning("%s, or its key, does not let vpce.amazonaws.com publish", topic_arn)
            return
        sns.publish_internal(topic_arn, message)
