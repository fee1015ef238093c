"""The command `privatelink`: its options, its commands, and how it ends.

Exit codes, of all commands: 0 done, or nothing to do; 1 an error, wrong usage and an invalid
allowlist among them; 2 it worked, and there is something: something to do, something amiss;
130 stopped by Ctrl-C.
"""

import sys
from collections.abc import Sequence
from importlib.metadata import version
from io import TextIOWrapper
from typing import Annotated, Final

import typer

from console.caller import DEFAULT_STACK_NAME, Caller
from console.commands import allowlist
from console.commands.doctor import doctor
from console.commands.explain import explain
from console.commands.invite import invite
from console.commands.plan import plan
from console.commands.report import report
from console.commands.status import status
from console.commands.what_if import what_if
from console.errors import ERROR, STOPPED, is_expected, told_together
from console.output import results, talk

app: Final = typer.Typer(
    name="privatelink",
    no_args_is_help=True,
    # What is unexpected is a bug: an ordinary traceback, without the values of variables.
    pretty_exceptions_enable=False,
)


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - typer's callback
    if wanted:
        results.print(f"privatelink {version('privatelink-autopilot')}")
        raise typer.Exit


@app.callback()
def _options(
    context: typer.Context,
    *,
    profile: Annotated[
        str | None, typer.Option(help="Profile of the AWS configuration; or AWS_PROFILE.")
    ] = None,
    region: Annotated[
        str | None,
        typer.Option(envvar="AWS_REGION", help="Region of the stack; or the profile's."),
    ] = None,
    stack_name: Annotated[
        str, typer.Option(envvar="PRIVATELINK_STACK_NAME", help="Name of the provider's stack.")
    ] = DEFAULT_STACK_NAME,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    """Ask a deployed privatelink-autopilot what it does and why, and look after its allowlist."""
    context.obj = Caller(profile=profile, region=region, stack_name=stack_name)


app.command()(doctor)
app.command()(explain)
app.command()(invite)
app.command()(plan)
app.command()(report)
app.command()(status)
app.command("what-if")(what_if)
app.add_typer(allowlist.app)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command of the console and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a character that it has no bytes for is no bug
            stream.reconfigure(errors="backslashreplace")
    return run(app, arguments)


def run(commands: typer.Typer, arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code; what is no bug is told without a traceback."""
    try:
        code = commands(arguments, prog_name="privatelink", standalone_mode=False)
    except typer.TyperException as error:
        return _say_usage(error)
    except (typer.Abort, KeyboardInterrupt):
        code = STOPPED
    except Exception as error:
        if not is_expected(error):
            raise
        return _say(error)
    if code == STOPPED:
        talk.print("Stopped.")
    return code or 0


def _say(error: Exception) -> int:
    """Print what is told of an error, and return the exit code."""
    told = list(told_together(error))
    for each in told:
        # Not wrapped: places and ARNs are copied from it.
        talk.print(each.message, style="red", soft_wrap=True)
        if each.hint:
            talk.print(each.hint, soft_wrap=True)
    return max(each.exit_code for each in told)


def _say_usage(error: typer.TyperException) -> int:
    # A command without arguments has shown its help by now, and says nothing more.
    if message := error.format_message():
        context = getattr(error, "ctx", None)
        path = context.command_path if context else "privatelink"
        talk.print(message, style="red", soft_wrap=True)
        talk.print(f"`{path} --help` tells how it is used.")
    return ERROR
