"""Decides about endpoint connections: the decision table.

The requester is the connection's owner as EC2 reports it in the provider's account, never what an
event says.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from privatelink.allowlist import ConsumerEntry, ServiceEntry
from privatelink.findings import Finding, FindingKind
from privatelink.model import (
    ENDED,
    ESTABLISHED,
    ConnectionState,
    Consumer,
    EndpointConnection,
    Region,
)


class Action(StrEnum):
    """What is done about a connection."""

    ACCEPT = "accept"
    HOLD = "hold"
    REJECT = "reject"
    KEEP = "keep"
    NOTHING = "nothing"


class Rule(StrEnum):
    """The row of the decision table that decided. A later row never contradicts an earlier one."""

    STATE_UNKNOWN = "state-unknown"
    ENDED = "ended"
    LIVE_UNLISTED = "live-unlisted"
    LIVE_EXPIRED = "live-expired"
    LIVE_LISTED = "live-listed"
    UNLISTED_REJECTED = "unlisted-rejected"
    UNLISTED_TIMED_OUT = "unlisted-timed-out"
    UNLISTED_HELD = "unlisted-held"
    EXPIRED = "expired"
    REGION_NOT_ALLOWED = "region-not-allowed"
    OVER_CAP = "over-cap"
    LISTED = "listed"


_SENTENCES: Final[Mapping[Rule, str]] = {
    Rule.STATE_UNKNOWN: "the state {state} is not known",
    Rule.ENDED: "the connection is {state}",
    Rule.LIVE_UNLISTED: "account {account} is connected and not listed",
    Rule.LIVE_EXPIRED: "account {account} is connected, and its entry expired on {expires}",
    Rule.LIVE_LISTED: "account {account} is listed as {consumer}",
    Rule.UNLISTED_REJECTED: "account {account} is not listed, and unlisted ones are rejected",
    Rule.UNLISTED_TIMED_OUT: "account {account} is not listed, and waited over {hold_timeout}",
    Rule.UNLISTED_HELD: "account {account} is not listed",
    Rule.EXPIRED: "the entry of {consumer} expired on {expires}",
    Rule.REGION_NOT_ALLOWED: "{consumer} may connect from {allowed}, not from {region}",
    Rule.OVER_CAP: "{consumer} may have {endpoints_max} endpoint(s), and has or awaits {before}",
    Rule.LISTED: "account {account} is listed as {consumer}",
}

_ACTIONS: Final[Mapping[Rule, Action]] = {
    Rule.STATE_UNKNOWN: Action.NOTHING,
    Rule.ENDED: Action.NOTHING,
    Rule.LIVE_UNLISTED: Action.KEEP,
    Rule.LIVE_EXPIRED: Action.KEEP,
    Rule.LIVE_LISTED: Action.KEEP,
    Rule.UNLISTED_REJECTED: Action.REJECT,
    Rule.UNLISTED_TIMED_OUT: Action.REJECT,
    Rule.UNLISTED_HELD: Action.HOLD,
    Rule.EXPIRED: Action.HOLD,
    Rule.REGION_NOT_ALLOWED: Action.HOLD,
    Rule.OVER_CAP: Action.HOLD,
    Rule.LISTED: Action.ACCEPT,
}


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What is done about one connection, and why: the rule with the values that it saw."""

    connection: EndpointConnection
    rule: Rule
    values: Mapping[str, str]

    @property
    def action(self) -> Action:
        """What is done."""
        return _ACTIONS[self.rule]

    @property
    def reason(self) -> str:
        """Why, as a sentence for people."""
        return _SENTENCES[self.rule].format_map(self.values)


