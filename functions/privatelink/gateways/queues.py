"""The queue of a function, to which it may send itself a reminder."""

import json
from datetime import timedelta
from typing import TYPE_CHECKING

from privatelink.event_names import EVENT_SOURCE, FOLLOW_UP
from privatelink.gateways.calls import translated_errors
from privatelink.model import ServiceId

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class FollowUpQueue:
    """A queue that carries EventBridge events and, in the same form, follow-ups."""

    def __init__(self, sqs: "SQSClient", url: str) -> None:
        self._sqs = sqs
        self._url = url

    def send_follow_up(self, service_id: ServiceId, *, follow_up: int, delay: timedelta) -> None:
        """Have a service looked at again after a delay of at most 15 minutes."""
        event = {
            "source": EVENT_SOURCE,
            "detail-type": FOLLOW_UP,
            "detail": {"service_id": service_id, "follow_up": follow_up},
        }
        with translated_errors("SendMessage"):
            self._sqs.send_message(
                QueueUrl=self._url,
                MessageBody=json.dumps(event),
                DelaySeconds=int(delay.total_seconds()),
            )
