"""What the tests of the lifecycle count, for the summary at their end."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Tally:
    """Counts of one run of pytest."""

    steps: int = 0
    examples: int = 0
    quiesced: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    violations: int = 0
    mutants: int = 0
    caught: int = 0

    def counts(self) -> dict[str, Any]:
        """Return the counts as plain values, as one process hands them to another."""
        return {**vars(self), "faults": {str(kind): self.faults[kind] for kind in self.faults}}

    def add(self, counts: Mapping[str, Any]) -> None:
        """Add what another process has counted."""
        for name, count in counts.items():
            if name == "faults":
                self.faults.update(count)
            else:
                setattr(self, name, getattr(self, name) + count)


TALLY = Tally()
"""The counts of this process; tests of mutants, which are to fail, count elsewhere."""
