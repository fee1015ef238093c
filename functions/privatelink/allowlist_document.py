"""Reads the allowlist's YAML, and says all that is wrong with it at once."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from typing import Final

import msgspec

from privatelink.allowlist import Allowlist, Document
from privatelink.allowlist_mistakes import contradictions, convert, mistakes
from privatelink.errors import InvalidAllowlistError, Problem
from privatelink.yaml_document import Reader, UnreadableError
from privatelink.yaml_places import Mistake, Path, Place, Places, written

MAX_BYTES: Final = 2 * 1024 * 1024
"""What AppConfig takes as a hosted configuration, unless AWS has raised the quota, to 4 MB at most.

https://docs.aws.amazon.com/appconfig/latest/userguide/appconfig-creating-configuration-and-profile-quotas.html
"""

# No allowlist that is written out needs fewer bytes for a value, as {port: 1} does for two.
_MAX_VALUES: Final = MAX_BYTES // 4
_MAX_PROBLEMS: Final = 10_000


def decode(document: bytes) -> Allowlist:
    """Read an allowlist, or raise InvalidAllowlistError with every mistake in it."""
    if len(document) > MAX_BYTES:
        expected = f"at most the {MAX_BYTES} that AppConfig takes"
        raise InvalidAllowlistError((Problem("document", f"{len(document)} bytes", expected),))
    reader = Reader(values_max=_MAX_VALUES)
    try:
        raw = reader.read(document)
        services = convert(raw, Document).services
        found = (*reader.mistakes, *islice(contradictions(raw), _MAX_PROBLEMS))
    except UnreadableError as error:
        found = (*reader.mistakes, error.mistake)
    except msgspec.ValidationError:
        found = (*reader.mistakes, *islice(mistakes(raw), _MAX_PROBLEMS))
    if found:
        raise InvalidAllowlistError(tuple(_problems(found, document)))
    return Allowlist(version=version_of(document), services=services)


def version_of(document: bytes) -> str:
    """Return the digest that names a document, be it valid or not."""
    return hashlib.sha256(document).hexdigest()[:12]


def _problems(found: Iterable[Mistake], document: bytes) -> Iterator[Problem]:
    """Yield mistakes with their places, in the order of the text; of several at one, the first."""
    places = Places()
    reader = Reader(values_max=_MAX_VALUES, places=places)
    with suppress(UnreadableError):
        reader.read(document)
    placed: dict[tuple[Place | None, Path], Mistake] = {}
    for mistake in found:
        place = mistake.place or places.find(
            reader.documents, mistake.path, of_key=mistake.is_about_key
        )
        placed.setdefault((place, mistake.path), mistake)
    for place, path in sorted(placed, key=lambda key: key[0] or (0, 0)):
        mistake = placed[place, path]
        yield Problem(written(path), mistake.value, mistake.expected, *(place or ()))
