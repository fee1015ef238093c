"""The document that `privatelink status` prints: how everything is."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from console.documents.findings import OpenFinding


class StackStatus(Struct, frozen=True, kw_only=True):
    """The provider's stack."""

    name: str
    account_id: str
    region: str
    version: Annotated[str, Meta(description="empty if the stack does not say")]
    mode: Annotated[str, Meta(description="enforce or observe")]
    allowlist_version: str


class BreakerStatus(Struct, frozen=True, kw_only=True):
    """The circuit breaker of a service."""

    is_open: Annotated[bool, Meta(description="whether withdrawals wait for a human")]
    waiting: Annotated[int, Meta(description="how many live connections are kept by it")]
    withdrawals_allowed: Annotated[int, Meta(description="how many one pass may withdraw")]


class ServiceStatus(Struct, frozen=True, kw_only=True):
    """An endpoint service that is looked after."""

    service_id: str
    alias: Annotated[str | None, Meta(description="its name in the allowlist; null: not listed")]
    exists: Annotated[bool, Meta(description="whether EC2 knows the service")]
    acceptance_required: Annotated[bool | None, Meta(description="null: there is no such service")]
    mode: Annotated[str, Meta(description="enforce or observe")]
    connections: Annotated[dict[str, int], Meta(description="how many there are in which state")]
    breaker: BreakerStatus


class ConsumerStatus(Struct, frozen=True, kw_only=True):
    """An account that is listed at a service, or has connections to it."""

    service_id: str
    account_id: str
    alias: Annotated[str | None, Meta(description="its name in the allowlist, if it has one")]
    standing: Annotated[str, Meta(description="listed, expired or not listed")]
    regions: Annotated[
        tuple[str, ...], Meta(description="those that its entry allows, and those of its endpoints")
    ]
    endpoints: Annotated[int, Meta(description="live ones, which count towards the cap")]
    waiting: Annotated[int, Meta(description="requests that are not accepted yet")]
    endpoints_max: Annotated[int | None, Meta(description="the cap; null: there is none")]


class EndpointStatus(Struct, frozen=True, kw_only=True):
    """An endpoint connection as EC2 reports it, and what is decided about it."""

    vpc_endpoint_id: str
    service_id: str
    account_id: str
    region: str
    state: Annotated[str, Meta(description="in AWS's spelling, as in pendingAcceptance")]
    action: Annotated[
        str, Meta(description="accept, hold, reject, keep, nothing; would … if it observes only")
    ]
    rule: str
    reason: str
    created: datetime
    addresses: Annotated[tuple[str, ...], Meta(description="those that are published")]


class Status(Struct, frozen=True, kw_only=True):
    """Services, consumers, endpoints and open findings."""

    at: Annotated[datetime, Meta(description="when this was read")]
    stack: StackStatus
    services: tuple[ServiceStatus, ...]
    consumers: tuple[ConsumerStatus, ...]
    endpoints: Annotated[
        tuple[EndpointStatus, ...], Meta(description="those that wait first, ended ones last")
    ]
    findings: Annotated[tuple[OpenFinding, ...], Meta(description="errors first, then by age")]
