"""The whole stack, built and deployed by SAM to a sandbox, with IAM enforced."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sandbox import deployment
from sandbox.process import Sandbox
from sandbox.walkthrough import Walkthrough

PENDING_SECONDS = 2.0


@contextmanager
def deployed(built: Callable[[], Path] = deployment.build) -> Iterator[Walkthrough]:
    """Deploy the walkthrough's topology with its allowlist, for the length of the block."""
    with Sandbox.start(pending_seconds=PENDING_SECONDS) as sandbox:
        walkthrough = Walkthrough.build(sandbox, built=built)
        walkthrough.deploy_allowlist()
        yield walkthrough
