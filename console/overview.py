"""Puts all services, with their consumers and endpoints, into one document."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from accept_endpoint_connections.entries import recorded_action
from console.addresses import Addresses, Published
from console.deployed import DeployedStack
from console.documents.status import (
    BreakerStatus,
    EndpointStatus,
    ServiceStatus,
    StackStatus,
    Status,
)
from console.errors import ConsoleError
from console.provider import Provider
from console.roll import consumers_of
from console.seeing import Sight, in_order, see_services
from privatelink.decisions import Decision
from privatelink.model import ENDED, ESTABLISHED, ConnectionState
from privatelink.rules import Rule

_ORDER: Final = (
    frozenset({ConnectionState.PENDING_ACCEPTANCE}),
    frozenset(ConnectionState) - ESTABLISHED - ENDED,
    frozenset({ConnectionState.PENDING}),
    frozenset({ConnectionState.AVAILABLE}),
    ENDED,
)
"""Who waits, or is not understood, stands before whom nothing has to be done about."""


def read_status(
    provider: Provider,
    deployed: DeployedStack,
    now: datetime,
    service: str | None,
    addresses: Addresses,
) -> Status:
    """Read how everything is, or one service by its alias or id; raise ConsoleError: none such."""
    sights = tuple(see_services(provider, deployed, now))
    if service is not None:
        sights = only(sights, service)
    return describe(sights, provider, deployed, now, addresses)


def describe(
    sights: Sequence[Sight],
    provider: Provider,
    deployed: DeployedStack,
    now: datetime,
    addresses: Addresses,
) -> Status:
    """Put services that have been seen into one document, with the addresses of their endpoints."""
    prefix = deployed.publish.parameter_prefix
    paths = [f"{prefix}/{each.this.alias}" for each in sights if each.this.alias is not None]
    stack = StackStatus(
        name=deployed.name,
        account_id=deployed.account_id,
        region=deployed.region,
        version=deployed.version,
        mode=deployed.accept.mode,
        allowlist_version=provider.allowlists.get().version,
    )
    return status_of(sights, stack, addresses.read(provider.copies, paths, now), now)


def status_of(
    sights: Sequence[Sight], stack: StackStatus, addresses: Published, now: datetime
) -> Status:
    """Put together how everything is."""
    decided = [(sight, decision) for sight in sights for decision in sight.plan.decisions]
    return Status(
        at=now,
        stack=stack,
        services=tuple(map(_service, sights)),
        consumers=tuple(c for sight in sights for c in consumers_of(sight, stack.region, now)),
        endpoints=tuple(
            _endpoint(sight, decision, addresses)
            for sight, decision in sorted(decided, key=lambda each: _attention(each[1]))
        ),
        findings=in_order(each for sight in sights for each in sight.open_findings()),
    )


def only(sights: Sequence[Sight], service: str) -> tuple[Sight, ...]:
    """Return the service of that alias or id alone, or raise ConsoleError."""
    found = tuple(s for s in sights if service in {s.this.alias, s.this.service_id})
    if not found:
        names = ", ".join(sight.name for sight in sights) or "none"
        raise ConsoleError(f"No service {service} is looked after.", f"Those that are: {names}")
    return found


def _service(sight: Sight) -> ServiceStatus:
    this, decisions = sight.this, sight.plan.decisions
    return ServiceStatus(
        service_id=this.service_id,
        alias=this.alias,
        exists=this.service is not None,
        acceptance_required=this.service.acceptance_required if this.service else None,
        mode="observe" if this.observing else "enforce",
        connections=dict(sorted(Counter(d.connection.reported_state for d in decisions).items())),
        breaker=BreakerStatus(
            is_open=sight.plan.is_stopped,
            waiting=sum(d.rule is Rule.WITHDRAWAL_STOPPED for d in decisions),
            withdrawals_allowed=this.entry.withdrawals_allowed,
        ),
    )


def _endpoint(sight: Sight, decision: Decision, addresses: Published) -> EndpointStatus:
    connection = decision.connection
    leaf = addresses.get(connection.vpc_endpoint_id, {}).get("ips")
    return EndpointStatus(
        vpc_endpoint_id=connection.vpc_endpoint_id,
        service_id=connection.service_id,
        account_id=connection.vpc_endpoint_owner,
        region=connection.vpc_endpoint_region,
        state=connection.reported_state,
        action=recorded_action(decision.action, observing=sight.this.observing),
        rule=decision.rule,
        reason=decision.reason,
        created=connection.creation_timestamp,
        addresses=tuple(leaf.value.split(",")) if leaf else (),
    )


def _attention(decision: Decision) -> int:
    state = decision.connection.state
    return next(number for number, states in enumerate(_ORDER) if state in states)
