"""Whether everything is compared with the allowlist from time to time, whatever gets lost."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from console.checks.check import Check, Question
from console.deployed import DeployedStack
from console.gateways.log_groups import LogGroups
from console.gateways.plumbing import Plumbing
from console.gateways.schedules import Schedule
from privatelink.event_names import SWEEP

_INTERVALS: Final = 3
"""So many sweeps may be missing before it is said."""
_LONGEST: Final = timedelta(hours=1)
"""What the template admits, for a schedule that does not tell."""


def check_sweeps(plumbing: Plumbing, deployed: DeployedStack, now: datetime) -> tuple[Check, ...]:
    """Check the schedule, and that the function that sweeps has been running."""
    name = deployed.physical_ids.get("SweepSchedule", "")
    question = Question("hints/schedule", f"schedule {name}")

    def look() -> Iterator[Check]:
        schedule = plumbing.schedules.get_schedule(name)
        yield check_schedule(question, schedule, deployed.outputs.get("EventBusArn", ""))
        window = _INTERVALS * (schedule.interval or _LONGEST)
        yield from _look_at_logs(plumbing.log_groups, deployed, now, window)

    return question.answer(look)


def _look_at_logs(
    log_groups: LogGroups, deployed: DeployedStack, now: datetime, window: timedelta
) -> tuple[Check, ...]:
    """Look for any line of the function's log.

    If the function fails it logs, too: then the messages that it fails on end as dead letters.
    """
    name = deployed.physical_ids.get("AcceptEndpointConnectionsLogs", "")
    question = Question("hints/last-sweep", f"log group {name}")

    def look() -> Iterator[Check]:
        has_run = log_groups.has_events(name, since=now - window)
        yield check_last_sweep(question, window, has_run=has_run)

    return question.answer(look)


def check_schedule(question: Question, schedule: Schedule, bus_arn: str) -> Check:
    """Check that sweeps are asked for on the event bus."""
    if not schedule.is_enabled:
        return question.problem(
            "it is disabled, so that what gets lost is never found",
            f"Enable schedule {schedule.name} in EventBridge Scheduler.",
        )
    if (schedule.target_arn, schedule.detail_type) != (bus_arn, SWEEP):
        return question.problem(
            f"it does not put {SWEEP} on the event bus",
            "Give the schedule the target that SweepSchedule has in template.yaml.",
        )
    return question.ok(f"it is enabled, {schedule.expression}")


def check_last_sweep(question: Question, window: timedelta, *, has_run: bool) -> Check:
    """Check that the function that sweeps has been running within some time."""
    minutes = int(window.total_seconds() // 60)
    if has_run:
        return question.ok(f"AcceptEndpointConnections has run within the last {minutes} minutes")
    return question.problem(
        f"AcceptEndpointConnections has not run within the last {minutes} minutes",
        "See that HintRule and the function's trigger by AcceptQueue are enabled, and look for"
        " what could not be delivered in the queues below.",
    )
