"""Who is listed at a service or has connections to it, and how many endpoints each has."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from console.documents.status import ConsumerStatus
from console.seeing import Sight
from privatelink.allowlist import ConsumerEntry
from privatelink.model import (
    ENDED,
    ESTABLISHED,
    AccountId,
    ConnectionState,
    EndpointConnection,
)


def consumers_of(sight: Sight, home: str, now: datetime) -> Iterator[ConsumerStatus]:
    """Yield the listed accounts in the order of the allowlist, and then others by number."""
    by_account: dict[AccountId, list[EndpointConnection]] = {}
    for decision in sight.plan.decisions:
        if decision.connection.state not in ENDED:
            owner = decision.connection.vpc_endpoint_owner
            by_account.setdefault(owner, []).append(decision.connection)
    for entry in sight.this.entry.consumers:
        connections = by_account.pop(AccountId(entry.account_id), [])
        yield _listed(sight, entry, connections, home=home, now=now)
    for account_id, connections in sorted(by_account.items()):
        yield _status(sight, account_id, connections)


def _listed(
    sight: Sight,
    entry: ConsumerEntry,
    connections: Sequence[EndpointConnection],
    *,
    home: str,
    now: datetime,
) -> ConsumerStatus:
    return _status(
        sight,
        entry.account_id,
        connections,
        alias=entry.alias,
        standing="expired" if entry.has_expired(now) else "listed",
        allowed=entry.regions or (home,),
        endpoints_max=entry.endpoints_max,
    )


def _status(  # noqa: PLR0913 - each is a field
    sight: Sight,
    account_id: str,
    connections: Sequence[EndpointConnection],
    *,
    alias: str | None = None,
    standing: str = "not listed",
    allowed: Sequence[str] = (),
    endpoints_max: int | None = None,
) -> ConsumerStatus:
    states = [connection.state for connection in connections]
    regions = {connection.vpc_endpoint_region for connection in connections}
    return ConsumerStatus(
        service_id=sight.this.service_id,
        account_id=account_id,
        alias=alias,
        standing=standing,
        regions=tuple(sorted(regions.union(allowed))),
        endpoints=sum(state in ESTABLISHED for state in states),
        waiting=states.count(ConnectionState.PENDING_ACCEPTANCE),
        endpoints_max=endpoints_max,
    )
