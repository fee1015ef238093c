"""Open findings on a screen."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from rich.console import Group, RenderableType
from rich.text import Text

from console.documents.findings import OpenFinding
from console.plain import plain_text
from console.screens.listing import paragraph
from console.screens.times import age

_STYLES = {"error": "red", "warning": "yellow"}


def findings(
    found: Iterable[OpenFinding], now: datetime, most: int | None = None
) -> RenderableType:
    """Return open findings under a heading, each with what to do; `most`: the first ones."""
    return Group(Text("Open findings", style="bold"), *_lines(tuple(found), now, most))


def _lines(
    found: tuple[OpenFinding, ...], now: datetime, most: int | None
) -> Iterator[RenderableType]:
    if not found:
        yield Text("  none")
    for each in found[:most]:
        severity = plain_text(each.severity, _STYLES.get(each.severity, ""))
        whose = f", at {each.consumer}" if each.consumer else ""
        head = f", for {age(now - each.since)}: {each.kind}: {each.subject}{whose}"
        yield paragraph(Text.assemble(severity, plain_text(head)))
        yield paragraph(each.what_to_do, by=4)
    if hidden := len(found[most:]) if most is not None else 0:
        yield Text(f"  and {hidden} more")
