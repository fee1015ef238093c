"""Figures: what a benchmark says, each with what it is compared with."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One figure of a run; `baseline` is the same figure of what it is compared with, if any."""

    name: str
    value: float
    unit: str
    baseline: float | None = None

    @property
    def ratio(self) -> float | None:
        """The figure as a multiple of the baseline; None: there is none, or it is zero."""
        return self.value / self.baseline if self.baseline else None

    def to_json(self) -> dict[str, str | float | None]:
        """Return the figure as one flat object."""
        return {**asdict(self), "ratio": self.ratio}
