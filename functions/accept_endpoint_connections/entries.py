"""How a decision about a connection is recorded in the ledger, announced, logged and counted."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from privatelink.acceptance import AcceptancePlan
from privatelink.decisions import Decision
from privatelink.gateways.events import Event
from privatelink.gateways.records import EndpointEntry
from privatelink.model import ConnectionState, VpcEndpointId
from privatelink.rules import Action, Rule
from privatelink.telemetry import count, logger

_ANNOUNCEMENTS: Final = {
    Action.ACCEPT: "Endpoint Connection Accepted",
    Action.REJECT: "Endpoint Connection Rejected",
    Action.HOLD: "Endpoint Connection Held",
}
_METRICS: Final = {
    Action.ACCEPT: "ConnectionsAccepted",
    Action.REJECT: "ConnectionsRejected",
}
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
    return f"would {action}" if observing and action in _METRICS else action.value


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


def log_and_count(plan: AcceptancePlan, *, observing: bool, tripped_before: bool) -> None:
    """Say in the log and in metrics what is, or would be, done about connections.

    `tripped_before` says whether the circuit breaker was open already. One that trips by the
    calendar alone is not counted anew: that is not a matter of the version in force.
    """
    for action, metric in _METRICS.items():
        decisions = plan.by(action)
        for decision in decisions:
            logger.info(
                recorded_action(action, observing=observing),
                extra={
                    "service_id": decision.connection.service_id,
                    "vpc_endpoint_id": decision.connection.vpc_endpoint_id,
                    "account_id": decision.connection.vpc_endpoint_owner,
                    "reason": decision.reason,
                },
            )
        if decisions and not observing:
            count(metric, len(decisions))
    if plan.is_stopped:
        count("BreakerTripped")
        if not tripped_before and not observing and not plan.is_stopped_by_the_calendar:
            # Once, not as long as it is open: what mends it has to get past the alarm.
            count("BreakerTrippedAnew")
