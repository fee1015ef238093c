from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.integration.alarms.watched import Watched
from tests.integration.functions.stage import staged
from tests.integration.privatelink_model.parties import Clock


@pytest.fixture
def clock() -> Clock:
    """The model's clock, which agrees with the functions' own."""
    return Clock(now=datetime.now(UTC))


@pytest.fixture
def watched(clock: Clock, capsys: pytest.CaptureFixture[str]) -> Iterator[Watched]:
    with staged(clock) as world:
        yield Watched(world, clock, capsys)
