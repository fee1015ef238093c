"""Counts the calls of a small storm and a small sweep, and compares them with those on record.

`python -m benchmarks.smoke` ends with 1 if they differ; `--update` puts them on record instead.
"""

import sys
from collections.abc import Mapping
from typing import Final

from benchmarks.call_counts import Counts, differences, on_record, put_on_record
from benchmarks.scenarios.contenders import Name
from benchmarks.scenarios.steady import steady
from benchmarks.scenarios.storm import storm

UPDATE: Final = "--update"
_REQUESTS: Final = 100
_CONSUMERS: Final = 10


def counted(requests: int = _REQUESTS, consumers: int = _CONSUMERS) -> Counts:
    """Put the stack through a storm, and have as many endpoints looked at that do not change."""
    stormed = storm(Name.OURS, requests, consumers)
    with steady(requests, consumers=consumers) as stack:
        stack.sweep()
        swept = dict(stack.world.cloud.calls)
    return {"storm": _named(stormed.calls), "sweep": _named(swept)}


def _named(calls: Mapping[tuple[str, str, str], int]) -> Mapping[str, int]:
    return {" ".join(call): count for call, count in sorted(calls.items())}


def main(arguments: list[str]) -> int:
    """Compare, or update, and return the exit code."""
    counts = counted()
    if UPDATE in arguments:
        put_on_record(counts)
        return 0
    found = list(differences(on_record(), counts))
    sys.stdout.writelines(f"{sentence}\n" for sentence in found)
    calls = sum(sum(each.values()) for each in counts.values())
    sys.stdout.write(f"{calls} calls of a storm and a sweep, {len(found)} differences\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
