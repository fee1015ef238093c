"""What the tests of the lifecycle count, for the summary at their end."""

from collections import Counter
from dataclasses import dataclass, field


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


TALLY = Tally()
"""The counts of this process; tests of mutants, which are to fail, count elsewhere."""
