"""Writes the JSON Schemas in docs/: of the allowlist, for editors, and of what commands print.

`python -m console.schemas` writes those that are stale; with `--check` it only names them.
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from console.documents.diagnosis import Diagnosis
from console.documents.explanation import Explanation
from console.documents.invitation import Invitation
from console.documents.plan import Plan, WhatIf
from console.documents.status import Status
from console.documents.validation import Validation
from console.output import talk
from privatelink.allowlist import Document

_DOCS: Final = Path(__file__).parents[1] / "docs"
_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

DOCUMENTS: Final[Mapping[str, type[msgspec.Struct]]] = {
    "allowlist validate": Validation,
    "doctor": Diagnosis,
    "explain": Explanation,
    "invite": Invitation,
    "plan": Plan,
    "status": Status,
    "what-if": WhatIf,
}
"""What each command prints with `--json`."""


def schemas() -> Mapping[Path, str]:
    """Return the text of every schema by its file."""
    printed = {
        _DOCS / "console" / f"{command.replace(' ', '-')}.schema.json": _text(
            kind, f"privatelink {command} --json"
        )
        for command, kind in DOCUMENTS.items()
    }
    return {_DOCS / "allowlist.schema.json": _text(Document, "Allowlist"), **printed}


def stale() -> Iterator[Path]:
    """Yield the files that are not there or not as they should be."""
    for file, text in schemas().items():
        if not file.exists() or file.read_text() != text:
            yield file


def _text(kind: type[msgspec.Struct], title: str) -> str:
    schema = {"$schema": _DIALECT, "title": title, **msgspec.json.schema(kind)}
    return json.dumps(_portable(schema), indent=2, ensure_ascii=False) + "\n"


def _portable(schema: object) -> object:
    """Return a schema in words that all validators know, and without defaults that say nothing."""
    if isinstance(schema, list):
        return [_portable(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {
        key: _portable(item) for key, item in schema.items() if (key, item) != ("default", None)
    }
    if isinstance(pattern := kept.get("pattern"), str):
        # Python's end of a text; elsewhere `$` is that end.
        kept["pattern"] = pattern.replace(r"\Z", "$")
    return kept


def main(arguments: Sequence[str]) -> int:
    """Write the schemas, or check that they are fresh; return the exit code."""
    files = tuple(stale())
    if "--check" in arguments:
        for file in files:
            talk.print(f"{file.relative_to(_DOCS.parent)} is stale: run 'make schemas'")
        return 1 if files else 0
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(schemas()[file])
        talk.print(f"{file.relative_to(_DOCS.parent)} is written")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
