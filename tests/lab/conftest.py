"""The whole stack on the sandbox, and the network that follows it."""

import os
from collections.abc import Iterator

import pytest

from sandbox.lab.following import following
from sandbox.lab.namespaces import what_is_missing
from sandbox.lab.network import Network, network
from sandbox.lab.workload import Workload
from sandbox.walkthrough import Walkthrough
from tests.e2e.deployed import deployed


@pytest.fixture(scope="session")
def lab() -> Iterator[Network]:
    if missing := what_is_missing():
        if os.environ.get("CI") and os.geteuid() == 0:
            pytest.fail(missing)
        pytest.skip(missing)
    with network() as lab:
        yield lab


@pytest.fixture(scope="session")
def walkthrough(lab: Network) -> Iterator[Walkthrough]:
    with deployed() as walkthrough, following(walkthrough, lab):
        yield walkthrough


@pytest.fixture
def workload(walkthrough: Walkthrough, lab: Network) -> Workload:
    return Workload(walkthrough, lab)
