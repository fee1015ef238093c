"""The rules of the decision table: what each has done, why, and what the consumer does next."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from msgspec import Struct


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


WITHDRAWALS: Final = frozenset({Rule.LIVE_UNLISTED, Rule.LIVE_EXPIRED})
"""Rules that cut a live connection."""


class Verdict(Struct, frozen=True):
    """What follows from a rule: the action, the reason, and what the consumer does next.

    The texts are filled in with the values that were seen; the last is for people of the service
    consumer, and says `where` the addresses are published.
    """

    action: Action
    reason: str
    next_step: str


VERDICTS: Final[Mapping[Rule, Verdict]] = {
    Rule.STATE_UNKNOWN: Verdict(
        Action.NOTHING,
        "the state {state} is not known",
        "Nothing for now: AWS reports a state, {state}, in which the service provider leaves the"
        " endpoint as it is. If it stays so, ask the service provider.",
    ),
    Rule.ENDED: Verdict(
        Action.NOTHING,
        "the connection is {state}",
        "Create a new endpoint, if you still need one: this one is {state}, and not let in again."
        " If it is still there, delete it: it costs you as long as it exists.",
    ),
    Rule.LIVE_UNLISTED: Verdict(
        Action.REJECT,
        "account {account} is connected and not listed",
        "Delete the endpoint: its connection is withdrawn, since account {account} is not listed."
        " If you still need the service, ask the service provider to list the account, and then"
        " create a new endpoint.",
    ),
    Rule.LIVE_EXPIRED: Verdict(
        Action.REJECT,
        "account {account} is connected, and its entry expired on {expires}",
        "Delete the endpoint: its connection is withdrawn, since the entry of account {account}"
        " expired on {expires}. If you still need the service, ask the service provider to extend"
        " the entry, and then create a new endpoint.",
    ),
    Rule.WITHDRAWAL_STOPPED: Verdict(
        Action.KEEP,
        "{because}; the withdrawal of {withdrawals} connection(s) at once waits until"
        " max_withdrawals, {max_withdrawals}, is raised to their number",
        "Nothing at once: the connection stays until the service provider confirms that it is to"
        " go. If you still need it, ask the service provider for a valid entry of account"
        " {account}.",
    ),
    Rule.LIVE_LISTED: Verdict(
        Action.KEEP,
        "account {account} is listed as {consumer}",
        "Nothing about the connection, which has been accepted and is {state}. The address of an"
        " available endpoint stands {where}.",
    ),
    Rule.UNLISTED_REJECTED: Verdict(
        Action.REJECT,
        "account {account} is not listed, and unlisted ones are rejected",
        "Ask the service provider to list account {account}, and then create a new endpoint. Delete"
        " this one: it is rejected, and costs you as long as it exists.",
    ),
    Rule.UNLISTED_TIMED_OUT: Verdict(
        Action.REJECT,
        "account {account} is not listed, and waited over {hold_timeout}",
        "Ask the service provider to list account {account}, and then create a new endpoint. Delete"
        " this one: it has waited over {hold_timeout} and is rejected, and costs you as long as it"
        " exists.",
    ),
    Rule.UNLISTED_HELD: Verdict(
        Action.HOLD,
        "account {account} is not listed",
        "Ask the service provider to list account {account}, and leave the endpoint as it is: it is"
        " accepted as soon as the account is listed.{patience}",
    ),
    Rule.EXPIRED: Verdict(
        Action.HOLD,
        "the entry of {consumer} expired on {expires}",
        "Ask the service provider to extend the entry of account {account}, which expired on"
        " {expires}, and leave the endpoint as it is: it is accepted as soon as that is done.",
    ),
    Rule.REGION_NOT_ALLOWED: Verdict(
        Action.HOLD,
        "{consumer} may connect from {allowed}, not from {region}",
        "Create an endpoint in {allowed} and delete this one; or ask the service provider to allow"
        " {region} for account {account}, and leave it as it is.",
    ),
    Rule.OVER_CAP: Verdict(
        Action.HOLD,
        "{consumer} may have {endpoints_max} endpoint(s), and has or awaits {before}",
        "Delete an endpoint of this service that you do not need any more; or ask the service"
        " provider to allow account {account} more than {endpoints_max}. This one is accepted as"
        " soon as there is room.",
    ),
    Rule.LISTED: Verdict(
        Action.ACCEPT,
        "account {account} is listed as {consumer}",
        "Nothing about the connection, which is accepted with the next sweep, within minutes. The"
        " address of an available endpoint stands {where}.",
    ),
}
