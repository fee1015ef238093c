"""Runs a piece of the emulator on behalf of one account and Region."""

from collections.abc import Iterator
from contextlib import contextmanager

from ministack.core import responses


@contextmanager
def scope(account_id: str, region: str) -> Iterator[None]:
    """Make the emulator answer as `account_id` in `region` within the block."""
    account = responses._request_account_id.set(account_id)
    location = responses._request_region.set(region)
    try:
        yield
    finally:
        responses._request_region.reset(location)
        responses._request_account_id.reset(account)
