"""`privatelink invite`: what a service consumer deploys, ready to be forwarded."""

import re
from typing import Annotated, Final

import typer

from console.deployed import DeployedStack
from console.inviting import invitation
from console.output import emit_json, results, working
from console.plain import plain
from console.screens.invite import invited

_URL: Final = re.compile(r"https://[^/\s]+/\S+")


def _is_https(url: str | None) -> str | None:
    if url is not None and not _URL.fullmatch(url):
        raise typer.BadParameter(f"{url!r} is not a URL that begins with https://")
    return url


def invite(
    context: typer.Context,
    *,
    template_url: Annotated[
        str | None,
        typer.Option(
            callback=_is_https,
            help="Where in S3 consumers can read consumer/template.yaml: a link is added.",
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print a JSON document.")] = False,
) -> None:
    """Say what a service consumer deploys, with this stack's values, fit to be forwarded.

    The external id is left out: it is told apart.
    """
    context.obj.log_in()
    with working("Reading the stack"):
        document = invitation(DeployedStack.find(context.obj), template_url)
    if json:
        emit_json(document)
        return
    for line in invited(document):
        results.print(plain(line), soft_wrap=True)
