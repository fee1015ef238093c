"""EventBridge's clocks, which look at the time more often than ministack's."""

from typing import Final

from ministack.services import eventbridge, scheduler

_TICK_SECONDS: Final = 1.0


def install() -> None:
    """Run schedules and scheduled rules within a second of when they are due."""
    scheduler._SCHEDULE_TICK_INTERVAL = _TICK_SECONDS
    eventbridge._SCHEDULER_TICK_INTERVAL = _TICK_SECONDS
