"""What is said of files that should be allowlists, as a document."""

from typing import Annotated

from msgspec import Meta, Struct


class Mistake(Struct, frozen=True, kw_only=True):
    """One mistake in a file."""

    line: Annotated[int | None, Meta(description="line of the file, from 1; null: the whole")]
    column: Annotated[int | None, Meta(description="column of the line, from 1")]
    path: Annotated[str, Meta(description="where it stands, as in services.web.consumers[0]")]
    found: Annotated[str, Meta(description="what stands there")]
    expected: Annotated[str, Meta(description="what was expected")]


class ValidatedFile(Struct, frozen=True, kw_only=True):
    """What is to be said of one file."""

    file: Annotated[str, Meta(description="the file, as it was named")]
    bytes: Annotated[int, Meta(description="its size")]
    version: Annotated[str | None, Meta(description="digest of a valid document")] = None
    services: Annotated[int, Meta(description="services of a valid document")] = 0
    consumers: Annotated[int, Meta(description="consumers of all its services")] = 0
    mistakes: Annotated[tuple[Mistake, ...], Meta(description="none: the file is valid")] = ()


class Validation(Struct, frozen=True, kw_only=True):
    """The answer of `privatelink allowlist validate --json`."""

    bytes_max: Annotated[int, Meta(description="the largest document that AppConfig takes")]
    files: Annotated[tuple[ValidatedFile, ...], Meta(description="in the order they were named")]
