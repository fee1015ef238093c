"""What `privatelink doctor` shows: each check with its result, and how to mend what is amiss."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Final

from rich.console import Console, ConsoleOptions, Group, RenderableType
from rich.text import Text

from console.checks.check import Check, Result
from console.plain import plain, plain_text

_STYLES: Final[Mapping[Result, str]] = {
    Result.OK: "green",
    Result.WARNING: "yellow",
    Result.PROBLEM: "bold red",
    Result.UNKNOWN: "magenta",
}
_MARGIN: Final = 2 + max(map(len, Result)) + 2
"""Results stand in it; what is said of a check stands behind it, on however many lines."""


def examined(checks: Iterable[Check]) -> RenderableType:
    """Return the checks, subject by subject, and how many ended how."""
    everything = tuple(checks)
    subjects = groupby(everything, key=lambda check: check.subject)
    lines = (line for subject, of_one in subjects for line in _about(subject, of_one))
    return Group(*lines, _sum(everything))


def _about(subject: str, checks: Iterable[Check]) -> Iterator[RenderableType]:
    yield plain_text(subject.capitalize(), "bold")
    yield from map(_Line, checks)
    yield Text()


class _Line:
    def __init__(self, check: Check) -> None:
        self._check = check

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        """Yield the result with what is said beside it."""
        check = self._check
        margin = Text(f"  {check.result}".ljust(_MARGIN), style=_STYLES[check.result])
        for line in _told(check).wrap(console, max(1, options.max_width - _MARGIN)):
            line.rstrip()
            yield Text.assemble(margin, line)
            margin = Text(" " * _MARGIN)


def _told(check: Check) -> Text:
    told = Text(plain(f"{check.looked_at}: {check.found}"), overflow="fold")
    if check.mend:
        told.append(f"\nTo mend it: {plain(check.mend)}", style="italic")
    return told


def _sum(checks: Iterable[Check]) -> Text:
    results = Counter(check.result for check in checks)
    told = (f"{results[result]} {result}" for result in Result if results[result])
    return Text(f"{results.total()} checks: {', '.join(told)}")
