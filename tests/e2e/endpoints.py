"""Endpoints that are gone, with all that was done for them, when a test ends."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from sandbox.accounts import PROVIDER
from sandbox.waiting import wait_until
from sandbox.walkthrough import ADDRESS, Walkthrough
from tests.e2e.guard import unguarded


@contextmanager
def endpoint(walkthrough: Walkthrough, account_id: str, address: str = ADDRESS) -> Iterator[str]:
    """Create an endpoint in an account; delete it, and wait until nothing is left of it."""
    rules, names = set(walkthrough.ingress_rules(account_id)), places(walkthrough, account_id)
    endpoint_id = walkthrough.request_endpoint(account_id, address).vpc_endpoint_id
    try:
        yield endpoint_id
    finally:
        walkthrough.delete_endpoint(account_id, endpoint_id)
    wait_until(lambda: rules.issuperset(walkthrough.ingress_rules(account_id)), what="revocation")
    wait_until(lambda: names >= places(walkthrough, account_id), what="withdrawal")


def places(walkthrough: Walkthrough, account_id: str) -> set[str]:
    """Return the names of parameters in a consumer's account, and of their copies."""
    copies = {name for name in walkthrough.parameters(PROVIDER) if f"/{account_id}/" in name}
    return copies | walkthrough.parameters(account_id).keys()


@contextmanager
def allowlisted(walkthrough: Walkthrough, document: str, *, guarded: bool = True) -> Iterator[None]:
    """Have another allowlist in force within the block, validated or not."""
    with nullcontext() if guarded else unguarded(walkthrough):
        walkthrough.deploy_allowlist(document)
    try:
        yield
    finally:
        walkthrough.deploy_allowlist()
