"""Rows for screens of any width: a table where it fits, a block for each row where it does not."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from rich.console import Console, ConsoleOptions, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from console.plain import plain_text

type Cell = str | Text
"""What is said in a place; of others' words, plain_text makes a Text."""

_GAP: Final = 2
"""Between columns, and before the first one."""
_FLEXIBLE_WIDTH: Final = 30
"""A column that may be wrapped is not made narrower than this."""
_RIGHT_WIDTH: Final = 6
"""Of a column that is aligned right, so that the next ones stay where they are."""


class Listing:
    """A table without lines, under a heading.

    `flexible` columns may be wrapped, and `right` ones are aligned there. Where that does not fit,
    each row becomes a block of lines that say what they are. Of more rows than `most`, the others
    are only counted.
    """

    def __init__(  # noqa: PLR0913 - each says how it is shown
        self,
        heading: str,
        columns: Sequence[str],
        rows: Iterable[Sequence[Cell]],
        *,
        flexible: Iterable[str] = (),
        right: Iterable[str] = (),
        most: int | None = None,
    ) -> None:
        self._heading = Text(heading, style="bold")
        self._columns = columns
        everything = list(rows)
        self._rows = [list(map(_shown, row)) for row in everything[:most]]
        self._hidden = len(everything) - len(self._rows)
        self._flexible = frozenset(flexible)
        self._right = frozenset(right)

    def __rich_console__(
        self, _console: Console, options: ConsoleOptions
    ) -> Iterator[RenderableType]:
        """Yield the table, or the blocks."""
        yield self._heading
        if not self._rows:
            yield Text("  none")
            return
        fits = self._narrowest() <= options.max_width
        yield from [_indented(self._table())] if fits else self._blocks()
        if self._hidden:
            yield Text(f"  and {self._hidden} more")

    def _narrowest(self) -> int:
        """Return the width that the table takes at least."""
        return sum(_GAP + self._width(number) for number in range(len(self._columns)))

    def _width(self, number: int) -> int:
        column = self._columns[number]
        width = max(len(column), *(row[number].cell_len for row in self._rows))
        if column in self._right:
            return max(width, _RIGHT_WIDTH)
        return min(width, _FLEXIBLE_WIDTH) if column in self._flexible else width

    def _table(self) -> Table:
        table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="")
        for column in self._columns:
            if column in self._flexible:
                table.add_column(column.upper(), min_width=_FLEXIBLE_WIDTH, overflow="fold")
            elif column in self._right:
                table.add_column(column.upper(), min_width=_RIGHT_WIDTH, justify="right")
            else:
                table.add_column(column.upper(), no_wrap=True)
        for row in self._rows:
            table.add_row(*row)
        return table

    def _blocks(self) -> Iterator[RenderableType]:
        for first, *others in self._rows:
            yield _indented(Text.assemble(first, overflow="fold"))
            for column, cell in zip(self._columns[1:], others, strict=True):
                if cell.plain:
                    line = Text.assemble(f"{column}: ", cell, overflow="fold")
                    yield _indented(line, by=4)


def paragraph(text: Cell, *, by: int = _GAP) -> RenderableType:
    """Return a text that is wrapped within an indentation."""
    return _Paragraph(Text.assemble(_shown(text), overflow="fold"), by)


class _Paragraph:
    def __init__(self, text: Text, by: int) -> None:
        self._text = text
        self._by = by

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        """Yield the lines, with nothing behind the last word of any."""
        for line in self._text.wrap(console, max(1, options.max_width - self._by)):
            line.rstrip()
            yield Text.assemble(" " * self._by, line)


def _shown(cell: Cell) -> Text:
    return plain_text(cell) if isinstance(cell, str) else cell


def _indented(renderable: RenderableType, *, by: int = _GAP) -> Padding:
    return Padding(renderable, (0, 0, 0, by), expand=False)
