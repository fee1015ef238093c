"""What publishing is measured by: how long it takes until an endpoint is ready, and drift."""

from datetime import datetime
from typing import Final

from privatelink.gateways.claims import COPY, Share
from privatelink.gateways.records import EndpointEntry
from privatelink.gateways.traces import Traces
from privatelink.parameter_places import PlaceId, is_endpoint_leaf, place_of
from privatelink.publication import PublicationPlan
from privatelink.rules import VERDICTS, Action, Rule
from privatelink.times import read_time
from publish_endpoint_addresses.shelves import Side

_AFTER_A_PERSON: Final = frozenset(
    rule.value for rule, verdict in VERDICTS.items() if verdict.action is Action.HOLD
)


def is_first(share: Share, shelf: str, place: PlaceId) -> bool:
    """Whether nothing has been published in a place before."""
    return not any(name.removeprefix(COPY).startswith(f"{shelf}/{place}/") for name in share.holds)


def seconds_to_ready(entry: EndpointEntry | None, now: datetime) -> float | None:
    """Return for how long an endpoint has waited for its address; None: nobody knows.

    It is from its creation, or, where it had to wait for a person first, from when it was
    accepted. One that was live already when it was first seen did not wait for us.
    """
    if entry is None:
        return None
    since = ""
    if entry.first_rule == Rule.LISTED:
        since = entry.created
    elif entry.first_rule in _AFTER_A_PERSON:
        since = entry.accepted
    begun = read_time(since)
    return (now - begun).total_seconds() if begun else None


def drift(traces: Traces, share: Share, side: Side, shelf: str, plan: PublicationPlan) -> int:
    """Return how many parameters are put again that somebody has deleted or written over.

    Where an endpoint gets or loses an availability zone, or its `endpoint` leaf changes, other
    leaves of its place change with it: that is no drift.
    """
    deleted = {p.name for p in plan.create if traces.has_held(share, *side.traced([p.name]))}
    moved = {
        place_of(shelf, name)
        for name in (
            *(p.name for p in plan.create if p.name not in deleted),
            *plan.delete,
            *(p.name for p in plan.overwrite if is_endpoint_leaf(p.name)),
        )
    }
    altered = [p for p in plan.overwrite if place_of(shelf, p.name) not in moved]
    return len(deleted) + len(altered)
