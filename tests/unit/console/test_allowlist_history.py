import pytest

from console.allowlist_history import before, earlier, in_force, number_of_latest, under_way
from tests.unit.console.deployments import deployment


@pytest.mark.parametrize(
    ("states", "version"),
    [
        ([], None),
        (["COMPLETE"], "1"),
        (["COMPLETE", "COMPLETE"], "2"),
        (["COMPLETE", "BAKING"], "2"),
        (["COMPLETE", "DEPLOYING"], "1"),
        (["COMPLETE", "VALIDATING"], "1"),
        (["COMPLETE", "ROLLING_BACK"], "1"),
        (["COMPLETE", "ROLLED_BACK"], "1"),
        (["COMPLETE", "REVERTED"], "1"),
        (["ROLLED_BACK"], None),
    ],
    ids=str,
)
def test_in_force_is_the_last_that_is_served_to_all(states: list[str], version: str | None) -> None:
    history = [deployment(n, str(n), state) for n, state in enumerate(states, 1)]
    found = in_force(history)
    assert (found.version if found else None) == version


@pytest.mark.parametrize("state", ["VALIDATING", "DEPLOYING", "BAKING", "ROLLING_BACK"])
def test_a_deployment_that_has_not_ended_is_under_way(state: str) -> None:
    moving = deployment(2, "2", state)
    assert under_way([deployment(1, "1"), moving]) is moving


def test_nothing_is_under_way_when_all_have_ended() -> None:
    states = ("COMPLETE", "ROLLED_BACK", "REVERTED")
    assert under_way([deployment(n, str(n), state) for n, state in enumerate(states)]) is None


def test_the_version_before_is_the_last_older_one_that_has_been_in_force() -> None:
    history = [deployment(1, "1"), deployment(2, "2", "ROLLED_BACK"), deployment(3, "3")]
    found = before(history, history[-1])
    assert found is not None
    assert found.version == "1"


def test_going_back_twice_does_not_bring_back_what_has_been_rolled_back() -> None:
    history = [deployment(n, version) for n, version in enumerate("1232", 1)]
    found = before(history, history[-1])
    assert found is not None
    assert found.version == "1"


def test_there_is_no_version_before_the_first() -> None:
    assert before([deployment(1, "1")], deployment(1, "1")) is None


def test_versions_are_told_once_each_the_last_deployed_first() -> None:
    history = [deployment(n, version) for n, version in enumerate("12132", 1)]
    assert [each.version for each in earlier(history, None)] == ["2", "3", "1"]
    assert [each.version for each in earlier(history, history[-1])] == ["3", "1"]


def test_the_first_deployment_follows_number_nought() -> None:
    assert number_of_latest([]) == 0
    assert number_of_latest([deployment(7, "1")]) == 7
