"""How a decision about a connection is recorded in the ledger, announced, logged and counted."""

from collections.abc import Container, Iterable, Mapping
from datetime import datetime
from typing import Final

from privatelink.acceptance import AcceptancePlan
from privatelink.decisions import Decision
from privatelink.event_names import HELD
from privatelink.gateways.events import Event
from privatelink.gateways.records import EndpointEntry
from privatelink.model import ConnectionState, VpcEndpointId
from privatelink.rules import WITHDRAWALS, Action, Rule
from privatelink.telemetry import count, logger

_ANNOUNCEMENTS: Final = {
    Action.ACCEPT: "Endpoint Connection Accepted",
    Action.REJECT: "Endpoint Connection Rejected",
    Action.HOLD: HELD,
}
_DONE: Final = (Action.ACCEPT, Action.REJECT)
"""Actions that change something."""
_LET_IN: Final = frozenset({Rule.LISTED, Rule.LIVE_LISTED})


def changed_entries(
    plan: AcceptancePlan,
    before: Mapping[VpcEndpointId, EndpointEntry],
    *,
    allowlist_version: str,
    now: datetime,
    observing: bool,
) -> Mapping[VpcEndpointId, EndpointEntry]:
    """Return the ledger's new entries about connections of which there is something new."""
    entries = {}
    for decision in plan.decisions:
        endpoint_id = decision.connection.vpc_endpoint_id
        old = before.get(endpoint_id)
        action = recorded_action(decision.action, observing=observing)
        rule, state = decision.rule, decision.connection.reported_state
        if old is None or (old.rule, old.state, old.action) != (rule, state, action):
            entries[endpoint_id] = _entry(decision, action, old, allowlist_version, now.isoformat())
    return entries


def recorded_action(action: Action, *, observing: bool) -> str:
    """Return how the ledger calls an action that is, or only would be, taken."""
    return f"would {action}" if observing and action in _DONE else action.value


def _entry(
    decision: Decision, action: str, old: EndpointEntry | None, allowlist_version: str, now: str
) -> EndpointEntry:
    connection = decision.connection
    let_in = decision.rule in _LET_IN and action in {Action.ACCEPT, Action.KEEP}
    available = connection.state is ConnectionState.AVAILABLE
    return EndpointEntry(
        account_id=connection.vpc_endpoint_owner,
        region=connection.vpc_endpoint_region,
        state=connection.reported_state,
        action=action,
        rule=decision.rule,
        first_rule=old.first_rule if old else decision.rule,
        reason=decision.reason,
        allowlist_version=allowlist_version,
        decided=now,
        first_seen=old.first_seen if old else now,
        accepted=(old.accepted if old else "") or (now if let_in else ""),
        available=(old.available if old else "") or (now if available else ""),
        created=connection.creation_timestamp.isoformat(),
    )


def announcements(decisions: Iterable[Decision], allowlist_version: str) -> list[Event]:
    """Return the events that tell of decisions."""
    return [
        Event(
            _ANNOUNCEMENTS[decision.action],
            {
                "service_id": decision.connection.service_id,
                "vpc_endpoint_id": decision.connection.vpc_endpoint_id,
                "account_id": decision.connection.vpc_endpoint_owner,
                "region": decision.connection.vpc_endpoint_region,
                "rule": decision.rule,
                "reason": decision.reason,
                "allowlist_version": allowlist_version,
            },
        )
        for decision in decisions
        if decision.action in _ANNOUNCEMENTS
    ]


def log_and_count(
    plan: AcceptancePlan,
    changed: Container[VpcEndpointId],
    *,
    observing: bool,
    tripped_before: bool,
) -> None:
    """Say in the log and in metrics what is, or would be, done about connections.

    `changed` are the endpoints about which there is something new. `tripped_before` says whether
    the circuit breaker was open already. One that trips by the calendar alone is not counted anew:
    that is not a matter of the version in force.
    """
    for action in _DONE:
        for decision in plan.by(action):
            logger.info(
                recorded_action(action, observing=observing),
                extra={
                    "service_id": decision.connection.service_id,
                    "vpc_endpoint_id": decision.connection.vpc_endpoint_id,
                    "account_id": decision.connection.vpc_endpoint_owner,
                    "reason": decision.reason,
                },
            )
    if not observing:
        _count_done(plan, changed)
    if plan.is_stopped:
        count("BreakerTripped")
        if not tripped_before and not observing and not plan.is_stopped_by_the_calendar:
            # Once, not as long as it is open: what mends it has to get past the alarm.
            count("BreakerTrippedAnew")


def _count_done(plan: AcceptancePlan, changed: Container[VpcEndpointId]) -> None:
    held = [d for d in plan.by(Action.HOLD) if d.connection.vpc_endpoint_id in changed]
    withdrawn = sum(decision.rule in WITHDRAWALS for decision in plan.by(Action.REJECT))
    for metric, number in (
        ("ConnectionsAccepted", len(plan.by(Action.ACCEPT))),
        ("ConnectionsRejected", len(plan.by(Action.REJECT)) - withdrawn),
        ("ConnectionsWithdrawn", withdrawn),
        ("ConnectionsHeld", len(held)),
    ):
        if number:
            count(metric, number)
