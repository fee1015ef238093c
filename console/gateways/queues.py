"""Queues, and how many messages are in them."""

from typing import TYPE_CHECKING, Final

from privatelink.gateways.calls import translated_errors

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

_COUNTS: Final = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)


class Queues:
    """The queues of one account and Region."""

    def __init__(self, sqs: "SQSClient") -> None:
        self._sqs = sqs

    def count_messages(self, queue_url: str) -> int:
        """Return about how many messages are in a queue, those being looked at included."""
        with translated_errors("GetQueueAttributes"):
            attributes = self._sqs.get_queue_attributes(
                QueueUrl=queue_url, AttributeNames=list(_COUNTS)
            )["Attributes"]
        return sum(int(attributes[name]) for name in _COUNTS)
