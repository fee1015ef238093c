"""Where all is as it should be, nothing is written, whatever events say."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings

from tests.security.figures import Figures
from tests.security.forged.estate import Estate
from tests.security.forged.events import BATCHES
from tests.security.forged.forging import SETTINGS, estate, hand_over


@pytest.fixture(scope="module")
def at_rest() -> Iterator[Estate]:
    with estate() as each:
        each.at_rest()
        yield each


@given(batches=BATCHES)
@settings(SETTINGS, max_examples=30)
def test_where_all_is_as_it_should_be_a_forged_event_has_nothing_written(
    at_rest: Estate, figures: Figures, batches: list[tuple[str, list[str]]]
) -> None:
    at_rest.world.calls.clear()
    hand_over(at_rest, batches, figures)
    assert at_rest.world.writes == []
