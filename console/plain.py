"""Text that others have written, made fit to be shown.

Consumers choose tags, descriptions and what they put into parameters. A terminal obeys control
characters, and a newline forges a line, so none of them gets there as it is.
"""

import re
from typing import Final

from rich.text import Text

_NOT_SHOWN: Final = re.compile(
    r"[\x00-\x1f\x7f-\x9f"  # control characters, C1 with them
    r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # what changes the direction of writing
    r"\u2028\u2029\ud800-\udfff]"  # other line ends, and bytes that were no text
)
_SHORT: Final = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}


def plain(text: str) -> str:
    r"""Return a text in one line, in which what a terminal obeys is written out, as in \u001b."""
    return _NOT_SHOWN.sub(_written_out, text)


def plain_lines(text: str) -> str:
    """Return the same of a text whose lines are our own."""
    return "\n".join(map(plain, text.split("\n")))


def plain_text(text: str, style: str = "") -> Text:
    """Return a text in one line, for a screen."""
    return Text(plain(text), style=style)


def _written_out(match: re.Match[str]) -> str:
    return _SHORT.get(match[0], f"\\u{ord(match[0]):04x}")
