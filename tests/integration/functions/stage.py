"""Sets up a world in process, and takes it down again."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import boto3
import botocore.session
import pytest
from botocore.loaders import Loader
from moto import mock_aws

from privatelink.gateways import clients
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


@contextmanager
def staged(clock: Clock) -> Iterator[World]:
    """Build a world in which the functions' settings and clients are right."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(name, "testing")
        monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
        model = PrivateLink(clock=clock)
        try:
            with model.install(), mock_aws():
                world = World(model)
                for name, value in world.environment.items():
                    monkeypatch.setenv(name, value)
                session = quick_session()
                monkeypatch.setattr(clients, "session", lambda: session)
                world.observe(boto3.Session(botocore_session=session))
                clear_caches()
                yield world
                assert world.beyond_the_templates() == set()
                assert world.narrowed.overstepped == []
        finally:
            clear_caches()
