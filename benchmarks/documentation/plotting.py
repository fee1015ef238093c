"""Draws figures that differ in a number as curves, and figures beside their baselines as bars.

The same figures are the same bytes. Colours are those of Okabe and Ito, which people who do not see
all colours tell apart; each line has a mark and a stroke of its own as well.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING, Any, Final, Protocol

import matplotlib as mpl
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import FuncFormatter

from benchmarks.documentation.tables import Figures, number
from benchmarks.results import in_order

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STYLE: Final[dict[Any, Any]] = {  # the stubs know each setting by a literal
    "svg.hashsalt": "privatelink-autopilot",
    "svg.fonttype": "none",  # text stays text: it can be searched, and is read to who cannot see
    "font.family": "sans-serif",
    "font.size": 10,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.alpha": 0.3,
    "figure.facecolor": "white",  # legible on dark pages too
    "figure.constrained_layout.use": True,
}
LOOKS: Final = (
    ("#0072B2", "o", "-"),
    ("#D55E00", "s", "--"),
    ("#009E73", "^", "-."),
    ("#CC79A7", "D", ":"),
    ("#E69F00", "v", "-"),
    ("#56B4E9", "P", "--"),
    ("#000000", "X", "-."),
    ("#F0E442", "*", "-"),
)
_PANEL: Final = (5.2, 4.4)
"""Inches that a panel takes."""
_BAR: Final = 0.38


@dataclass(frozen=True, kw_only=True)
class Line:
    """The figures whose names match, over the number in the pattern's first group."""

    label: str
    pattern: str
    of_baseline: bool = False

    def points(self, figures: Figures) -> Sequence[tuple[int, float]]:
        """Return the points, in order."""
        return sorted(
            (int(match[1]), value)
            for name, figure in figures.items()
            if (match := re.fullmatch(self.pattern, name))
            and (value := figure.baseline if self.of_baseline else figure.value) is not None
        )


class Panel(Protocol):
    """Something to be drawn on one pair of axes."""

    def plot(self, figures: Figures, axes: "Axes") -> None:
        """Draw figures."""
        ...


@dataclass(frozen=True, kw_only=True)
class Curves:
    """Lines over sizes that span decades, so that both scales are logarithmic."""

    title: str
    x: str
    y: str
    lines: Sequence[Line]

    def plot(self, figures: Figures, axes: "Axes") -> None:
        """Draw the lines that have points."""
        for line, (colour, mark, stroke) in zip(self.lines, LOOKS, strict=False):
            x, y = zip(*line.points(figures), strict=True)
            axes.plot(x, y, color=colour, marker=mark, linestyle=stroke, label=line.label)
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set(title=self.title, xlabel=self.x, ylabel=self.y)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))
        axes.legend(frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.18), ncols=2)


@dataclass(frozen=True, kw_only=True)
class Bars:
    """Figures beside their baselines, named by the pattern's first group, from a floor on."""

    title: str
    x: str
    pattern: str
    ours: str
    baseline: str
    floor: tuple[str, str]
    """The figure that none can fall below, and what it is called."""

    def plot(self, figures: Figures, axes: "Axes") -> None:
        """Draw two bars for each figure that has a baseline, and a line where the floor is."""
        names = [
            name
            for name in sorted(figures, key=in_order, reverse=True)
            if re.fullmatch(self.pattern, name) and figures[name].baseline is not None
        ]
        ours = [figures[name].value for name in names]
        baselines = [figures[name].baseline or 0 for name in names]
        for offset, label, values, (colour, _, _) in (
            (_BAR / 2, self.ours, ours, LOOKS[0]),
            (-_BAR / 2, self.baseline, baselines, LOOKS[1]),
        ):
            places = [place + offset for place in range(len(names))]
            bars = axes.barh(places, values, height=_BAR, color=colour, label=label)
            axes.bar_label(bars, [number(value) for value in values], padding=3)
        floor, called = self.floor
        axes.axvline(figures[floor].value, color="black", linestyle=":", label=called)
        labels = [re.sub(self.pattern, r"\1", name).replace("_", " ") for name in names]
        axes.set_yticks(range(len(names)), labels)
        axes.margins(x=0.12)
        axes.set(title=self.title, xlabel=self.x)
        axes.legend(frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.15), ncols=3)


def drawn(panels: Sequence[Panel], figures: Figures) -> str:
    """Return a picture of panels side by side, as SVG."""
    with mpl.rc_context(STYLE):
        width, height = _PANEL
        canvas = Canvas(figsize=(max(8, width * len(panels)), height))
        for place, panel in enumerate(panels, start=1):
            panel.plot(figures, canvas.add_subplot(1, len(panels), place))
        return as_svg(canvas)


def as_svg(canvas: Canvas) -> str:
    """Return a picture as SVG, the same bytes for the same picture."""
    text = StringIO()
    canvas.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    # matplotlib leaves blanks at the ends of lines.
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines()) + "\n"
