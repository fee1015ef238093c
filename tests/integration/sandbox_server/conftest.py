from collections.abc import Iterator

import pytest

from sandbox.process import Sandbox
from tests.integration.sandbox_server.roles import Roles


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """One server for all tests that do not stop it: each has resources of its own."""
    with Sandbox.start(pending_seconds=0.0) as running:
        yield running


@pytest.fixture
def roles(sandbox: Sandbox) -> Roles:
    return Roles(sandbox)
