"""Text in GitHub's Markdown that is read as it stands, whatever is in it."""

import re
from collections.abc import Iterable
from itertools import chain
from typing import Final

from console.plain import plain

_BACKTICKS: Final = re.compile("`+")
_MEANT: Final = re.compile(
    r"[\\`*~\[\]<>#@&|!${}^]"
    r"|(?<![^\W_])_|_(?![^\W_])"  # within a word it is itself
    r"|://|\bwww\.|\bGH-\d",
    re.IGNORECASE,
)
"""What means something to GitHub: in some cases even behind a backslash, which saves no mention."""


def as_it_stands(text: str) -> str:
    """Return a sentence in which words that would mean something are code."""
    return "".join(
        piece if not _MEANT.search(piece) else code(piece)
        for piece in re.split("( +)", plain(text).strip())
    )


def code(text: str) -> str:
    """Return a text as code within a line."""
    shown = plain(text).strip()
    fence = "`" * (_longest_run([shown]) + 1)
    # A backtick at an end would be one of the fence's.
    gap = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{gap}{shown}{gap}{fence}" if shown else ""


def block(language: str, lines: Iterable[str]) -> Iterable[str]:
    """Return the lines of a block of code."""
    shown = [plain(line) for line in lines]
    fence = "`" * max(3, _longest_run(shown) + 1)
    return [f"{fence}{language}", *shown, fence]


def _longest_run(lines: Iterable[str]) -> int:
    runs = chain.from_iterable(map(_BACKTICKS.findall, lines))
    return max(map(len, runs), default=0)
