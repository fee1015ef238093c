"""The handlers on the emulated AWS, in process."""

from collections.abc import Iterator

import boto3
import pytest

from tests.integration.functions.stage import staged
from tests.integration.functions.world import World
from tests.integration.privatelink_model.parties import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def world(clock: Clock) -> Iterator[World]:
    with staged(clock) as world:
        yield world


@pytest.fixture
def session(world: World) -> boto3.Session:
    """The session that the functions take their clients from."""
    return world.session
