"""Draws the console's screens as pictures for the documentation.

They are drawn of the golden documents, which the tests compare with what the console says of the
sandbox; `--check` compares the pictures with them.
"""

import re
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Final

import msgspec
from rich.console import Console, RenderableType
from rich.terminal_theme import MONOKAI

from console.documents.diagnosis import Diagnosis
from console.documents.explanation import Explanation
from console.documents.plan import Plan, WhatIf
from console.documents.status import Status
from console.screens import doctor, explain, plan, status, what_if
from console.screens.outline import on_screen

GOLDEN: Final = Path(__file__).parent / "golden"
PICTURES: Final = Path(__file__).parents[2] / "docs" / "screens"
_COLUMNS: Final = 112
_FONTS: Final = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)
_AT: Final = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
_NOW: Final = _AT + timedelta(minutes=3)
WORDS: Final = {r"TIME_*": _AT.isoformat(), r"\bDAY\b": f"{_AT:%Y-%m-%d}", r"\bAGE\b": "3 min"}
"""What stands in golden documents for what differs from run to run, and is drawn in its place."""


def _plan(document: bytes) -> RenderableType:
    return on_screen(plan.outlined(msgspec.json.decode(document, type=Plan)))


def _what_if(document: bytes) -> RenderableType:
    return on_screen(what_if.outlined(msgspec.json.decode(document, type=WhatIf)))


def _doctor(document: bytes) -> RenderableType:
    return doctor.examined(msgspec.json.decode(document, type=Diagnosis).checks)


def _explain(document: bytes) -> RenderableType:
    return explain.explained(msgspec.json.decode(document, type=Explanation), _NOW)


def _status(document: bytes) -> RenderableType:
    return status.overview(msgspec.json.decode(document, type=Status))


SCREENS: Final[Mapping[str, tuple[str, Callable[[bytes], RenderableType]]]] = {
    "doctor": ("privatelink doctor", _doctor),
    "explain": ("privatelink explain vpce-00000000000000001", _explain),
    "plan": ("privatelink plan", _plan),
    "status": ("privatelink status", _status),
    "what-if": ("privatelink what-if allowlist.yaml", _what_if),
}
"""By name of the golden document: the command, and what it shows."""


def draw(name: str) -> str:
    """Return the picture of a screen."""
    command, screen = SCREENS[name]
    text = (GOLDEN / f"{name}.json").read_text()
    for word, value in WORDS.items():
        text = re.sub(word, value, text)
    document = text.encode()
    console = Console(record=True, width=_COLUMNS, file=StringIO(), markup=False, highlight=False)
    console.print(screen(document))
    # An id of rich's own would be another one each time; its fonts would be fetched from elsewhere.
    picture = console.export_svg(title=command, theme=MONOKAI, unique_id=f"screen-{name}")
    return _FONTS.sub("", picture)


def main() -> int:
    """Draw all pictures; with `--check`, say which are not what would be drawn."""
    stale = []
    PICTURES.mkdir(exist_ok=True)
    for name in SCREENS:
        path, picture = PICTURES / f"{name}.svg", draw(name)
        if "--check" not in sys.argv:
            path.write_text(picture)
        elif not path.exists() or path.read_text() != picture:
            stale.append(name)
    if stale:
        sys.stderr.write(f"stale pictures: {', '.join(stale)}: run 'make screens'\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
