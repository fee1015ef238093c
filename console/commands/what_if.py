"""`privatelink what-if`: what an edited allowlist would change."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from console.allowlist_files import read_allowlist
from console.changes import what_would_change
from console.commands.concluding import conclude
from console.deployed import DeployedStack
from console.output import emit_json, results, working
from console.screens.outline import in_markdown, on_screen
from console.screens.what_if import outlined


class Format(StrEnum):
    """How it is written."""

    TERMINAL = "terminal"
    MARKDOWN = "markdown"


def what_if(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="The edited allowlist.")
    ],
    *,
    format: Annotated[  # noqa: A002 - the name of the option
        Format, typer.Option(help="How it is written; markdown is made for pull requests.")
    ] = Format.TERMINAL,
    json: Annotated[bool, typer.Option("--json", help="Print a JSON document.")] = False,
) -> None:
    """Say what an allowlist would change if it were in force: who is let in, held and cut.

    Exits with 0 if nothing would change, with 2 if something would, with 1 if the allowlist is
    invalid, or what could not be read may change.
    """
    if json and format is not Format.TERMINAL:
        raise typer.BadParameter("--json and --format are two ways of writing it: give one of them")
    allowlist = read_allowlist(file)
    context.obj.log_in()
    with working("Reading the stack") as status:
        deployed = DeployedStack.find(context.obj)
        document = what_would_change(
            deployed, allowlist, lambda what: status.update(f"Planning {what}")
        )
    if json:
        emit_json(document)
    elif format is Format.MARKDOWN:
        *parts, summary = outlined(document)
        # A pull request is read from its top.
        results.out(in_markdown([summary, *parts]), end="", highlight=False)
    else:
        results.print(on_screen(outlined(document)))
    conclude(document, something=document.changes)
