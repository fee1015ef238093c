"""A small storm, end to end: through the functions as they are deployed."""

from collections.abc import Sequence

import pytest

from benchmarks.figures import Figure
from benchmarks.scenarios import storm as scenario
from benchmarks.scenarios.contenders import Name
from benchmarks.scenarios.storm import Storm, Storms, storm


@pytest.fixture(scope="module")
def storms() -> Storms:
    return Storms([storm(name, 6, 2, seed=3) for name in Name])


def of(storms: Storms, name: Name) -> Storm:
    found = storms.of(name, (6, 2))
    assert found is not None
    return found


def test_the_same_seed_gives_the_same_storm(storms: Storms) -> None:
    assert storm(Name.OURS, 6, 2, seed=3) == of(storms, Name.OURS)
    assert storm(Name.TUTORIAL, 6, 2, seed=3) == of(storms, Name.TUTORIAL)


def test_all_requests_are_accepted_in_one_call(storms: Storms) -> None:
    ours = of(storms, Name.OURS)
    assert (ours.accept_calls, ours.throttles, ours.failures) == (1, 0, 0)


def test_the_baselines_accept_one_by_one(storms: Storms) -> None:
    assert of(storms, Name.TUTORIAL).accept_calls >= 6
    assert of(storms, Name.POLLER).accept_calls == 6


def test_a_baseline_that_is_throttled_is_so_by_botocore_and_lambda_and_gets_there() -> None:
    found = storm(Name.TUTORIAL, 30, 3)
    calls = found.calls
    assert found.throttles > 0
    assert found.accept_calls > 30
    assert calls["consumer", "ssm", "PutParameter"] >= 30


def names(figures: Sequence[Figure]) -> set[str]:
    return {figure.name for figure in figures}


def test_figures_compare_with_the_tutorial(storms: Storms) -> None:
    figures = list(scenario.figures(storms))
    assert {"storm_6_2_ec2_calls", "storm_6_2_ec2_calls_poller"} <= names(figures)
    (calls,) = (figure for figure in figures if figure.name == "storm_6_2_ec2_calls")
    assert calls.baseline == of(storms, Name.TUTORIAL).ec2_calls
