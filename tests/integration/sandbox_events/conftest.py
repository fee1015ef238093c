from collections.abc import Iterator

import pytest

from sandbox.accounts import CONSUMER, PROVIDER, STRANGER
from sandbox.process import Sandbox
from tests.integration.sandbox_events.account import Account


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """One server for all: each test has resources of its own."""
    with Sandbox.start(pending_seconds=0.2) as running:
        yield running


@pytest.fixture
def provider(sandbox: Sandbox) -> Account:
    return Account(sandbox, PROVIDER)


@pytest.fixture
def consumer(sandbox: Sandbox) -> Account:
    return Account(sandbox, CONSUMER)


@pytest.fixture
def stranger(sandbox: Sandbox) -> Account:
    return Account(sandbox, STRANGER)
