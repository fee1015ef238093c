"""What becomes of the ledger's items about those who have left."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from privatelink.acceptance import AcceptancePlan
from privatelink.findings import FindingKind
from privatelink.gateways.ledger import Ledger
from privatelink.gateways.passes import Pass
from privatelink.gateways.records import LONG_AGO, Scope, ScopeRecord, ServiceRecord
from privatelink.model import Consumer
from privatelink.rules import Rule
from privatelink.telemetry import logger
from privatelink.times import read_time

_GIVEN_UP_AFTER: Final = timedelta(days=30)
"""How long a consumer that has left and lets nobody in is tried."""
_KEPT_FOR: Final = timedelta(days=30)
"""How long the last decision about an endpoint that has ended is kept; its history stays."""


def give_up(
    ledger: Ledger, record: ServiceRecord, plan: AcceptancePlan, now: datetime
) -> set[Consumer]:
    """Give up what consumers that have left have kept from us for too long; return these."""
    given_up = set()
    for consumer, parts in record.traces.items():
        hopeless = {
            scope
            for scope, part in parts.items()
            if consumer not in plan.staying and _is_hopeless(part, now)
        }
        for scope in hopeless:
            if (trace := parts[scope].trace) is not None:
                stays = sorted(trace.holds)
                logger.warning("given up", extra={"consumer": str(consumer), "stays": stays})
                ledger.give_up(scope, now, trace)
        if hopeless == parts.keys():
            given_up.add(consumer)
    return given_up


def _is_hopeless(part: ScopeRecord, now: datetime) -> bool:
    if part.trace is None or part.trace.touched > now:
        return False
    return any(
        finding.attributes.get("kind") == FindingKind.LEFT_BEHIND
        and LONG_AGO < finding.raised < now - _GIVEN_UP_AFTER
        for finding in part.open_findings.values()
    )


def tidy(ledger: Ledger, this: Pass, plan: AcceptancePlan, now: datetime) -> None:
    """Remove from the ledger what nobody would look at again."""
    traces = this.record.traces
    known = plan.connected | traces.keys()
    idle = {
        scope: record
        for scope, record in this.record.consumers.items()
        if scope.consumer not in known
    }
    keys = [key for scope, record in idle.items() for key in _keys(scope, record)]
    if this.is_looked_after:
        keys += _of_the_gone(this.record, plan, now)
    ledger.delete_items(this.service_id, keys)
    # A request that seems to wait may have been accepted a moment ago.
    is_over = all(decision.rule is Rule.ENDED for decision in plan.decisions)
    if not this.is_listed and is_over and not traces and not this.record.principals:
        ledger.forget_service(this.service_id)


def _keys(scope: Scope, record: ScopeRecord) -> Iterable[str]:
    yield from (f"{scope.prefix}FINDING#{key}" for key in record.open_findings)
    if record.would:
        yield f"{scope.prefix}WOULD"


def _of_the_gone(record: ServiceRecord, plan: AcceptancePlan, now: datetime) -> Iterable[str]:
    """Yield the keys of entries about endpoints that ended long ago and are not listed any more."""
    listed = {decision.connection.vpc_endpoint_id for decision in plan.decisions}
    for endpoint_id, entry in record.endpoints.items():
        decided = read_time(entry.decided)
        if (
            endpoint_id not in listed
            and entry.rule == Rule.ENDED
            and decided is not None
            and decided < now - _KEPT_FOR
        ):
            yield f"ENDPOINT#{endpoint_id}"
