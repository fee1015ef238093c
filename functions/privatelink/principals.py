"""Plans which accounts are among the allowed principals of an endpoint service."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from privatelink.allowlist import ServiceEntry
from privatelink.model import AccountId

_SEEN_WITHIN: Final = timedelta(minutes=5)
"""By then EC2 shows what was written, which it promises for no time at all."""


class PrincipalsPlan(Struct, frozen=True, kw_only=True):
    """Accounts to allow, to allow no more, and to strike off the record of what is ours."""

    add: tuple[AccountId, ...]
    remove: tuple[AccountId, ...]
    forget: tuple[AccountId, ...]


def plan_principals(
    service: ServiceEntry,
    *,
    now: datetime,
    allowed: Iterable[AccountId],
    ours: Mapping[AccountId, datetime],
    protected: Collection[AccountId] = (),
) -> PrincipalsPlan:
    """Compare the accounts of valid entries with those that are allowed.

    `ours` are the accounts that have been allowed by this stack, and when: an account that somebody
    else has allowed is never removed, whether or not it is listed. One that is not seen to be
    allowed may have been so just now, and is remembered for some minutes. Nothing is taken from
    `protected` accounts, whose connections the circuit breaker keeps.
    """
    listed = {
        AccountId(entry.account_id) for entry in service.consumers if not entry.has_expired(now)
    }
    allowed, leaving = frozenset(allowed), ours.keys() - listed - frozenset(protected)
    return PrincipalsPlan(
        add=tuple(sorted(listed - allowed)),
        remove=tuple(sorted(leaving & allowed)),
        forget=tuple(sorted(a for a in leaving if a in allowed or now - ours[a] > _SEEN_WITHIN)),
    )
