"""`privatelink status`: how everything is, once or all the time."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

import typer
from rich.live import Live
from rich.text import Text

from console.addresses import Addresses
from console.caller import Caller
from console.deployed import DeployedStack
from console.documents.status import Status
from console.errors import ConsoleError, is_expected, told_together
from console.output import emit_json, results, working
from console.overview import read_status
from console.plain import plain
from console.provider import Provider
from console.screens.status import overview
from console.screens.watched import Watched

_EVERY_SECONDS: Final = 5
_NEVER: Final = datetime.min.replace(tzinfo=UTC)
_SESSION: Final = timedelta(minutes=45)
_REMARK: Final = Text("Addresses are read once a minute. Ctrl-C ends it.", style="dim")


def status(
    context: typer.Context,
    *,
    service: Annotated[
        str | None, typer.Option(help="Show one service only: its alias or its id.")
    ] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Go on showing it, until Ctrl-C.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print a JSON document.")] = False,
) -> None:
    """Show services, consumers, endpoints with their addresses, and open findings."""
    if watch and json:
        raise ConsoleError("--watch is for people: --json prints one document.")
    if watch and not results.is_terminal:
        raise ConsoleError("--watch needs a terminal.", "Without it, everything is printed once.")
    reader = Reader(context.obj, service)
    context.obj.log_in()
    with working("Reading"):
        document = reader.read()
    if json:
        emit_json(document)
    elif watch:
        watch_over(document, reader.read)
    else:
        results.print(overview(document))


@dataclass
class Reader:
    """Reads how everything is, however long that goes on."""

    caller: Caller
    service: str | None
    _addresses: Addresses = field(default_factory=Addresses)
    _connected: tuple[DeployedStack, Provider] | None = None
    _since: datetime = _NEVER

    def read(self) -> Status:
        """Read it once."""
        now = datetime.now(UTC)
        # The session of the console role ends after an hour.
        if self._connected is None or now - self._since > _SESSION:
            deployed = DeployedStack.find(self.caller)
            self._connected, self._since = (deployed, Provider.connect(deployed)), now
        deployed, provider = self._connected
        return read_status(provider, deployed, now, self.service, self._addresses)


def watch_over(
    document: Status, read: Callable[[], Status], sleep: Callable[[float], None] = time.sleep
) -> None:
    """Show a document, and what is read every few seconds from then on."""
    remark = _REMARK
    # On a screen of its own, so that what was there before is there again afterwards.
    with Live(console=results, screen=True, auto_refresh=False) as live:
        while True:
            live.update(Watched(document, remark), refresh=True)
            sleep(_EVERY_SECONDS)
            try:
                document = read()
                remark = _REMARK
            except Exception as error:
                if not is_expected(error):
                    raise
                # The next time may be better; what was seen last says when it was.
                remark = _not_the_latest(error)


def _not_the_latest(error: Exception) -> Text:
    said = " ".join(f"{each.message} {each.hint}".strip() for each in told_together(error))
    return Text(f"This is not the latest: {plain(said)}", style="yellow")
