"""What the console sees, as plain data: what a test does not name is ordinary."""

import io
from typing import Final

from rich.console import Console, RenderableType

from console.facts import Facts
from console.seeing import Sight
from privatelink.acceptance import plan_acceptance
from privatelink.allowlist import Allowlist, ServiceEntry
from privatelink.gateways.passes import Pass
from privatelink.gateways.records import ServiceRecord
from privatelink.hints import Look
from privatelink.model import EndpointConnection, EndpointService
from privatelink.rules import Rule
from tests.unit.builders import HOME, NOW, SERVICE_ID, service_entry
from tests.unit.decided import WORLDS

SERVICE_NAME: Final = f"com.amazonaws.vpce.{HOME}.{SERVICE_ID}"
PREFIX: Final = "/privatelink"
EMPTY: Final = ServiceRecord(endpoints={}, principals={}, parts={}, consumers={})


def sight(
    *connections: EndpointConnection,
    service: ServiceEntry | None = None,
    alias: str | None = "web",
    record: ServiceRecord = EMPTY,
    observes: bool = False,
    exists: bool = True,
) -> Sight:
    entry = service or service_entry()
    allowlist = Allowlist(version="0123456789ab", services={alias: entry} if alias else {})
    this = Pass(
        look=Look(service_id=SERVICE_ID),
        allowlist=allowlist,
        observes=observes,
        record=record,
        service=EndpointService(
            service_id=SERVICE_ID, service_name=SERVICE_NAME, load_balancer_arns=()
        )
        if exists
        else None,
        tracked=None,
    )
    return Sight(this=this, plan=plan_acceptance(connections, this.entry, home=HOME, now=NOW))


def facts_about(rule: Rule, **more: object) -> Facts:
    """Return what is known of an endpoint that a rule decides about."""
    world = WORLDS[rule]
    return facts_in(sight(*world.connections, service=world.service), **more)


def facts_in(seen: Sight, **more: object) -> Facts:
    """Return what is known of the youngest endpoint of a service."""
    decision = seen.plan.decisions[-1]
    known: dict[str, object] = {
        "vpc_endpoint_id": decision.connection.vpc_endpoint_id,
        "parameter_prefix": PREFIX,
        "sight": seen,
        "decision": decision,
    }
    return Facts(**(known | more))  # type: ignore[arg-type] # a builder


def shown(renderable: RenderableType, width: int = 100) -> str:
    """Return what a terminal of that width shows."""
    console = Console(file=io.StringIO(), width=width, color_system=None)
    console.print(renderable)
    assert isinstance(console.file, io.StringIO)
    return "\n".join(line.rstrip() for line in console.file.getvalue().splitlines())
