"""Tables of figures, in Markdown."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from benchmarks.cost import COMPONENTS
from benchmarks.figures import Figure
from benchmarks.prices import ALL
from benchmarks.results import in_order
from benchmarks.targets import TARGETS, bound

type Figures = Mapping[str, Figure]

_THOUSAND: Final = 1000
_PRECISE: Final = 100


def number(value: float | None) -> str:
    """Write a number as people read it: three digits that count, and groups of thousands."""
    if value is None:
        return ""
    if float(value).is_integer() or abs(value) >= _THOUSAND:
        return f"{value:,.0f}"
    return f"{value:.0f}" if abs(value) >= _PRECISE else f"{value:.3g}"


def targets(figures: Figures, pattern: str) -> str:
    """Return what is promised of the figures whose names match, or of all, and whether it holds."""
    rows = [
        (
            target.what,
            number(figure.value),
            number(figure.baseline),
            number(figure.ratio),
            bound(target),
            "yes" if target.is_kept_by(figure) else "**no**",
        )
        for target in TARGETS
        if (figure := figures.get(target.figure))
        and (not pattern or re.fullmatch(pattern, target.figure))
    ]
    return _table(("figure", "ours", "baseline", "ratio", "promised", "kept"), rows)


def listing(figures: Figures, pattern: str) -> str:
    """Return all figures whose names match."""
    rows = [
        (
            f"`{name}`",
            number(figures[name].value),
            figures[name].unit,
            number(figures[name].baseline),
            number(figures[name].ratio),
        )
        for name in sorted(figures, key=in_order)
        if re.fullmatch(pattern, name)
    ]
    return _table(("figure", "ours", "unit", "baseline", "ratio"), rows)


def grid(figures: Figures, pattern: str) -> str:
    """Return figures that differ in a number: a row for each number, a column for what is left.

    The pattern's first group is the number, the second the column. Where there is a baseline it
    stands behind what is ours.
    """
    cells: dict[int, dict[str, Figure]] = {}
    for name, figure in figures.items():
        if match := re.fullmatch(pattern, name):
            cells.setdefault(int(match[1]), {})[match[2]] = figure
    columns = dict.fromkeys(
        column for row in cells.values() for column in sorted(row, key=in_order)
    )
    rows = [
        (number(size), *(_beside(cells[size].get(column)) for column in columns))
        for size in sorted(cells)
    ]
    return _table(("", *(column.replace("_", " ") for column in columns)), rows)


def prices(_figures: Figures, _: str) -> str:
    """Return what costs how much, and where that was read."""
    rows = [
        (f"{price.dollars:.10g}", number(price.units), f"[{price.unit}]({price.page})", price.read)
        for price in ALL
    ]
    return _table(("dollars", "for", "of", "read"), rows)


def formula(_figures: Figures, _: str) -> str:
    """Return how each component of the cost is reckoned."""
    return _table(("component", "dollars a month"), COMPONENTS.items())


TABLES: Final[Mapping[str, Callable[[Figures, str], str]]] = {
    "formula": formula,
    "grid": grid,
    "listing": listing,
    "prices": prices,
    "targets": targets,
}


def _beside(figure: Figure | None) -> str:
    if figure is None:
        return ""
    if figure.baseline is None:
        return number(figure.value)
    return f"{number(figure.value)} / {number(figure.baseline)}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---", *("--:" for _ in head[1:])], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
