"""`privatelink report`: a page for those who have no terminal."""

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from console.deployed import DeployedStack
from console.errors import ConsoleError
from console.output import results, working
from console.pages import kept
from console.pages.report import page
from console.plain import plain
from console.provider import Provider
from console.reporting import read_report


def report(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(dir_okay=False, help="What is written: a page of HTML.")
    ] = Path("report.html"),
) -> None:
    """Write a page: services from sources to targets, endpoints, decisions, findings.

    A report that is there already is replaced, and the new one says how the allowlist has been
    edited since. The page asks nothing of any server; it names accounts and addresses.
    """
    context.obj.log_in()
    with working("Reading"):
        deployed = DeployedStack.find(context.obj)
        document = read_report(Provider.connect(deployed), deployed, datetime.now(UTC))
        before = kept.read(file, document.status.stack)
    _write(file, page(kept.compared(document, before, file)))
    endpoints, findings = len(document.status.endpoints), len(document.status.findings)
    results.print(
        plain(f"{file}: {endpoints} endpoint connections, {findings} open findings"), soft_wrap=True
    )


def _write(file: Path, text: str) -> None:
    """Write a file whole or not at all; raise ConsoleError if that cannot be done."""
    part = file.with_name(f".{file.name}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(file)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise ConsoleError(f"{file} cannot be written: {error.strerror}.") from error
