"""What a page keeps of the allowlist, so that the next one can say what has been edited."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Raw, Struct
from msgspec.structs import replace

from console.documents.report import AllowlistEdits, Report
from console.documents.status import StackStatus
from console.edits import edits
from console.errors import ConsoleError
from privatelink.allowlist import Allowlist, Document
from privatelink.allowlist_document import decode
from privatelink.errors import InvalidAllowlistError

OPENING: Final = '<script type="application/json" id="kept">'
_KEPT: Final = re.compile(re.escape(OPENING) + "(.*?)</script>", re.DOTALL)
_UNITS: Final = {"d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)}


class Kept(Struct, frozen=True, kw_only=True):
    """When a report was made, of which stack, and by which allowlist."""

    at: datetime
    stack: str
    allowlist_version: str
    allowlist: Raw


def element(report: Report) -> str:
    """Return the element of a page that keeps what the next one needs; it is not shown."""
    document = Document(services=dict(report.allowlist))
    kept = Kept(
        at=report.status.at,
        stack=_name(report.status.stack),
        allowlist_version=report.status.stack.allowlist_version,
        allowlist=Raw(msgspec.json.encode(document, enc_hook=_as_text)),
    )
    # Whatever stands in it, the element does not end before its end.
    return f"{OPENING}{msgspec.json.encode(kept).decode().replace('<', r'\u003c')}</script>"


def read(file: Path, stack: StackStatus) -> Kept | None:
    """Read what a file keeps, or return None: there is none.

    Raises ConsoleError if the file is something else than a report on `stack`.
    """
    if not file.exists():
        return None
    try:
        found = _KEPT.search(file.read_text(encoding="utf-8"))
        kept = msgspec.json.decode(found[1] if found else "", type=Kept)
    except (UnicodeDecodeError, msgspec.MsgspecError) as error:
        raise _not_replaced(file, "is not a report") from error
    if kept.stack != _name(stack):
        raise _not_replaced(file, f"is a report on {kept.stack}")
    return kept


def compared(report: Report, kept: Kept | None, file: Path) -> Report:
    """Add what has been edited since the report before; raise ConsoleError if it is not legible."""
    if kept is None:
        return report
    try:
        before = decode(bytes(kept.allowlist))
    except InvalidAllowlistError as error:
        raise _not_replaced(file, "is a report of another version") from error
    version = report.status.stack.allowlist_version
    after = Allowlist(version=version, services=report.allowlist)
    return replace(
        report,
        edits=AllowlistEdits(
            since=kept.at, before=kept.allowlist_version, edits=edits(before, after)
        ),
    )


def _as_text(value: object) -> str:
    """Write a value of the allowlist as people write it."""
    if isinstance(value, timedelta):
        return next(f"{value // unit}{name}" for name, unit in _UNITS.items() if not value % unit)
    return str(value)


def _name(stack: StackStatus) -> str:
    return f"{stack.name} in {stack.account_id}/{stack.region}"


def _not_replaced(file: Path, what: str) -> ConsoleError:
    return ConsoleError(f"{file} {what}, and is left as it is.", "Name another file.")
