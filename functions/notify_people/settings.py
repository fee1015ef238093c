"""What NotifyPeople reads from its environment."""

from dataclasses import dataclass

from privatelink.environment import Arn


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The topic that people are subscribed to."""

    attention_topic_arn: Arn
