"""Schedules of EventBridge Scheduler."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from privatelink.gateways.calls import translated_errors

if TYPE_CHECKING:
    from mypy_boto3_scheduler import EventBridgeSchedulerClient

_RATE: Final = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """When what is told to whom; `interval` is None where the expression is no rate."""

    name: str
    expression: str
    is_enabled: bool
    target_arn: str
    detail_type: str

    @property
    def interval(self) -> timedelta | None:
        """The time between two of its events."""
        rate = _RATE.fullmatch(self.expression)
        return timedelta(**{f"{rate[2]}s": int(rate[1])}) if rate else None


class Schedules:
    """The schedules of one account and Region, in the group that is called default."""

    def __init__(self, scheduler: "EventBridgeSchedulerClient") -> None:
        self._scheduler = scheduler

    def get_schedule(self, name: str) -> Schedule:
        """Return a schedule, or raise NotFoundError."""
        with translated_errors("GetSchedule"):
            found = self._scheduler.get_schedule(Name=name)
        target = found["Target"]
        return Schedule(
            name=found["Name"],
            expression=found["ScheduleExpression"],
            is_enabled=found["State"] == "ENABLED",
            target_arn=target["Arn"],
            detail_type=target.get("EventBridgeParameters", {}).get("DetailType", ""),
        )
