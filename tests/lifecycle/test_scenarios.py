"""Each of the short lives goes well."""

import pytest

from tests.lifecycle.scenarios import SCENARIOS
from tests.lifecycle.story import Scenario, tell


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda each: each.__name__)
def test_all_goes_well_when(scenario: Scenario) -> None:
    tell(scenario)
