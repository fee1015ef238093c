"""Open findings on a screen."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from rich.console import Group, RenderableType
from rich.text import Text

from console.documents.findings import OpenFinding
from console.screens.listing import paragraph
from console.screens.times import age

_STYLES = {"error": "red", "warning": "yellow"}


def findings(found: Iterable[OpenFinding], now: datetime) -> RenderableType:
    """Return open findings under a heading, each with what to do."""
    return Group(Text("Open findings", style="bold"), *_lines(tuple(found), now))


def _lines(found: tuple[OpenFinding, ...], now: datetime) -> Iterator[RenderableType]:
    if not found:
        yield Text("  none")
    for each in found:
        severity = (each.severity, _STYLES.get(each.severity, ""))
        whose = f", at {each.consumer}" if each.consumer else ""
        head = f", for {age(now - each.since)}: {each.kind}: {each.subject}{whose}"
        yield paragraph(Text.assemble(severity, head))
        yield paragraph(each.what_to_do, by=4)
