"""What the console says beforehand is what happens."""

from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from console.rehearsal.deeds import DeedKind, Stage
from tests.console.lives import RehearsedLife
from tests.lifecycle.profile import PROFILE


def test_a_sweep_does_what_was_said_and_leaves_nothing_to_do() -> None:
    run_state_machine_as_test(
        RehearsedLife,
        settings=settings(
            PROFILE.settings,
            max_examples=8,
            stateful_step_count=60,
            derandomize=True,
            phases=[Phase.generate],
        ),
    )
    assert RehearsedLife.rehearsals >= 100
    assert {kind for _, kind in RehearsedLife.seen} == set(DeedKind)
    assert RehearsedLife.seen[Stage.ONCE_AVAILABLE, DeedKind.CREATE_PARAMETER] >= 10
