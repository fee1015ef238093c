"""Figures keep what they say when they are written, read and compared with what is promised."""

import json
from pathlib import Path

import pytest

from benchmarks import results
from benchmarks.figures import Figure
from benchmarks.targets import TARGETS, Target, missed


def figure(name: str, value: float, baseline: float | None = None) -> Figure:
    return Figure(name=name, value=value, unit="calls", baseline=baseline)


def test_each_figure_is_one_flat_object(tmp_path: Path) -> None:
    file = tmp_path / "results.json"
    results.write([figure("storm", 12, 1200)], file)
    assert json.loads(file.read_text()) == [
        {"name": "storm", "value": 12, "unit": "calls", "baseline": 1200, "ratio": 0.01}
    ]


def test_figures_are_in_the_order_of_the_numbers_in_their_names(tmp_path: Path) -> None:
    file = tmp_path / "results.json"
    results.write(
        [figure(name, 1) for name in ("sweep_100", "sweep_1000", "cost", "sweep_10")], file
    )
    names = [row["name"] for row in json.loads(file.read_text())]
    assert names == ["cost", "sweep_10", "sweep_100", "sweep_1000"]


def test_a_ratio_is_that_of_the_numbers_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "results.json"
    results.write([figure("storm", 1.23456, 9.87654)], file)
    (row,) = json.loads(file.read_text())
    assert (row["value"], row["baseline"]) == (1.235, 9.877)
    assert row["ratio"] == float(f"{1.235 / 9.877:.4g}")
    assert results.read(file)["storm"] == figure("storm", 1.235, 9.877)


def test_whole_numbers_keep_all_their_digits(tmp_path: Path) -> None:
    file = tmp_path / "results.json"
    results.write([figure("storm", 123456.0)], file)
    assert '"value": 123456,' in file.read_text()


def test_a_figure_is_measured_once(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="storm is measured twice"):
        results.write([figure("storm", 1), figure("storm", 2)], tmp_path / "results.json")


@pytest.mark.parametrize(
    ("target", "value", "baseline", "kept"),
    [
        (Target(figure="x", what="", most=8), 8, None, True),
        (Target(figure="x", what="", most=8), 8.01, None, False),
        (Target(figure="x", what="", most_ratio=0.5), 5, 10, True),
        (Target(figure="x", what="", most_ratio=0.5), 5.1, 10, False),
        (Target(figure="x", what="", most_ratio=0.5), 0, None, False),
    ],
)
def test_a_bound_is_kept_up_to_itself(
    target: Target, value: float, baseline: float | None, *, kept: bool
) -> None:
    assert target.is_kept_by(figure("x", value, baseline)) is kept


def test_what_is_promised_and_not_measured_is_missed() -> None:
    assert f"{TARGETS[0].figure} is not measured" in list(missed({}))


def test_what_is_promised_and_not_kept_is_missed_with_what_was_asked_for() -> None:
    too_many = figure("sweep_10000_calls_per_consumer", 9)
    assert "sweep_10000_calls_per_consumer is 9 calls, at most 8" in list(
        missed({too_many.name: too_many})
    )
