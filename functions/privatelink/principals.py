"""Plans which accounts are among the allowed principals of an endpoint service."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from privatelink.allowlist import ServiceEntry
from privatelink.model import AccountId


@dataclass(frozen=True, kw_only=True)
class PrincipalsPlan:
    """Accounts to allow, to allow no more, and to strike off the record of what is ours."""

    add: tuple[AccountId, ...]
    remove: tuple[AccountId, ...]
    forget: tuple[AccountId, ...]


def plan_principals(
    service: ServiceEntry,
    *,
    now: datetime,
    allowed: Iterable[AccountId],
    ours: Iterable[AccountId],
) -> PrincipalsPlan:
    """Compare the accounts of valid entries with those that are allowed.

    `ours` are the accounts that have been allowed by this stack: an account that somebody else has
    allowed is never removed, whether or not it is listed.
    """
    listed = {
        AccountId(entry.account_id) for entry in service.consumers if not entry.has_expired(now)
    }
    allowed, leaving = frozenset(allowed), frozenset(ours) - listed
    return PrincipalsPlan(
        add=tuple(sorted(listed - allowed)),
        remove=tuple(sorted(leaving & allowed)),
        forget=tuple(sorted(leaving)),
    )
