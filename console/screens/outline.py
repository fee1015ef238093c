"""Marked lines under headings: one outline for a terminal and for a pull request."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, groupby
from typing import Final

from rich.console import Group, RenderableType
from rich.text import Text

from console.plain import plain_text
from console.screens.listing import paragraph
from console.screens.markdown import as_it_stands, block, code

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
    seen: str = ""
    """What was seen somewhere, in words of others; it stands behind the text."""


type Part = Heading | Marked | Note


def on_screen(parts: Iterable[Part]) -> RenderableType:
    """Return an outline for a terminal."""
    return Group(*_rendered(parts))


def _rendered(parts: Iterable[Part]) -> Iterator[RenderableType]:
    for number, part in enumerate(parts):
        match part:
            case Heading(text, 1):
                yield from [Text("")] if number else []
                yield plain_text(text, "bold")
            case Heading(text, _):
                yield paragraph(plain_text(text, "underline"))
            case Note(text, seen):
                yield paragraph(f"{text} {seen}".strip(), by=6)
            case Marked(mark, text, remark):
                told = plain_text(f"{mark} {text}", _STYLES.get(mark, ""))
                behind = plain_text(f"  {remark}", "dim") if remark else ""
                yield paragraph(Text.assemble(told, behind), by=4)


def in_markdown(parts: Iterable[Part]) -> str:
    """Return an outline in GitHub's Markdown: marked lines stand in blocks of a diff."""
    lines: list[str] = []
    for is_marked, some in groupby(parts, key=lambda part: isinstance(part, Marked)):
        told = map(_written, some)
        if is_marked:
            lines += [*block("diff", told), ""]
        else:
            lines += chain.from_iterable((line, "") for line in told)
    return "\n".join(lines).rstrip() + "\n"


def _written(part: Part) -> str:
    match part:
        case Heading(text, level):
            return f"{'#' * (level + 2)} {as_it_stands(text)}"
        case Note(text, seen):
            return f"{as_it_stands(text)} {code(seen)}".strip()
        case Marked(mark, text, remark):
            # A diff knows + - and !; of other lines it takes no notice.
            known = mark if mark in {"+", "-", "!"} else f"  {mark}"
            return f"{known} {text}" + (f"  # {remark}" if remark else "")
