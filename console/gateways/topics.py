"""Topics that endpoint services notify of their connections."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from privatelink.gateways.calls import translated_errors

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient


@dataclass(frozen=True, kw_only=True)
class Subscription:
    """Who is told what is published."""

    protocol: str
    endpoint: str
    is_confirmed: bool


class Topics:
    """The topics of one account and Region."""

    def __init__(self, sns: "SNSClient") -> None:
        self._sns = sns

    def get_policy(self, topic_arn: str) -> Mapping[str, Any]:
        """Return the policy of a topic; empty if it has none."""
        with translated_errors("GetTopicAttributes"):
            attributes = self._sns.get_topic_attributes(TopicArn=topic_arn)["Attributes"]
        policy: Mapping[str, Any] = json.loads(attributes.get("Policy") or "{}")
        return policy

    def list_subscriptions(self, topic_arn: str) -> tuple[Subscription, ...]:
        """Return the subscriptions to a topic."""
        with translated_errors("ListSubscriptionsByTopic"):
            pages = self._sns.get_paginator("list_subscriptions_by_topic").paginate(
                TopicArn=topic_arn
            )
            return tuple(
                Subscription(
                    protocol=row.get("Protocol", ""),
                    endpoint=row.get("Endpoint", ""),
                    # Otherwise it says PendingConfirmation, or Deleted.
                    is_confirmed=row.get("SubscriptionArn", "").startswith("arn:"),
                )
                for page in pages
                for row in page["Subscriptions"]
            )
