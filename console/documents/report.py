"""What `privatelink report` writes a page of: how everything is, what it runs over, what is new."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from console.documents.status import Status
from privatelink.allowlist import ServiceEntry


class Target(Struct, frozen=True, kw_only=True):
    """What a load balancer forwards to."""

    name: Annotated[str, Meta(description="as in i-0123456789abcdef0:80")]
    state: Annotated[str, Meta(description="its health, in AWS's spelling")]


class LoadBalancerStatus(Struct, frozen=True, kw_only=True):
    """A Network Load Balancer of a service."""

    name: str
    ports: Annotated[tuple[str, ...], Meta(description="what it listens on, as in tcp/80")]
    targets: tuple[Target, ...]


class Admission(Struct, frozen=True, kw_only=True):
    """What the security groups of a consumer let in, by its entry in the allowlist."""

    source_cidrs: tuple[str, ...]
    ports: Annotated[tuple[str, ...], Meta(description="as in tcp/80")]


class Topology(Struct, frozen=True, kw_only=True):
    """What connections to a service run over, from the sources to the targets."""

    service_id: str
    service_name: Annotated[str, Meta(description="empty if it has never been seen to exist")]
    admissions: Annotated[
        Mapping[str, Admission],
        Meta(description="by account; a consumer without a role for us, or expired, has none"),
    ]
    load_balancers: tuple[LoadBalancerStatus, ...]


class AllowlistEdits(Struct, frozen=True, kw_only=True):
    """What has become of the allowlist since the report before."""

    since: Annotated[datetime, Meta(description="when the report before was made")]
    before: Annotated[str, Meta(description="the version that was in force then")]
    edits: tuple[str, ...]


class Report(Struct, frozen=True, kw_only=True):
    """Everything that stands on the page."""

    status: Status
    topologies: tuple[Topology, ...]
    allowlist: Annotated[
        Mapping[str, ServiceEntry], Meta(description="the services in force, by their aliases")
    ]
    edits: Annotated[AllowlistEdits | None, Meta(description="null: there is no report before")]
