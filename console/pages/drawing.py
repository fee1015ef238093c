"""What is drawn of a service: from the sources through the endpoints to the targets."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from console.documents.report import Admission, Report, Topology
from console.documents.status import ConsumerStatus, EndpointStatus, ServiceStatus
from privatelink.model import ENDED, ConnectionState

_LANES: Final = 12
_ENDPOINTS: Final = 6
TARGETS: Final = 12
"""As many of each are drawn as a person takes in; the table has all endpoints."""


@dataclass(frozen=True, kw_only=True)
class Lane:
    """A consumer with what its groups let in, and its endpoints: those that need somebody first."""

    consumer: ConsumerStatus
    admission: Admission | None
    endpoints: tuple[EndpointStatus, ...]
    more: int


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """A service with those consumers that have endpoints."""

    service: ServiceStatus
    topology: Topology
    lanes: tuple[Lane, ...]
    more: int
    without_endpoint: int


def drawings(report: Report) -> Iterator[Drawing]:
    """Yield what is drawn of each service."""
    topologies = {each.service_id: each for each in report.topologies}
    for service in report.status.services:
        topology = topologies[service.service_id]
        consumers = {
            each.account_id: each
            for each in report.status.consumers
            if each.service_id == service.service_id
        }
        lanes = tuple(_lanes(report.status.endpoints, topology, consumers))
        yield Drawing(
            service=service,
            topology=topology,
            lanes=lanes[:_LANES],
            more=len(lanes[_LANES:]),
            without_endpoint=len(consumers) - len(lanes),
        )


def is_over(endpoint: EndpointStatus) -> bool:
    """Whether the connection has ended; EC2 goes on listing it for a while."""
    return ConnectionState.parse(endpoint.state) in ENDED


def _lanes(
    endpoints: Iterable[EndpointStatus],
    topology: Topology,
    consumers: Mapping[str, ConsumerStatus],
) -> Iterator[Lane]:
    """Yield lanes in the order of the endpoints, of which those that wait come first."""
    live: dict[str, list[EndpointStatus]] = {}
    for endpoint in endpoints:
        if endpoint.service_id == topology.service_id and not is_over(endpoint):
            live.setdefault(endpoint.account_id, []).append(endpoint)
    for account_id, its in live.items():
        yield Lane(
            consumer=consumers[account_id],
            admission=topology.admissions.get(account_id),
            endpoints=tuple(its[:_ENDPOINTS]),
            more=len(its[_ENDPOINTS:]),
        )
