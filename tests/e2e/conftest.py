"""The whole stack, built and deployed by SAM to the sandbox, with IAM enforced."""

from collections.abc import Iterator

import pytest

from sandbox.accounts import CONSUMER
from sandbox.process import Sandbox
from sandbox.walkthrough import Walkthrough, wait_until

PENDING_SECONDS = 2.0


@pytest.fixture(scope="session")
def walkthrough() -> Iterator[Walkthrough]:
    with Sandbox.start(pending_seconds=PENDING_SECONDS) as sandbox:
        walkthrough = Walkthrough.build(sandbox)
        walkthrough.deploy_allowlist()
        yield walkthrough


@pytest.fixture
def connected(walkthrough: Walkthrough) -> Iterator[str]:
    """An endpoint of the listed consumer, published; nothing of it is left afterwards."""
    name = walkthrough.parameter_name(CONSUMER)
    endpoint_id = walkthrough.create_endpoint(CONSUMER)
    wait_until(lambda: name in walkthrough.parameters(CONSUMER), what="publication")
    wait_until(lambda: walkthrough.ingress_rules(CONSUMER), what="inbound rule")
    yield endpoint_id
    walkthrough.delete_endpoint(CONSUMER, endpoint_id)
    wait_until(lambda: not walkthrough.ingress_rules(CONSUMER), what="revocation")
    wait_until(lambda: not walkthrough.parameters(CONSUMER), what="withdrawal")
