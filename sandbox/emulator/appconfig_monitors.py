"""AppConfig's monitors: alarms that it looks at with a role while it deploys.

ministack looks without asking. What AppConfig may not see does not roll a deployment back.
https://docs.aws.amazon.com/appconfig/latest/userguide/getting-started-with-appconfig-cloudwatch-alarms-permissions.html
"""

from ministack.core.responses import get_region
from ministack.services import appconfig, cloudwatch

from sandbox.emulator.service_roles import service_may


def install() -> None:
    """Have AppConfig see those alarms only that the roles of their monitors let it see."""
    appconfig._first_monitor_alarm = _first_monitor_alarm


def _first_monitor_alarm(
    application_id: str, environment_id: str, start: float, end: float
) -> tuple[str, float] | None:
    """Return which alarm went off first between two moments, and when; None if none has."""
    environment = appconfig._environments.get(f"{application_id}/{environment_id}") or {}
    arn = appconfig._env_arn(application_id, environment_id)
    visible = [
        monitor["AlarmArn"]
        for monitor in environment.get("Monitors") or []
        if _may_see(monitor, arn)
    ]
    fired = [
        (at, alarm)
        for alarm in visible
        if (at := cloudwatch.first_alarm_time(alarm, start, end)) is not None
    ]
    if not fired:
        return None
    at, alarm = min(fired)
    return alarm, at


def _may_see(monitor: dict[str, str], environment_arn: str) -> bool:
    return service_may(
        service="appconfig.amazonaws.com",
        role_arn=monitor.get("AlarmRoleArn", ""),
        source_arn=environment_arn,
        action="cloudwatch:DescribeAlarms",
        resource_arn=monitor["AlarmArn"],
        region=get_region(),
    )
