"""CloudWatch's alarms as publishers: a topic, and its key, have to let them.

ministack publishes without asking.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
"""

import logging
from typing import Any, Final

from ministack.core.responses import get_account_id
from ministack.services import cloudwatch

from sandbox.emulator.service_principals import Deputy

Alarm = dict[str, Any]

_ACTIONS: Final = ("AlarmActions", "OKActions", "InsufficientDataActions")

_log = logging.getLogger(__name__)


def install() -> None:
    """Have alarms publish to those topics alone that admit them."""
    dispatch = cloudwatch._dispatch_alarm_actions

    def dispatch_if_admitted(alarm: Alarm, old_state: str, new_state: str, reason: str) -> None:
        deputy = Deputy(
            service="cloudwatch.amazonaws.com",
            source_arn=alarm.get("AlarmArn", ""),
            source_account=get_account_id(),
        )
        admitted = {name: _admitted(deputy, alarm.get(name) or []) for name in _ACTIONS}
        dispatch({**alarm, **admitted}, old_state, new_state, reason)

    cloudwatch._dispatch_alarm_actions = dispatch_if_admitted


def _admitted(deputy: Deputy, topics: list[str]) -> list[str]:
    found = [topic for topic in topics if deputy.may_publish(topic)]
    for topic in set(topics).difference(found):
        _log.warning("%s, or its key, does not let %s publish", topic, deputy.source_arn)
    return found
