"""The handlers on the emulated AWS, in process."""

from collections.abc import Iterator
from functools import cache

import boto3
import botocore.session
import pytest
from botocore.loaders import Loader
from moto import mock_aws

from sandbox.accounts import REGION
from sandbox.privatelink import PrivateLink
from tests.integration.functions.harness import clear_caches
from tests.integration.functions.world import World
from tests.integration.privatelink_model.parties import Clock


@cache
def loader() -> Loader:
    """Load the service models, EC2's being several megabytes, once for all tests."""
    found: Loader = botocore.session.get_session().get_component("data_loader")
    return found


def quick_session() -> botocore.session.Session:
    """Return a session of botocore that knows the service models already."""
    session = botocore.session.Session()
    session.register_component("data_loader", loader())
    return session


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> Iterator[World]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    model = PrivateLink(clock=clock)
    with model.install(), mock_aws():
        world = World(model)
        for name, value in world.environment.items():
            monkeypatch.setenv(name, value)
        boto3.setup_default_session(botocore_session=quick_session())
        assert boto3.DEFAULT_SESSION is not None
        world.observe(boto3.DEFAULT_SESSION)
        clear_caches()
        yield world
        assert world.beyond_the_templates() == set()
    clear_caches()
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)


@pytest.fixture
def session(world: World) -> boto3.Session:  # noqa: ARG001 - the world makes it
    """The session that the functions take their clients from."""
    assert boto3.DEFAULT_SESSION is not None
    return boto3.DEFAULT_SESSION
