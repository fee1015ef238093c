"""Calls counted by name, and how they differ from those on record."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

type Counts = Mapping[str, Mapping[str, int]]
"""Of each scenario how often each call is made, as in `consumer ec2 DescribeVpcEndpoints`."""

RECORD: Final = Path(__file__).parent / "call_counts.json"


def on_record(file: Path = RECORD) -> Counts:
    """Return the calls that were counted when somebody last agreed to them."""
    counts: Counts = json.loads(file.read_text())
    return counts


def put_on_record(counts: Counts, file: Path = RECORD) -> None:
    """Agree to the calls that have been counted."""
    file.write_text(json.dumps(counts, indent=2, sort_keys=True) + "\n")


def differences(was: Counts, now: Counts) -> Iterator[str]:
    """Yield a sentence for each call that is made more often than on record, or less often."""
    for scenario in sorted(was.keys() | now.keys()):
        before, after = Counter(was.get(scenario, {})), Counter(now.get(scenario, {}))
        for name in sorted(before | after):
            if after[name] > before[name]:
                yield f"{scenario}: {name} was called {before[name]} times and is {after[name]}"
            elif after[name] < before[name]:
                yield (
                    f"{scenario}: {name} was called {before[name]} times and is {after[name]}:"
                    " better, if 'make bench-smoke UPDATE=1' puts it on record"
                )
