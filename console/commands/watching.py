"""Watches a deployment to its end, and says what is left where that cannot be seen."""

import re
from typing import Final

from console.allowlist_deployments import AllowlistDeployments
from console.allowlist_history import Deployment
from console.errors import SOMETHING, STOPPED, ConsoleError, told
from console.output import talk, working
from privatelink.errors import PrivateLinkError

_ALARM: Final = re.compile(r"arn:\S+:alarm:(?P<name>\S+)")
_STATES: Final = {
    "VALIDATING": "Version {now.version} is being validated.",
    "BAKING": (
        "Version {now.version} is in force. It bakes for {now.bake_minutes} minutes: "
        "an alarm takes it back meanwhile. Ctrl-C only ends the watching."
    ),
    "ROLLING_BACK": "Version {now.version} is being taken back.",
}


def watch(
    deployments: AllowlistDeployments, started: Deployment, *, back: str | None
) -> Deployment:
    """Follow a deployment to its end, telling of each state that it comes to.

    `back` is the version to roll back to, if there is one. Raises ConsoleError if the end is not
    seen: somebody stops the watching, or AWS does not answer any more.
    """
    now, last = started, "DEPLOYING"
    try:
        with working("") as status:
            for now in deployments.follow(started.number):
                status.update(_progress(now))
                if now.state != last and now.state in _STATES:
                    talk.print(_STATES[now.state].format(now=now))
                last = now.state
    except KeyboardInterrupt as interrupt:
        raise ConsoleError(
            f"Stopped watching: deployment {now.number} goes on ({now.state}).",
            _what_is_left(deployments, now, back),
            exit_code=STOPPED,
        ) from interrupt
    except PrivateLinkError as error:
        raise ConsoleError(
            f"Deployment {now.number} goes on ({now.state}), and cannot be watched any more. "
            f"{told(error).message}",
            "\n".join(filter(None, (told(error).hint, _what_is_left(deployments, now, back)))),
            exit_code=SOMETHING,
        ) from error
    return now


def taken_back(ended: Deployment) -> ConsoleError:
    """Say what has taken a deployment back, as its log tells."""
    started = next((each for each in ended.events if each.kind == "ROLLBACK_STARTED"), None)
    alarm = _ALARM.search(started.description) if started else None
    if alarm:
        why = f" by the alarm {alarm['name']}"
    else:
        why = f": {started.description}" if started else ""
    return ConsoleError(
        f"Version {ended.version} has been taken back{why}.", "What was in force before is again."
    )


def perhaps_started(
    deployments: AllowlistDeployments,
    version: str,
    cause: BaseException,
    *,
    back: str | None,
) -> ConsoleError:
    """Say that nobody knows whether a deployment has started; `cause` may be Ctrl-C."""
    why = f" {told(cause).message}" if isinstance(cause, Exception) else ""
    looking = (
        f"Look: aws appconfig list-deployments --application-id {deployments.application_id} "
        f"--environment-id {deployments.environment_id}"
    )
    return ConsoleError(
        f"The deployment of version {version} may have started, or not.{why}",
        "\n".join((looking, *_way_back(back))),
        exit_code=SOMETHING if isinstance(cause, Exception) else STOPPED,
    )


def _progress(now: Deployment) -> str:
    return f"Deployment {now.number}: {now.state.lower()}, {now.percentage:.0f} %"


def _what_is_left(deployments: AllowlistDeployments, now: Deployment, back: str | None) -> str:
    looking = (
        f"Look at it: aws appconfig get-deployment --application-id {deployments.application_id} "
        f"--environment-id {deployments.environment_id} --deployment-number {now.number}"
    )
    return "\n".join((looking, *_way_back(back)))


def _way_back(back: str | None) -> tuple[str, ...]:
    # The version is named: without one, it is another that is meant once this one is taken back.
    return (f"Take it back: privatelink allowlist rollback {back}",) if back else ()
