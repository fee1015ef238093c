"""Deploys a version of the allowlist while somebody watches."""

import re
import sys
from typing import Final

import typer

from console.allowlist_deployments import AllowlistDeployments
from console.allowlist_history import Deployment
from console.changes import what_would_change
from console.deployed import DeployedStack
from console.errors import STOPPED, ConsoleError
from console.output import results, talk, working
from console.screens.outline import on_screen
from console.screens.what_if import outlined
from privatelink.allowlist import Allowlist

_ALARM: Final = re.compile(r"arn:\S+:alarm:(?P<name>\S+)")


def show_what_if(deployed: DeployedStack, allowlist: Allowlist) -> None:
    """Show what an allowlist would change; raise ConsoleError if it would be refused."""
    with working("Planning") as status:
        what_if = what_would_change(
            deployed, allowlist, lambda what: status.update(f"Planning {what}")
        )
    talk.print(on_screen(outlined(what_if)))
    if what_if.objections:
        raise ConsoleError("The allowlist would be refused.", "Nothing has been changed.")


def confirm(question: str, *, yes: bool) -> None:
    """Ask a person, unless that has been answered before; raise ConsoleError if none is there."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise ConsoleError("Nobody is there to be asked.", "Say --yes to go on without a question.")
    if not typer.confirm(question, err=True):
        raise ConsoleError("Nothing has been changed.")


def deploy(
    deployments: AllowlistDeployments, version: str, description: str, *, latest: int
) -> None:
    """Deploy a version and say how it goes, until it has ended; raise ConsoleError if badly."""
    started = deployments.start_deployment(version, description, latest=latest)
    talk.print(f"Deployment {started.number}, of version {version}, has started.")
    ended = _watch(deployments, started)
    if ended.state != "COMPLETE":
        raise _taken_back(ended)
    results.print(f"Version {version} is in force.")


def stop(deployments: AllowlistDeployments, moving: Deployment) -> tuple[Deployment, ...]:
    """Stop a deployment, wait until it has ended, and return all that there have been then."""
    deployments.stop_deployment(moving.number)
    _watch(deployments, moving)
    talk.print(f"Deployment {moving.number} is stopped.")
    return deployments.list_deployments()


def _watch(deployments: AllowlistDeployments, started: Deployment) -> Deployment:
    """Follow a deployment to its end, telling of each state that it comes to."""
    now, told = started, "DEPLOYING"
    try:
        with working("") as status:
            for now in deployments.follow(started.number):
                status.update(_progress(now))
                if now.state != told and now.state in _STATES:
                    talk.print(_STATES[now.state].format(now=now))
                told = now.state
    except KeyboardInterrupt as interrupt:
        raise _left_alone(deployments, now) from interrupt
    return now


_STATES: Final = {
    "VALIDATING": "Version {now.version} is being validated.",
    "BAKING": (
        "Version {now.version} is in force. It bakes for {now.bake_minutes} minutes: "
        "an alarm takes it back meanwhile. Ctrl-C only ends the watching."
    ),
    "ROLLING_BACK": "Version {now.version} is being taken back.",
}


def _progress(now: Deployment) -> str:
    return f"Deployment {now.number}: {now.state.lower()}, {now.percentage:.0f} %"


def _taken_back(ended: Deployment) -> ConsoleError:
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


def _left_alone(deployments: AllowlistDeployments, now: Deployment) -> ConsoleError:
    watching = (
        f"aws appconfig get-deployment --application-id {deployments.application_id} "
        f"--environment-id {deployments.environment_id} --deployment-number {now.number}"
    )
    return ConsoleError(
        f"Stopped watching: deployment {now.number} goes on ({now.state}).",
        f"Look at it: {watching}\nTake it back: privatelink allowlist rollback",
        exit_code=STOPPED,
    )
