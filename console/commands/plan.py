"""`privatelink plan`: what the next sweep does."""

from pathlib import Path
from typing import Annotated

import typer
from msgspec.structs import replace

from console.allowlist_files import read_allowlist
from console.commands.concluding import conclude
from console.deployed import DeployedStack
from console.documents.plan import Plan
from console.errors import ConsoleError
from console.output import emit_json, results, working
from console.planning import planned
from console.provider import Provider
from console.rehearsal.estate import Estate
from console.rehearsal.sweep import rehearse
from console.screens.outline import on_screen
from console.screens.plan import outlined


def plan(
    context: typer.Context,
    *,
    allowlist: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False, help="Plan by this file, not by the deployed allowlist."
        ),
    ] = None,
    service: Annotated[
        str | None, typer.Option(help="Show one service only: its alias or its id.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print a JSON document.")] = False,
) -> None:
    """Say what the next sweep decides and does, and why. Nothing is changed.

    Exits with 0 if there is nothing to do, with 2 if there is something, and with 1 if what could
    not be read may be it.
    """
    context.obj.log_in()
    with working("Reading the stack") as status:
        deployed = DeployedStack.find(context.obj)
        given = (
            read_allowlist(allowlist) if allowlist else Provider.connect(deployed).allowlists.get()
        )
        rehearsal = rehearse(
            Estate.of(deployed), given, lambda what: status.update(f"Planning {what}")
        )
    document = only(planned(rehearsal), service)
    if json:
        emit_json(document)
    else:
        results.print(on_screen(outlined(document)))
    conclude(document, something=document.to_do > 0)


def only(document: Plan, service: str | None) -> Plan:
    """Return a plan without the other services; raise ConsoleError if there is no such one."""
    if service is None:
        return document
    found = tuple(s for s in document.services if service in {s.alias, s.service_id})
    if not found:
        names = ", ".join(s.alias or s.service_id for s in document.services) or "none"
        raise ConsoleError(f"No service {service} is looked after.", f"Those that are: {names}")
    to_do = sum(len(s.deeds) for s in found if not s.observing)
    return replace(document, services=found, to_do=to_do)
