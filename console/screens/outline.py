"""Marked lines under headings: one outline for a terminal and for a pull request."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from rich.console import Group, RenderableType
from rich.text import Text

from console.screens.listing import paragraph

_STYLES: Final = {"+": "green", "-": "red", "~": "yellow", "!": "bold red", "?": "magenta"}


@dataclass(frozen=True)
class Heading:
    """A heading; those of level 1 stand above those of level 2."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Marked:
    """A line that begins with a mark.

    `+` comes, `-` goes, `~` changes, `=` stays, `!` has to be looked at, `?` is not known.
    """

    mark: str
    text: str
    remark: str = ""
    """Said behind it, less loudly."""


@dataclass(frozen=True)
class Note:
    """A sentence by itself."""

    text: str


type Part = Heading | Marked | Note


def on_screen(parts: Iterable[Part]) -> RenderableType:
    """Return an outline for a terminal."""
    return Group(*_rendered(parts))


def _rendered(parts: Iterable[Part]) -> Iterator[RenderableType]:
    for number, part in enumerate(parts):
        match part:
            case Heading(text, 1):
                yield from [Text("")] if number else []
                yield Text(text, style="bold")
            case Heading(text, _):
                yield paragraph(Text(text, style="underline"))
            case Note(text):
                yield paragraph(text, by=6)
            case Marked(mark, text, remark):
                style = _STYLES.get(mark, "")
                behind = (f"  {remark}", "dim") if remark else ""
                yield paragraph(Text.assemble((f"{mark} {text}", style), behind), by=4)


def in_markdown(parts: Iterable[Part]) -> str:
    """Return an outline in GitHub's Markdown: marked lines stand in blocks of a diff."""
    lines: list[str] = []
    is_open = False
    for part in parts:
        if is_open and not isinstance(part, Marked):
            lines += ["```", ""]
            is_open = False
        match part:
            case Heading(text, level):
                lines += [f"{'#' * (level + 2)} {text}", ""]
            case Note(text):
                lines += [text, ""]
            case Marked(mark, text, remark):
                lines += [] if is_open else ["```diff"]
                is_open = True
                # A diff knows + - and !; of other lines it takes no notice.
                known = mark if mark in {"+", "-", "!"} else f"  {mark}"
                lines.append(f"{known} {text}" + (f"  # {remark}" if remark else ""))
    return "\n".join([*lines, "```"] if is_open else lines).rstrip() + "\n"
