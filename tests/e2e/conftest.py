"""The whole stack, built and deployed by SAM to the sandbox, with IAM enforced."""

from collections.abc import Iterator

import pytest

from sandbox.accounts import CONSUMER
from sandbox.process import Sandbox
from sandbox.waiting import wait_until
from sandbox.walkthrough import Walkthrough
from tests.e2e.convergence import Stack
from tests.e2e.endpoints import PENDING_SECONDS, endpoint


@pytest.fixture(scope="session")
def walkthrough() -> Iterator[Walkthrough]:
    with Sandbox.start(pending_seconds=PENDING_SECONDS) as sandbox:
        walkthrough = Walkthrough.build(sandbox)
        walkthrough.deploy_allowlist()
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
