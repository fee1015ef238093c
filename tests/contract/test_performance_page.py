"""docs/performance.md shows the figures of the last run."""

import re
from pathlib import Path

import pytest
from samcli.yamlhelper import yaml_parse

from benchmarks import results
from benchmarks.cost import OURS, SWEEPS_A_MONTH
from benchmarks.documentation.page import FOLDER, PAGE, rendered
from benchmarks.documentation.pictures import PICTURES
from benchmarks.targets import missed
from tests.contract.stack import QUEUED, ROOT, of_type

FIGURES = results.read()
RENDERED = rendered(FIGURES)


@pytest.mark.parametrize("file", RENDERED, ids=[str(file.relative_to(ROOT)) for file in RENDERED])
def test_what_is_made_of_the_figures_is_fresh(file: Path) -> None:
    assert file.read_text() == RENDERED[file], "run 'make screens'"


def test_what_is_promised_is_kept() -> None:
    assert list(missed(FIGURES)) == []


def test_there_are_no_pictures_of_what_is_not_drawn() -> None:
    assert {path.stem for path in FOLDER.glob("*")} == set(PICTURES)


def test_every_picture_is_shown_and_said_in_words() -> None:
    shown = re.findall(r"!\[.+?\]\(performance/([a-z-]+)\.svg\)", PAGE.read_text())
    assert sorted(shown) == sorted(PICTURES)


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_fetches_nothing_from_elsewhere(name: str) -> None:
    picture = (FOLDER / f"{name}.svg").read_text()
    assert "url(http" not in picture
    assert "<image" not in picture


def test_what_costs_however_little_is_done_is_what_the_template_has() -> None:
    assert OURS.queues == len(QUEUED)
    assert OURS.keys == len(of_type("AWS::KMS::Key"))
    assert OURS.alarms == len(of_type("AWS::CloudWatch::Alarm"))


def test_a_month_has_as_many_sweeps_as_the_template_asks_for() -> None:
    parameters = yaml_parse((ROOT / "template.yaml").read_text())["Parameters"]
    minutes = parameters["SweepIntervalMinutes"]["Default"]
    assert OURS.runs_a_month == SWEEPS_A_MONTH == 730 * 60 / minutes
