"""A topic that people are subscribed to."""

from typing import TYPE_CHECKING, NamedTuple

from privatelink.gateways.calls import translated_errors

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient


class Message(NamedTuple):
    """What a person reads; the subject, that of a mail, is one line of at most 100 characters.

    SNS takes ASCII alone in it: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
    """

    subject: str
    text: str


class Topic:
    """One topic."""

    def __init__(self, sns: "SNSClient", arn: str) -> None:
        self._sns = sns
        self._arn = arn

    def publish(self, message: Message) -> None:
        """Send a message to whoever is subscribed."""
        with translated_errors("Publish"):
            self._sns.publish(TopicArn=self._arn, Subject=message.subject, Message=message.text)
