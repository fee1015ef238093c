"""Files that should be allowlists."""

import os
from pathlib import Path

from console.documents.validation import Mistake
from console.errors import ConsoleError
from console.plain import plain
from privatelink.allowlist import Allowlist
from privatelink.allowlist_document import decode
from privatelink.errors import InvalidAllowlistError, Problem


def read_allowlist(file: Path) -> Allowlist:
    """Read a file, or raise ConsoleError with all mistakes in it."""
    return decode_named(name_of(file), file.read_bytes())


def name_of(file: Path) -> str:
    """Return a file's name as text, whichever bytes it is made of."""
    return os.fsencode(file).decode(errors="backslashreplace")


def decode_named(name: str, document: bytes) -> Allowlist:
    """Read a document that people know by a name, or raise ConsoleError with all its mistakes."""
    try:
        return decode(document)
    except InvalidAllowlistError as error:
        mistakes = "\n".join(located(name, problem) for problem in error.problems)
        raise ConsoleError(mistakes) from error


def located(name: str, mistake: Mistake | Problem) -> str:
    """Return a mistake in one line that begins with its place, to which editors can jump."""
    place = "".join(f":{number}" for number in (mistake.line, mistake.column) if number)
    what = f"found {mistake.found}, expected {mistake.expected}"
    return plain(f"{name}{place}: {mistake.path}: {what}")
