"""What can be decided about an endpoint connection, and how each decision says why."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from privatelink.findings import Finding, FindingKind
from privatelink.model import Consumer, EndpointConnection


class Action(StrEnum):
    """What is done about a connection."""

    ACCEPT = "accept"
    HOLD = "hold"
    REJECT = "reject"
    KEEP = "keep"
    NOTHING = "nothing"


class Rule(StrEnum):
    """The row of the decision table that decided."""

    STATE_UNKNOWN = "state-unknown"
    ENDED = "ended"
    LIVE_UNLISTED = "live-unlisted"
    LIVE_EXPIRED = "live-expired"
    WITHDRAWAL_STOPPED = "withdrawal-stopped"
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
    Rule.WITHDRAWAL_STOPPED: (
        "{because}; the withdrawal of {withdrawals} connection(s) at once waits until"
        " max_withdrawals, {max_withdrawals}, is raised to their number"
    ),
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
    Rule.LIVE_UNLISTED: Action.REJECT,
    Rule.LIVE_EXPIRED: Action.REJECT,
    Rule.WITHDRAWAL_STOPPED: Action.KEEP,
    Rule.LIVE_LISTED: Action.KEEP,
    Rule.UNLISTED_REJECTED: Action.REJECT,
    Rule.UNLISTED_TIMED_OUT: Action.REJECT,
    Rule.UNLISTED_HELD: Action.HOLD,
    Rule.EXPIRED: Action.HOLD,
    Rule.REGION_NOT_ALLOWED: Action.HOLD,
    Rule.OVER_CAP: Action.HOLD,
    Rule.LISTED: Action.ACCEPT,
}

TRIPPED_AT: Final = "tripped_at"
"""Among the values: the max_withdrawals that was in force when the circuit breaker tripped."""
WITHDRAWALS: Final = frozenset({Rule.LIVE_UNLISTED, Rule.LIVE_EXPIRED})
"""Rules that cut a live connection."""


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
    def consumer(self) -> Consumer:
        """Whose connection it is."""
        return Consumer(
            account_id=self.connection.vpc_endpoint_owner,
            region=self.connection.vpc_endpoint_region,
        )

    @property
    def reason(self) -> str:
        """Why, as a sentence for people."""
        return _SENTENCES[self.rule].format_map(self.values)

    @property
    def finding(self) -> Finding | None:
        """What a person has to look at about this connection alone, if there is anything."""
        if self.rule is not Rule.STATE_UNKNOWN:
            return None
        return Finding(
            kind=FindingKind.UNKNOWN_STATE,
            subject=self.connection.vpc_endpoint_id,
            evidence={"service_id": self.connection.service_id, "why": self.reason},
        )

    def stopped(self, *, withdrawals: int, max_withdrawals: int, tripped_at: int) -> "Decision":
        """Return the decision to leave the connection as it is, though it should be withdrawn."""
        values = {
            **self.values,
            "because": self.reason,
            "withdrawals": str(withdrawals),
            "max_withdrawals": str(max_withdrawals),
            TRIPPED_AT: str(tripped_at),
        }
        return replace(self, rule=Rule.WITHDRAWAL_STOPPED, values=values)
