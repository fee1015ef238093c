"""The tests of the lifecycle can fail: every mutant is caught."""

from typing import Final

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.lifecycle.life import WholeLife
from tests.lifecycle.mutants import MUTANTS, NAMED_BY_THE_PEERS, Mutant
from tests.lifecycle.profile import PROFILE
from tests.lifecycle.story import tell
from tests.lifecycle.tally import TALLY

_LIVES: Final = 20
"""Within which each of those that projects like this one have had shows."""


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda each: each.name)
def test_a_short_life_catches(mutant: Mutant, monkeypatch: pytest.MonkeyPatch) -> None:
    TALLY.mutants += 1
    mutant.put_in_force(monkeypatch)
    with pytest.raises(AssertionError):
        tell(mutant.scenario)
    TALLY.caught += 1


@pytest.mark.nightly
@pytest.mark.parametrize("mutant", NAMED_BY_THE_PEERS, ids=lambda each: each.name)
def test_random_lives_catch(mutant: Mutant, monkeypatch: pytest.MonkeyPatch) -> None:
    TALLY.mutants += 1
    mutant.put_in_force(monkeypatch)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(
            WholeLife,
            settings=settings(
                PROFILE.settings,
                max_examples=_LIVES,
                # The same lives each night: whether they catch a mutant is no matter of luck.
                derandomize=True,
                phases=[Phase.generate],
                report_multiple_bugs=False,
            ),
        )
    TALLY.caught += 1
