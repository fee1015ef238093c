"""Measures how large the largest allowlist is, and how long it takes to validate.

`python -m benchmarks.allowlist_size` ends with 1 if that is more than AppConfig takes, or a second.
"""

import sys
import timeit
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from benchmarks.worst_case import CONSUMERS, allowlist_of
from privatelink.allowlist_document import MAX_BYTES, decode
from privatelink.errors import InvalidAllowlistError

SECONDS_MAX: Final = 1.0
_RUNS: Final = 5


def seconds(document: bytes, validate: Callable[[bytes], object] = decode) -> float:
    """Return the shortest time of some runs: whatever else is at work only adds to it."""
    return min(timeit.repeat(lambda: validate(document), number=1, repeat=_RUNS))


def _refuse(document: bytes) -> None:
    with suppress(InvalidAllowlistError):
        decode(document)


def main() -> int:
    """Print what was measured, and return the exit code."""
    document = allowlist_of()
    valid = seconds(document)
    tenth = seconds(allowlist_of(CONSUMERS // 10))
    invalid = seconds(document.replace(b"alias: sddc", b"alias: SDDC"), _refuse)
    sys.stdout.write(
        f"{CONSUMERS} consumers with every key\n"
        f"  size      {len(document)} bytes, {len(document) / CONSUMERS:.0f} a consumer;"
        f" at most {MAX_BYTES}, {MAX_BYTES // CONSUMERS} a consumer\n"
        f"  valid     {valid:.2f} s, {valid / tenth:.1f} times as long as for a tenth of them\n"
        f"  invalid   {invalid:.2f} s, with a mistake in each entry\n"
    )
    return 0 if len(document) <= MAX_BYTES and valid < SECONDS_MAX else 1


if __name__ == "__main__":
    sys.exit(main())
