"""What the tests of the whole stack share."""

from collections.abc import Iterator

import pytest

from sandbox.accounts import CONSUMER
from sandbox.waiting import wait_until
from sandbox.walkthrough import Walkthrough
from tests.e2e.convergence import Stack
from tests.e2e.deployed import deployed
from tests.e2e.endpoints import endpoint


@pytest.fixture(scope="session")
def walkthrough() -> Iterator[Walkthrough]:
    with deployed() as walkthrough:
        yield walkthrough


@pytest.fixture(scope="session")
def stack(walkthrough: Walkthrough) -> Stack:
    return Stack(walkthrough)


@pytest.fixture
def connected(walkthrough: Walkthrough) -> Iterator[str]:
    """An endpoint of the listed consumer, published and open; nothing is left afterwards."""
    name = walkthrough.parameter_name(CONSUMER)
    with endpoint(walkthrough, CONSUMER) as endpoint_id:
        wait_until(lambda: name in walkthrough.parameters(CONSUMER), what="publication")
        wait_until(lambda: walkthrough.ingress_rules(CONSUMER), what="inbound rule")
        yield endpoint_id
