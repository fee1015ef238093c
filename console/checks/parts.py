"""What each consumer has to do with each service."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from console.gateways.plumbing import Plumbing
from console.provider import Provider
from privatelink.allowlist import ConsumerEntry, ServiceEntry
from privatelink.errors import NotFoundError
from privatelink.model import (
    ESTABLISHED,
    AccountId,
    EndpointConnection,
    EndpointService,
    Region,
    ServiceId,
)


@dataclass(frozen=True, kw_only=True)
class Part:
    """A consumer's part in one service; `regions` are those with live endpoints of it."""

    alias: str
    service: EndpointService
    service_zones: frozenset[str]
    entry: ConsumerEntry
    regions: frozenset[Region]


def read_parts(
    provider: Provider, plumbing: Plumbing, alias: str, entry: ServiceEntry, now: datetime
) -> Iterator[Part]:
    """Yield the parts of the consumers that let us in, and whose entries have not expired."""
    service_id = ServiceId(entry.service_id)
    try:
        service = provider.services.describe_vpc_endpoint_service_configuration(service_id)
    except NotFoundError:
        return  # it is told with the services
    zones = plumbing.zones.describe(service_id)
    regions = _live_regions(provider.services.describe_vpc_endpoint_connections(service_id))
    for consumer in entry.consumers:
        if consumer.access == "role" and not consumer.has_expired(now):
            yield Part(
                alias=alias,
                service=service,
                service_zones=zones,
                entry=consumer,
                regions=regions.get(AccountId(consumer.account_id), frozenset()),
            )


def _live_regions(
    connections: tuple[EndpointConnection, ...],
) -> Mapping[AccountId, frozenset[Region]]:
    live: dict[AccountId, set[Region]] = {}
    for each in connections:
        if each.state in ESTABLISHED:
            live.setdefault(each.vpc_endpoint_owner, set()).add(each.vpc_endpoint_region)
    return {account_id: frozenset(regions) for account_id, regions in live.items()}
