"""How a command ends that tells what would be done."""

import typer

from console.documents.plan import Plan, WhatIf
from console.errors import ERROR, SOMETHING


def conclude(document: Plan | WhatIf, *, something: bool) -> None:
    """End with exit code 1 or 2, unless there is nothing, and all of it is known."""
    if document.has_errors:
        raise typer.Exit(ERROR)
    if something:
        raise typer.Exit(SOMETHING)
    if not document.is_known:
        raise typer.Exit(ERROR)
