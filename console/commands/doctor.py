"""Checks a deployment from end to end."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from console.caller import Caller
from console.checks.check import Result
from console.checks.examination import Examination
from console.deployed import DeployedStack
from console.documents.diagnosis import Diagnosis
from console.errors import ERROR, SOMETHING
from console.output import emit_json, results, working
from console.screens.doctor import examined


def doctor(
    context: typer.Context,
    *,
    service: Annotated[
        str | None, typer.Option(help="Look at one service and its consumers: its alias or its id.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print a JSON document.")] = False,
) -> None:
    """Check the deployment from end to end, and say how to mend what is amiss.

    Exits with 0 if there is no problem, with 2 if there is one, and with 1 if there may be one
    where it could not be looked.
    """
    diagnosis = _examine(context.obj, service)
    if json:
        emit_json(diagnosis)
    else:
        results.print(examined(diagnosis.checks))
    found = {check.result for check in diagnosis.checks}
    if Result.PROBLEM in found:
        raise typer.Exit(SOMETHING)
    if Result.UNKNOWN in found:
        raise typer.Exit(ERROR)


def _examine(caller: Caller, service: str | None) -> Diagnosis:
    caller.log_in()
    with working("Looking at the stack") as status:
        deployed = DeployedStack.find(caller)
        examination = Examination.begin(
            deployed, datetime.now(UTC), lambda what: status.update(f"Looking at {what}")
        )
        checks = tuple(examination.examine(service))
    return Diagnosis(
        stack=deployed.name,
        account_id=deployed.account_id,
        region=deployed.region,
        version=deployed.version,
        service=service,
        is_well=all(check.result in {Result.OK, Result.WARNING} for check in checks),
        checks=checks,
    )
