"""The figures of the last run, as they are committed: one flat object each, in natural order."""

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from benchmarks.figures import Figure

RESULTS: Final = Path(__file__).parent / "results.json"
_DIGITS: Final = 4


def write(figures: Iterable[Figure], file: Path = RESULTS) -> None:
    """Replace the results of the run before."""
    by_name: dict[str, Figure] = {}
    for figure in figures:
        if figure.name in by_name:
            raise ValueError(f"{figure.name} is measured twice")
        by_name[figure.name] = rounded(figure)
    rows = [json.dumps(_plain(by_name[name].to_json())) for name in sorted(by_name, key=in_order)]
    file.write_text("[\n  " + ",\n  ".join(rows) + "\n]\n")


def read(file: Path = RESULTS) -> Mapping[str, Figure]:
    """Return the figures of the last run by their names."""
    return {
        row["name"]: Figure(
            name=row["name"], value=row["value"], unit=row["unit"], baseline=row["baseline"]
        )
        for row in json.loads(file.read_text())
    }


def rounded(figure: Figure) -> Figure:
    """Return a figure without digits that say nothing; its ratio is that of what is left."""
    return Figure(
        name=figure.name,
        value=_significant(figure.value),
        unit=figure.unit,
        baseline=None if figure.baseline is None else _significant(figure.baseline),
    )


def in_order(name: str) -> tuple[tuple[int, str], ...]:
    """Return what to sort a name by: numbers in it count as numbers."""
    parts = re.findall(r"[0-9]+|[^0-9]+", name)
    return tuple((int(part), "") if part.isdigit() else (-1, part) for part in parts)


def _plain(row: Mapping[str, str | float | None]) -> dict[str, str | float | None]:
    """Return a row whose numbers are whole where they can be."""
    return {
        key: int(value) if isinstance(value, float) and value.is_integer() else _shortened(value)
        for key, value in row.items()
    }


def _shortened(value: str | float | None) -> str | float | None:
    return _significant(value) if isinstance(value, float) else value


def _significant(value: float) -> float:
    return float(value) if float(value).is_integer() else float(f"{value:.{_DIGITS}g}")
