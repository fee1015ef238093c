"""Where the console writes: results to stdout, talk and progress to stderr.

Neither reads markup: brackets of a path or a CIDR are text. What is to be styled is made of rich's
renderables.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from rich.console import Console
from rich.status import Status
from rich.text import Text

from console.plain import plain_lines, plain_text


class _Plain(Console):
    """A console that obeys nothing in the strings that it prints; their lines are our own."""

    def render_str(self, text: str, **options: Any) -> Text:  # noqa: ANN401 - rich's own
        return super().render_str(plain_lines(text), **options)


results: Final = _Plain(markup=False, emoji=False, highlight=False)
"""What has been asked for: the only thing that other programs read."""

talk: Final = _Plain(stderr=True, markup=False, emoji=False, highlight=False)
"""What goes on meanwhile, questions and errors."""


def emit_json(document: msgspec.Struct) -> None:
    """Print a document as JSON on stdout."""
    text = msgspec.json.format(msgspec.json.encode(document), indent=2).decode()
    # As it is: rich would break long lines. What JSON leaves as it is may still be obeyed.
    print(plain_lines(text), file=results.file)


@dataclass(frozen=True)
class Working:
    """What is shown while something is worked on."""

    status: Status

    def update(self, on: str) -> None:
        """Show that something else is worked on now."""
        self.status.update(plain_text(on))


@contextmanager
def working(on: str) -> Iterator[Working]:
    """Show what is worked on for the length of the block, if a person watches."""
    with talk.status(plain_text(on)) as status:
        yield Working(status)
