"""Event buses, and who may put events on them."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from privatelink.gateways.calls import translated_errors

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient


class Buses:
    """The event buses of one account and Region."""

    def __init__(self, events: "EventBridgeClient") -> None:
        self._events = events

    def get_policy(self, name: str) -> Mapping[str, Any]:
        """Return the policy of a bus; empty if it has none."""
        with translated_errors("DescribeEventBus"):
            answer = self._events.describe_event_bus(Name=name)
        policy: Mapping[str, Any] = json.loads(answer.get("Policy") or "{}")
        return policy
