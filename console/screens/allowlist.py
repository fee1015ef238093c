"""What is shown of allowlists: whether files are valid, and which versions there have been."""

from collections.abc import Mapping, Sequence

from rich.table import Table
from rich.text import Text

from console.allowlist_files import located
from console.allowlist_history import Deployment
from console.documents.validation import Mistake, ValidatedFile
from console.plain import plain_text
from privatelink.allowlist import Allowlist
from privatelink.allowlist_document import MAX_BYTES
from privatelink.errors import Problem


def valid(file: str, size: int, allowlist: Allowlist) -> ValidatedFile:
    """Return what is said of a file without mistakes."""
    return ValidatedFile(
        file=file,
        bytes=size,
        version=allowlist.version,
        services=len(allowlist.services),
        consumers=sum(len(service.consumers) for service in allowlist.services.values()),
    )


def invalid(file: str, size: int, problems: Sequence[Problem]) -> ValidatedFile:
    """Return what is said of a file with mistakes."""
    return ValidatedFile(file=file, bytes=size, mistakes=tuple(map(_mistake, problems)))


def told_of(file: ValidatedFile) -> Text:
    """Return a line for each mistake, which editors can jump to, or one for a valid file."""
    if file.mistakes:
        return Text("\n".join(located(file.file, each) for each in file.mistakes))
    return plain_text(
        f"{file.file}: version {file.version}, {_count(file.services, 'service')}, "
        f"{_count(file.consumers, 'consumer')}, {file.bytes:,} of {MAX_BYTES:,} bytes"
    )


def versions(deployments: Sequence[Deployment], digests: Mapping[str, str]) -> Table:
    """Return a table of versions that have been in force; `digests` by version."""
    table = Table("VERSION", "ALLOWLIST", "DEPLOYED", box=None, pad_edge=False)
    for each in deployments:
        deployed = f"{each.started_at:%Y-%m-%d %H:%M} UTC"
        table.add_row(each.version, digests.get(each.version, ""), deployed)
    return table


def _mistake(problem: Problem) -> Mistake:
    return Mistake(
        line=problem.line,
        column=problem.column,
        path=problem.path,
        found=problem.found,
        expected=problem.expected,
    )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
