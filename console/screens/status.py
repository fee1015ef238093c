"""What `privatelink status` shows: services, consumers, endpoints, and what is the matter."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from rich.console import Group, RenderableType
from rich.text import Text

from console.documents.status import ConsumerStatus, EndpointStatus, ServiceStatus, Status
from console.plain import plain_text
from console.screens.findings import findings
from console.screens.listing import Cell, Listing, paragraph
from console.screens.times import age, when
from privatelink.model import ENDED, ConnectionState

_STYLES: Mapping[str, str] = {
    "available": "green",
    "pending": "yellow",
    "pendingacceptance": "yellow",
}


def overview(status: Status, most: int | None = None) -> RenderableType:
    """Return the screen, with at most so many rows of each kind."""
    names = {s.service_id: s.alias or s.service_id for s in status.services}
    return Group(
        *_head(status),
        Text(""),
        Listing(
            "Services",
            ("service", "id", "mode", "acceptance", "breaker", "connections"),
            map(_service, status.services),
            flexible=["connections"],
            most=most,
        ),
        Text(""),
        findings(status.findings, status.at, most),
        Text(""),
        *_consumers(status.consumers, names, most),
        Text(""),
        *_endpoints(status, names, most),
    )


def _head(status: Status) -> Iterator[RenderableType]:
    stack = status.stack
    observed = ", which only observes" if stack.mode == "observe" else ""
    yield Text.assemble(
        plain_text(stack.name, "bold"),
        plain_text(f" in {stack.account_id}/{stack.region}{observed}"),
    )
    version = f"version {stack.version}, " if stack.version else ""
    yield paragraph(f"{version}allowlist {stack.allowlist_version}, as of {when(status.at)}")


def _service(service: ServiceStatus) -> tuple[Cell, ...]:
    # Ended ones, which EC2 goes on listing for a while, are of no use.
    counts = ", ".join(
        f"{count} {state}" for state, count in service.connections.items() if not _is_over(state)
    )
    return (
        service.alias or Text("not listed", style="yellow"),
        service.service_id,
        service.mode,
        _acceptance(service),
        _breaker(service),
        counts or "none",
    )


def _acceptance(service: ServiceStatus) -> Cell:
    if service.acceptance_required is None:
        return Text("no such service", style="red")
    return "required" if service.acceptance_required else Text("not required", style="red")


def _breaker(service: ServiceStatus) -> Cell:
    breaker = service.breaker
    if not breaker.is_open:
        return "closed"
    return Text(f"open: {breaker.waiting} of {breaker.withdrawals_allowed}", style="red")


def _consumers(
    consumers: Sequence[ConsumerStatus], names: Mapping[str, str], most: int | None
) -> Iterator[RenderableType]:
    """Yield those that there is something to say about, and the number of the others."""
    notable = [c for c in consumers if c.endpoints or c.waiting or c.standing != "listed"]
    yield Listing(
        "Consumers",
        ("account", "alias", "service", "endpoints", "standing", "regions"),
        (_consumer(each, names) for each in notable),
        flexible=["regions"],
        most=most,
    )
    if others := len(consumers) - len(notable):
        yield paragraph(f"and {others} more listed without an endpoint")


def _consumer(consumer: ConsumerStatus, names: Mapping[str, str]) -> tuple[Cell, ...]:
    most = f" of {consumer.endpoints_max}" if consumer.endpoints_max is not None else ""
    waiting = f", {consumer.waiting} waiting" if consumer.waiting else ""
    standing = consumer.standing
    return (
        consumer.account_id,
        consumer.alias or "",
        names[consumer.service_id],
        f"{consumer.endpoints}{most}{waiting}",
        standing if standing == "listed" else plain_text(standing, "yellow"),
        ", ".join(consumer.regions),
    )


def _endpoints(
    status: Status, names: Mapping[str, str], most: int | None
) -> Iterator[RenderableType]:
    """Yield those that are not over, and the number of the others, which EC2 goes on listing."""
    current = [each for each in status.endpoints if not _is_over(each.state)]
    yield Listing(
        "Endpoints",
        ("endpoint", "service", "account", "state", "decision", "age", "addresses"),
        (_endpoint(each, names, status.at) for each in current),
        flexible=["addresses"],
        right=["age"],
        most=most,
    )
    if others := len(status.endpoints) - len(current):
        yield paragraph(f"and {others} more that have ended")


def _is_over(state: str) -> bool:
    return ConnectionState.parse(state) in ENDED


def _endpoint(
    endpoint: EndpointStatus, names: Mapping[str, str], now: datetime
) -> tuple[Cell, ...]:
    return (
        endpoint.vpc_endpoint_id,
        names[endpoint.service_id],
        endpoint.account_id,
        plain_text(endpoint.state, _STYLES.get(endpoint.state.casefold(), "dim")),
        endpoint.action,
        age(now - endpoint.created),
        ", ".join(endpoint.addresses),
    )
