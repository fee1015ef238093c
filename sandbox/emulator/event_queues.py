"""Queues as targets of rules and schedules: whether EventBridge may send to them.

ministack sends without asking. On AWS a queue's policy admits a rule, and a schedule has a role.
"""

from typing import Any

from ministack.core.responses import get_account_id
from ministack.services import sqs

from sandbox.emulator.service_roles import service_may


def admits(queue_arn: str, region: str, target: dict[str, Any], rule: dict[str, Any]) -> bool:
    """Tell whether a rule, or a schedule, may send messages to a queue."""
    source_arn = rule.get("Arn", "")
    if ":scheduler:" in source_arn:
        return service_may(
            service="scheduler.amazonaws.com",
            role_arn=target.get("RoleArn", ""),
            source_arn=source_arn,
            action="sqs:SendMessage",
            resource_arn=queue_arn,
            region=region,
        )
    return bool(
        sqs.queue_policy_allows(queue_arn, "events.amazonaws.com", source_arn, get_account_id())
    )
