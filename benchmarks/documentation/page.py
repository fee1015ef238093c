"""Renders docs/performance.md, its pictures and the README's figures from the results.

`python -m benchmarks.documentation.page` writes them anew, without measuring anything. The prose
stands in performance.md beside this file; in it, `{{figure_name}}` is a figure, with `.baseline` or
`.ratio` behind it what it is compared with, and `{{table argument}}` one of the tables.
"""

import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from benchmarks import results
from benchmarks.documentation.pictures import PICTURES, draw
from benchmarks.documentation.tables import TABLES, Figures, number

_ROOT: Final = Path(__file__).parents[2]
_TEMPLATE: Final = Path(__file__).parent / "performance.md"
_READMES: Final = (_ROOT / "README.md", _ROOT / "README.ja.md")
_PLACE: Final = re.compile(r"\{\{(\w+)(?:\.(baseline|ratio)| ([^}]*))?\}\}")
_MARKED: Final = re.compile(r"(<!-- figures -->\n).*?(<!-- /figures -->)", re.DOTALL)
_OUTSTANDING: Final = (
    r"storm_1000_(ec2_calls|modelled_seconds|throttles)"
    r"|sweep_10000_(writes|calls_per_consumer|peak_mib)"
    r"|time_to_ready_p99_seconds|cold_start_ratio_max"
)
"""What the README shows."""
PAGE: Final = _ROOT / "docs" / "performance.md"
FOLDER: Final = _ROOT / "docs" / "performance"


def rendered(figures: Figures) -> Mapping[Path, str]:
    """Return the text of every file that is made from figures."""
    pictures = {FOLDER / f"{name}.svg": draw(name, figures) for name in PICTURES}
    readmes = {file: readme(file.read_text(), figures) for file in _READMES}
    return {PAGE: page(figures), **readmes, **pictures}


def stale(figures: Figures) -> Iterator[Path]:
    """Yield the files that are not there, or not as they would be made."""
    for file, text in rendered(figures).items():
        if not file.exists() or file.read_text() != text:
            yield file


def page(figures: Figures) -> str:
    """Return the page about performance."""
    return _filled(_TEMPLATE.read_text(), figures)


def readme(text: str, figures: Figures) -> str:
    """Return a README with the figures of the last run in their place."""
    table = TABLES["targets"](figures, _OUTSTANDING)
    return _MARKED.sub(lambda match: f"{match[1]}{table}\n{match[2]}", text)


def _filled(template: str, figures: Figures) -> str:
    def fill(place: re.Match[str]) -> str:
        name, of, argument = place.groups()
        if name in TABLES:
            return TABLES[name](figures, argument or "")
        figure = figures[name]
        return number({"baseline": figure.baseline, "ratio": figure.ratio}.get(of, figure.value))

    return _PLACE.sub(fill, template)


def write() -> None:
    """Write what is stale."""
    figures = results.read()
    FOLDER.mkdir(exist_ok=True)
    for file in tuple(stale(figures)):
        file.write_text(rendered(figures)[file])
        sys.stdout.write(f"{file.relative_to(_ROOT)} is written\n")


if __name__ == "__main__":
    write()
