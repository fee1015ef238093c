"""How large the largest allowlist is, and how long it takes to validate."""

import timeit
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Final

from benchmarks.figures import Figure
from benchmarks.worst_case import CONSUMERS, allowlist_of
from privatelink.allowlist_document import MAX_BYTES, decode
from privatelink.errors import InvalidAllowlistError

_RUNS: Final = 5


def figures() -> Iterator[Figure]:
    """Yield the size beside what AppConfig takes, and times beside those of a tenth."""
    document = allowlist_of()
    tenth = seconds(allowlist_of(CONSUMERS // 10))
    name = f"allowlist_{CONSUMERS}"
    yield Figure(name=f"{name}_bytes", value=len(document), unit="bytes", baseline=MAX_BYTES)
    yield Figure(
        name=f"{name}_valid_seconds", value=seconds(document), unit="seconds", baseline=10 * tenth
    )
    yield Figure(
        name=f"{name}_invalid_seconds",
        value=seconds(document.replace(b"alias: sddc", b"alias: SDDC"), _refuse),
        unit="seconds",
    )


def seconds(document: bytes, validate: Callable[[bytes], object] = decode) -> float:
    """Return the shortest time of some runs: whatever else is at work only adds to it."""
    return min(timeit.repeat(lambda: validate(document), number=1, repeat=_RUNS))


def _refuse(document: bytes) -> None:
    with suppress(InvalidAllowlistError):
        decode(document)
