"""What AcceptEndpointConnections reads from its environment."""

from dataclasses import dataclass

from privatelink.environment import Arn, Url
from privatelink.settings import StackSettings


@dataclass(frozen=True, kw_only=True)
class Settings(StackSettings):
    """The stack, the function's own queue, and the topic that connections are notified to."""

    follow_up_queue_url: Url
    notification_topic_arn: Arn