@dataclass(frozen=True, kw_only=True)
class AcceptancePlan:
    """One decision a connection, in the order of the endpoints' age."""

    decisions: tuple[Decision, ...]

    def by(self, action: Action) -> tuple[Decision, ...]:
        """Return the decisions with that action."""
        return tuple(decision for decision in self.decisions if decision.action is action)

    def without(self, vpc_endpoint_ids: Iterable[str]) -> "AcceptancePlan":
        """Return the plan without the decisions about some endpoints."""
        left_out = frozenset(vpc_endpoint_ids)
        return AcceptancePlan(
            decisions=tuple(
                d for d in self.decisions if d.connection.vpc_endpoint_id not in left_out
            )
        )

    @property
    def consumers(self) -> frozenset[Consumer]:
        """Who has, or is about to have, a connection by a valid or expired entry."""
        return frozenset(
            Consumer(
                account_id=decision.connection.vpc_endpoint_owner,
                region=decision.connection.vpc_endpoint_region,
            )
            for decision in self.decisions
            if decision.rule in _CONVERGING
        )

    @property
    def awaits_availability(self) -> bool:
        """Whether a connection is accepted, or about to be, and not yet available."""
        return any(
            decision.action is Action.ACCEPT or decision.connection.state is ConnectionState.PENDING
            for decision in self.decisions
        )

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What a person has to look at."""
        return tuple(
            Finding(
                kind=_FINDINGS[decision.rule],
                subject=decision.connection.vpc_endpoint_id,
                evidence={"service_id": decision.connection.service_id, "why": decision.reason},
            )
            for decision in self.decisions
            if decision.rule in _FINDINGS
        )


_CONVERGING: Final = frozenset({Rule.LISTED, Rule.LIVE_LISTED, Rule.LIVE_EXPIRED})

_FINDINGS: Final[Mapping[Rule, FindingKind]] = {
    Rule.STATE_UNKNOWN: FindingKind.UNKNOWN_STATE,
    Rule.LIVE_UNLISTED: FindingKind.LIVE_WITHOUT_ENTRY,
    Rule.LIVE_EXPIRED: FindingKind.LIVE_WITHOUT_ENTRY,
}


def plan_acceptance(
    connections: Iterable[EndpointConnection],
    service: ServiceEntry,
    *,
    home: Region,
    now: datetime,
) -> AcceptancePlan:
    """Decide about every connection of one service; `home` is the stack's Region.

    A consumer's cap counts its established connections first, then its requests by age, so that
    the oldest requests are the ones within it.
    """
    by_age = sorted(connections, key=lambda c: (c.creation_timestamp, c.vpc_endpoint_id))
    counted = Counter(c.vpc_endpoint_owner for c in by_age if c.state in ESTABLISHED)
    decisions = []
    for connection in by_age:
        owner = connection.vpc_endpoint_owner
        decision = _decide(connection, service, home=home, now=now, before=counted[owner])
        if decision.rule in {Rule.LISTED, Rule.OVER_CAP}:
            counted[owner] += 1
        decisions.append(decision)
    return AcceptancePlan(decisions=tuple(decisions))


def _decide(
    connection: EndpointConnection,
    service: ServiceEntry,
    *,
    home: Region,
    now: datetime,
    before: int,
) -> Decision:
    entry = service.consumer(connection.vpc_endpoint_owner)
    if connection.state in ENDED:
        rule = Rule.ENDED
    elif connection.state in ESTABLISHED:
        rule = _decide_live(entry, now)
    elif connection.state is not ConnectionState.PENDING_ACCEPTANCE:
        rule = Rule.STATE_UNKNOWN
    elif entry is None:
        rule = _decide_unlisted(connection, service, now)
    else:
        rule = _decide_listed(connection, entry, home=home, now=now, before=before)
    values = {
        "account": connection.vpc_endpoint_owner,
        "region": connection.vpc_endpoint_region,
        "state": connection.reported_state,
        "hold_timeout": str(service.hold_timeout),
        "before": str(before),
    }
    if entry is not None:
        values |= {
            "consumer": entry.name,
            "expires": str(entry.expires),
            "endpoints_max": str(entry.endpoints_max),
            "allowed": ", ".join(entry.regions or (home,)),
        }
    return Decision(connection=connection, rule=rule, values=values)


def _decide_live(entry: ConsumerEntry | None, now: datetime) -> Rule:
    if entry is None:
        return Rule.LIVE_UNLISTED
    return Rule.LIVE_EXPIRED if entry.has_expired(now) else Rule.LIVE_LISTED


def _decide_unlisted(connection: EndpointConnection, service: ServiceEntry, now: datetime) -> Rule:
    if service.unlisted == "reject":
        return Rule.UNLISTED_REJECTED
    waited = now - connection.creation_timestamp
    if service.hold_timeout is not None and waited > service.hold_timeout:
        return Rule.UNLISTED_TIMED_OUT
    return Rule.UNLISTED_HELD


def _decide_listed(
    connection: EndpointConnection,
    entry: ConsumerEntry,
    *,
    home: Region,
    now: datetime,
    before: int,
) -> Rule:
    if entry.has_expired(now):
        return Rule.EXPIRED
    if not entry.allows_region(connection.vpc_endpoint_region, home=home):
        return Rule.REGION_NOT_ALLOWED
    if entry.endpoints_max is not None and before >= entry.endpoints_max:
        return Rule.OVER_CAP
    return Rule.LISTED
