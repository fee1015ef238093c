"""Checks allowlists, puts them in force, and takes them back."""

from pathlib import Path
from typing import Annotated, Final

import typer

from console.allowlist_deployments import AllowlistDeployments
from console.allowlist_files import decode_named, name_of
from console.allowlist_history import in_force, under_way
from console.caller import Caller
from console.commands.deploying import deploy, deploy_new, is_enough_to_stop, stop
from console.commands.looking_ahead import NOT_LOOKED_AT, confirm, show_if_possible, show_what_if
from console.commands.versions import document_of, find_document, is_under_way, version_before
from console.deployed import DeployedStack
from console.documents.validation import ValidatedFile, Validation
from console.output import emit_json, results, talk, working
from console.screens.allowlist import invalid, told_of, valid
from privatelink.allowlist import Allowlist
from privatelink.allowlist_document import MAX_BYTES, decode
from privatelink.errors import InvalidAllowlistError

app: Final = typer.Typer(
    name="allowlist",
    help="Check allowlists, put them in force, and take them back.",
    no_args_is_help=True,
)

_File = Annotated[
    Path,
    typer.Argument(
        metavar="FILE", exists=True, dir_okay=False, help="The allowlist, a YAML document."
    ),
]
_Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
_WhatIf = Annotated[
    bool,
    typer.Option(
        "--what-if/--no-what-if", help="Show first what would change, or go on without a look."
    ),
]


@app.command()
def validate(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", exists=True, dir_okay=False, help="Allowlists."),
    ],
    *,
    json: Annotated[bool, typer.Option("--json", help="Print a JSON document.")] = False,
) -> None:
    """Say every mistake in allowlists, with its line and column. AWS is not asked."""
    validated = tuple(map(_validated, files))
    if json:
        emit_json(Validation(bytes_max=MAX_BYTES, files=validated))
    else:
        for file in validated:
            results.print(told_of(file), soft_wrap=True)
    if any(file.mistakes for file in validated):
        raise typer.Exit(1)


@app.command()
def push(
    context: typer.Context,
    file: _File,
    *,
    yes: _Yes = False,
    what_if: _WhatIf = True,
    description: Annotated[
        str | None, typer.Option(help="Kept with the version and its deployment.")
    ] = None,
) -> None:
    """Show what an allowlist would change, ask, and put it in force."""
    document = file.read_bytes()
    allowlist = decode_named(name_of(file), document)
    context.obj.log_in()
    with working("Reading what is deployed"):
        deployed, deployments = _find(context.obj)
        history = deployments.list_deployments()
        current = in_force(history)
        same = current is not None and find_document(deployments, current.version) == document
    if moving := under_way(history):
        raise is_under_way(moving, history)
    if current and same:
        results.print(f"Nothing to push: it is in force as version {current.version}.")
        return
    caution = show_what_if(deployed, allowlist) if what_if else NOT_LOOKED_AT
    question = f"Put allowlist {allowlist.version} in force in stack {deployed.name}?"
    confirm(question, caution, yes=yes)
    what = description or f"{name_of(Path(file.name))}, allowlist {allowlist.version}"
    deploy_new(deployments, document, what, after=history)


@app.command()
def rollback(
    context: typer.Context,
    version: Annotated[
        int | None,
        typer.Argument(
            metavar="VERSION",
            min=1,
            help="AppConfig's number of it; without it, the last one that was in force before.",
        ),
    ] = None,
    *,
    yes: _Yes = False,
    what_if: _WhatIf = True,
) -> None:
    """Put an earlier version of the allowlist in force again."""
    context.obj.log_in()
    with working("Reading what is deployed"):
        deployed, deployments = _find(context.obj)
        history = deployments.list_deployments()
    moving, current = under_way(history), in_force(history)
    target = version_before(deployments, history) if version is None else str(version)
    if moving and target == moving.version:
        raise is_under_way(moving, history)
    if current and target == current.version and not moving:
        results.print(f"Nothing to roll back: version {target} is in force.")
        return

    def allowlist() -> Allowlist:
        return decode_named(f"version {target}", document_of(deployments, history, target))

    if moving and is_enough_to_stop(history, moving, target):
        caution = show_if_possible(deployed, allowlist) if what_if else NOT_LOOKED_AT
    else:
        given = allowlist()
        caution = show_what_if(deployed, given) if what_if else NOT_LOOKED_AT
    if moving:
        talk.print(f"Deployment {moving.number}, of version {moving.version}, is stopped first.")
    question = f"Put version {target} in force again in stack {deployed.name}?"
    confirm(question, caution, yes=yes)
    if moving:
        history = stop(deployments, moving)
    if (current := in_force(history)) and current.version == target:
        results.print(f"Version {target} is in force again.")
        return
    deploy(deployments, target, f"Rollback to version {target}", after=history)


def _validated(file: Path) -> ValidatedFile:
    name, document = name_of(file), file.read_bytes()
    try:
        return valid(name, len(document), decode(document))
    except InvalidAllowlistError as error:
        return invalid(name, len(document), error.problems)


def _find(caller: Caller) -> tuple[DeployedStack, AllowlistDeployments]:
    deployed = DeployedStack.find(caller)
    return deployed, AllowlistDeployments.of(caller, deployed)
