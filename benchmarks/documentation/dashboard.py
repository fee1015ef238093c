"""Draws the dashboard of template.yaml, as CloudWatch shows it after a modelled day.

`python -m benchmarks.documentation.dashboard` lets the day pass and writes the picture.
"""

import ast
import json
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from math import nan
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import matplotlib as mpl
from matplotlib.figure import Figure as Canvas
from samcli.yamlhelper import yaml_parse

from benchmarks.documentation.plotting import LOOKS, STYLE, as_svg
from benchmarks.scenarios.day import HOURS, Series, day

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PICTURE: Final = Path(__file__).parents[2] / "docs" / "dashboard.svg"
_TEMPLATE: Final = Path(__file__).parents[2] / "template.yaml"
_COLUMNS: Final = 24
_COLUMN, _ROW = 0.6, 0.5
"""Inches that a column and a row of the dashboard take."""
_LEFT, _RIGHT, _ABOVE, _BELOW = 1.2, 0.3, 0.7, 1.9
"""Columns and rows that are left for what stands around a widget's axes."""
_OPERATORS: Final[Mapping[type[ast.operator], Callable[[float, float], float]]] = {
    ast.Add: operator.add,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_STATISTICS: Final[Mapping[str, Callable[[Sequence[float]], float]]] = {
    "Sum": sum,
    "Maximum": max,
    "Average": lambda values: sum(values) / len(values),
    "p50": lambda values: _percentile(values, 50),
    "p99": lambda values: _percentile(values, 99),
}

type Curve = Mapping[int, float]
"""Values by the number of the period."""


def widgets() -> Sequence[Mapping[str, Any]]:
    """Return the widgets of the dashboard, with logical ids for what they refer to."""
    dashboard = yaml_parse(_TEMPLATE.read_text())["Resources"]["Dashboard"]["Properties"]
    text = re.sub(r"\$\{([A-Za-z:]+)(?:\.\w+)?\}", r"\1", dashboard["DashboardBody"]["Fn::Sub"])
    found: Sequence[Mapping[str, Any]] = json.loads(text)["widgets"]
    return found


def draw(series: Series) -> str:
    """Return the dashboard as SVG."""
    shown = widgets()
    rows = max(widget["y"] + widget["height"] for widget in shown)
    with mpl.rc_context({**STYLE, "font.size": 8, "figure.constrained_layout.use": False}):
        canvas = Canvas(figsize=(_COLUMNS * _COLUMN, rows * _ROW))
        for widget in shown:
            left, top = widget["x"] + _LEFT, widget["y"] + _ABOVE
            width = widget["width"] - _LEFT - _RIGHT
            height = widget["height"] - _ABOVE - _BELOW
            bottom = rows - top - height
            place = (left / _COLUMNS, bottom / rows, width / _COLUMNS, height / rows)
            _plot(widget["properties"], series, canvas.add_axes(place))
        return as_svg(canvas)


def _plot(properties: Mapping[str, Any], series: Series, axes: "Axes") -> None:
    curves: dict[str, Curve] = {}
    looks = iter(LOOKS)
    for *metric, options in properties["metrics"]:
        if "expression" in options:
            continue
        curve = _curve(properties | options, metric, series)
        curves[options.get("id", "")] = curve
        if options.get("visible", True):
            _line(axes, curve, options["label"], next(looks))
    for (options,) in (metric for metric in properties["metrics"] if len(metric) == 1):
        _line(axes, _reckoned(options["expression"], curves), options["label"], next(looks))
    for annotation in properties.get("annotations", {}).get("horizontal", ()):
        axes.axhline(annotation["value"], color="#C00000", linestyle=":", label=annotation["label"])
    axes.set(
        title=properties["title"],
        ylabel=properties["yAxis"]["left"]["label"],
        xlim=(0, HOURS),
        xlabel="hours",
    )
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.22), ncols=3)


def _line(axes: "Axes", curve: Curve, label: str, look: tuple[str, str, str]) -> None:
    """Draw a curve, with gaps where nothing was told."""
    colour, mark, stroke = look
    numbers = range(HOURS * _PERIODS_AN_HOUR)
    axes.plot(
        [number / _PERIODS_AN_HOUR for number in numbers],
        [curve.get(number, nan) for number in numbers],
        color=colour,
        marker=mark,
        markersize=4 if len(curve) < _FEW else 0,
        linestyle=stroke,
        label=label,
    )


_PERIODS_AN_HOUR: Final = 12
_FEW: Final = 30
"""So few points are marked, since there may be no line between them."""


def _curve(properties: Mapping[str, Any], metric: Sequence[str], series: Series) -> Curve:
    namespace, name, *dimensions = metric
    seconds = properties["period"]
    values: dict[int, list[float]] = {}
    for at, value in series.get(f"{namespace} {name} {dimensions[-1]}", ()):
        values.setdefault(int(at // seconds), []).append(value)
    statistic = _STATISTICS[properties["stat"]]
    return {number: statistic(values[number]) for number in sorted(values)}


def _percentile(values: Sequence[float], percent: int) -> float:
    return sorted(values)[min(len(values) - 1, len(values) * percent // 100)]


def _reckoned(expression: str, curves: Mapping[str, Curve]) -> Curve:
    """Return what an expression comes to in each period; what is missing counts nothing."""
    tree = ast.parse(expression, mode="eval").body
    numbers = sorted({number for curve in curves.values() for number in curve})
    return {number: _value(tree, curves, number) for number in numbers}


def _value(node: ast.expr, curves: Mapping[str, Curve], number: int) -> float:
    match node:
        case ast.BinOp(left=left, op=op, right=right):
            return _OPERATORS[type(op)](_value(left, curves, number), _value(right, curves, number))
        case ast.Name(id=name):
            return curves[name].get(number, 0.0)
        case ast.Constant(value=int() | float() as value):
            return float(value)
    raise ValueError(f"the dashboard has {ast.unparse(node)!r}, which is not drawn")


if __name__ == "__main__":
    PICTURE.write_text(draw(day()))
