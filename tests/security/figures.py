"""What the security tests have counted, for the table behind their results."""

from collections.abc import Iterator, Mapping
from typing import Final

ORDER: Final = (
    "calls recorded",
    "decisions about permissions recorded",
    "permissions granted by the templates",
    "permissions proven needed",
    "permissions needed by reason",
    "permissions unused",
    "widening mutations tried",
    "widening mutations not caught",
    "adversarial attempts",
    "adversarial attempts refused",
)
"""The rows that come first; others follow in the order of their names."""


class Figures:
    """Counts by name; whatever is added under one name is summed."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}

    def add(self, name: str, count: int = 1) -> None:
        """Add to a row of the table."""
        self._counts[name] = self._counts.get(name, 0) + count

    def add_all(self, counts: Mapping[str, int]) -> None:
        """Add what another process has counted."""
        for name, count in counts.items():
            self.add(name, count)

    def counts(self) -> dict[str, int]:
        """Return the rows in their order."""
        first = [name for name in ORDER if name in self._counts]
        return {
            name: self._counts[name] for name in [*first, *sorted(self._counts.keys() - {*first})]
        }

    def lines(self) -> Iterator[str]:
        """Write the table: a name and a count in each line."""
        for name, count in self.counts().items():
            yield f"{name:<44}{count:>10,}"
