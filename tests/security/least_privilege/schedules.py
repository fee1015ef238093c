"""A schedule with the target of the stack's, due now instead of in some minutes."""

from datetime import UTC, datetime, timedelta

from sandbox.accounts import PROVIDER, STACK_NAME
from sandbox.walkthrough import Walkthrough


def due_now(walkthrough: Walkthrough, name: str, **target: str) -> None:
    """Create the schedule; `target` says in what its target differs."""
    cloudformation, scheduler = (
        walkthrough.sandbox.client(service, PROVIDER) for service in ("cloudformation", "scheduler")
    )
    of_the_stack = cloudformation.describe_stack_resource(
        StackName=STACK_NAME, LogicalResourceId="SweepSchedule"
    )["StackResourceDetail"]["PhysicalResourceId"]
    due = datetime.now(UTC) + timedelta(seconds=2)
    scheduler.create_schedule(
        Name=name,
        ScheduleExpression=f"at({due:%Y-%m-%dT%H:%M:%S})",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target=scheduler.get_schedule(Name=of_the_stack)["Target"] | target,
        ActionAfterCompletion="DELETE",
    )
