"""Endpoints that are gone, with all that was done for them, when a test ends."""

from collections.abc import Iterator
from contextlib import contextmanager

from sandbox.accounts import PROVIDER
from sandbox.waiting import wait_until
from sandbox.walkthrough import Walkthrough

PENDING_SECONDS = 2.0


@contextmanager
def endpoint(walkthrough: Walkthrough, account_id: str) -> Iterator[str]:
    """Create an endpoint in an account; delete it, and wait until nothing is left of it."""
    endpoint_id = walkthrough.request_endpoint(account_id).vpc_endpoint_id
    try:
        yield endpoint_id
    finally:
        walkthrough.delete_endpoint(account_id, endpoint_id)
    wait_until(lambda: not walkthrough.ingress_rules(account_id), what="revocation")
    wait_until(lambda: not walkthrough.parameters(account_id), what="withdrawal")
    wait_until(
        lambda: not any(f"/{account_id}/" in name for name in walkthrough.parameters(PROVIDER)),
        what="withdrawal of the copies",
    )


@contextmanager
def allowlisted(walkthrough: Walkthrough, document: str) -> Iterator[None]:
    """Have another allowlist in force within the block."""
    walkthrough.deploy_allowlist(document)
    try:
        yield
    finally:
        walkthrough.deploy_allowlist()
