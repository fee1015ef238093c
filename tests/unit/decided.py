"""For each rule of the decision table, a world in which it decides about one connection."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import msgspec

from privatelink.acceptance import AcceptancePlan, plan_acceptance
from privatelink.allowlist import ServiceEntry
from privatelink.allowlist_values import Duration
from privatelink.decisions import Decision
from privatelink.model import EndpointConnection, Region
from privatelink.rules import Rule
from tests.unit.builders import HOME, NOW, STRANGER, connection, consumer_entry, service_entry

_AN_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True)
class World:
    """The connections of a service, of which the last is decided by the rule, and its entry."""

    connections: tuple[EndpointConnection, ...]
    service: ServiceEntry

    @property
    def plan(self) -> AcceptancePlan:
        return plan_acceptance(self.connections, self.service, home=HOME, now=NOW)


def _listed(**changes: object) -> ServiceEntry:
    return service_entry(msgspec.structs.replace(consumer_entry(), **changes))


def _service(**changes: object) -> ServiceEntry:
    return msgspec.structs.replace(service_entry(), **changes)


_EXPIRED: Final = _listed(expires=NOW.date() - timedelta(days=1))
_OF_STRANGER: Final = connection(owner=STRANGER, age=_AN_HOUR)
_LIVE_OF_STRANGER: Final = connection(owner=STRANGER, state="available", age=_AN_HOUR)

WORLDS: Final[Mapping[Rule, World]] = {
    Rule.ENDED: World((connection(state="rejected"),), _service()),
    Rule.STATE_UNKNOWN: World((connection(state="somethingNew"),), _service()),
    Rule.LIVE_UNLISTED: World((_LIVE_OF_STRANGER,), _service()),
    Rule.LIVE_EXPIRED: World((connection(state="available"),), _EXPIRED),
    Rule.WITHDRAWAL_STOPPED: World((_LIVE_OF_STRANGER,), _service(max_withdrawals=0)),
    Rule.LIVE_LISTED: World((connection(state="pending"),), _service()),
    Rule.UNLISTED_REJECTED: World((_OF_STRANGER,), _service(unlisted="reject")),
    Rule.UNLISTED_TIMED_OUT: World((_OF_STRANGER,), _service(hold_timeout=Duration("30m"))),
    Rule.UNLISTED_HELD: World((_OF_STRANGER,), _service(hold_timeout=Duration("72h"))),
    Rule.EXPIRED: World((connection(),), _EXPIRED),
    Rule.REGION_NOT_ALLOWED: World((connection(region=Region("eu-west-1")),), _service()),
    Rule.OVER_CAP: World((connection(2, age=_AN_HOUR), connection()), _listed(endpoints_max=1)),
    Rule.LISTED: World((connection(),), _service()),
}


def decided_by(rule: Rule) -> Decision:
    """Return a decision by a rule."""
    decision = WORLDS[rule].plan.decisions[-1]
    assert decision.rule is rule
    return decision
