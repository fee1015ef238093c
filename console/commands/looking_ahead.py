"""Shows what an allowlist would change before it is put in force, and asks."""

import sys
from collections.abc import Callable

import typer

from console.changes import what_would_change
from console.deployed import DeployedStack
from console.documents.plan import WhatIf
from console.errors import ConsoleError, is_expected, told_together
from console.output import talk, working
from console.screens.outline import on_screen
from console.screens.what_if import outlined
from privatelink.allowlist import Allowlist

NOT_LOOKED_AT = "What would change has not been looked at (--no-what-if)."


def show_what_if(deployed: DeployedStack, allowlist: Allowlist) -> str:
    """Show what an allowlist would change; raise ConsoleError if it would be refused.

    Returns what a person should know before saying yes; empty if that is nothing.
    """
    what_if = _shown(deployed, allowlist)
    if what_if.objections:
        raise ConsoleError("The allowlist would be refused.", "Nothing has been changed.")
    return _unknown(what_if)


def show_if_possible(deployed: DeployedStack, allowlist: Callable[[], Allowlist]) -> str:
    """Show what an allowlist would change where nothing can keep it from coming back.

    To stop a deployment is an emergency, and AppConfig asks no validator: neither objections nor
    what cannot be read are in the way. Returns what `show_what_if` does.
    """
    try:
        what_if = _shown(deployed, allowlist())
    except Exception as error:
        if not is_expected(error):
            raise
        why = " ".join(each.message for each in told_together(error))
        return f"What would change could not be looked at. {why}"
    if what_if.objections:
        return "A validator would refuse it. None is asked: what was in force before comes back."
    return _unknown(what_if)


def confirm(question: str, caution: str, *, yes: bool) -> None:
    """Ask a person, unless that has been answered before; raise ConsoleError if none is there."""
    if caution:
        talk.print(caution, style="bold yellow", soft_wrap=True)
    if yes:
        return
    if not sys.stdin.isatty():
        raise ConsoleError("Nobody is there to be asked.", "Say --yes to go on without a question.")
    if not typer.confirm(question, err=True):
        raise ConsoleError("Nothing has been changed.")


def _shown(deployed: DeployedStack, allowlist: Allowlist) -> WhatIf:
    with working("Planning") as status:
        what_if = what_would_change(
            deployed, allowlist, lambda what: status.update(f"Planning {what}")
        )
    talk.print(on_screen(outlined(what_if)))
    return what_if


def _unknown(what_if: WhatIf) -> str:
    if what_if.is_known:
        return ""
    return "Warning: not everything could be seen. More may change than is said above."
