"""What `privatelink status --watch` shows: something of everything, whatever the height."""

from bisect import bisect_right

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.text import Text

from console.documents.status import Status
from console.screens.status import overview


class Watched:
    """The screen of `status` above a remark, with as many rows of each kind as there is room for.

    A screen that is cut off at the bottom would never show the endpoints.
    """

    def __init__(self, document: Status, remark: Text) -> None:
        self._document = document
        self._remark = remark

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the largest screen that fits, or the smallest there is."""
        height = options.max_height
        options = options.update(height=None)

        def lines(most: int) -> int:
            return len(console.render_lines(self._screen(most), options))

        fitting = bisect_right(range(1, height + 1), height, key=lines)
        yield from console.render(self._screen(max(1, fitting)), options)

    def _screen(self, most: int) -> RenderableType:
        return Group(overview(self._document, most), Text(""), self._remark)
