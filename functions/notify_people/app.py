"""Tells people of what waits for them: requests that are held, and findings.

Trigger: `Endpoint Connection Held` and `Finding Raised` events on the stack's bus.
Effect: one message an event on the topic that people are subscribed to.
Permissions: sns:Publish on that topic.

EventBridge could publish by itself; but SNS says that a key cannot tell for which rule it does so
(https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html), and people read sentences.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from notify_people.settings import Settings
from notify_people.wording import word
from privatelink.environment import from_environ
from privatelink.gateways.clients import client
from privatelink.gateways.topics import Topic


@dataclass(frozen=True, kw_only=True)
class NotifyPeople:
    """Turns events into messages."""

    topic: Topic

    def __call__(self, detail_type: object, detail: object) -> None:
        """Send the message about one event."""
        self.topic.publish(word(detail_type, detail))


@cache
def use_case() -> NotifyPeople:
    """Build the use case from the environment."""
    settings = from_environ(Settings, os.environ)
    return NotifyPeople(topic=Topic(client("sns"), settings.attention_topic_arn))


def lambda_handler(event: Mapping[str, Any], _context: object) -> None:
    """Tell of one event; what fails is retried by Lambda, then dead-lettered."""
    use_case()(event.get("detail-type"), event.get("detail"))


if "AWS_LAMBDA_RUNTIME_API" in os.environ:
    # In Lambda the clients are made during INIT.
    use_case()
