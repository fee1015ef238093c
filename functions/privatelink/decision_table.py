"""The decision table: which rule decides about an endpoint connection.

Rows are looked at in their order, and the first that holds decides.
"""

from collections.abc import Callable
from typing import Final

from msgspec import Struct

from privatelink.cases import Case
from privatelink.model import ENDED, ConnectionState
from privatelink.rules import Rule


class Evaluation(Struct, frozen=True):
    """A row that was looked at: its question, what was seen, and the answer."""

    rule: Rule
    question: str
    seen: str
    holds: bool


class Row(Struct, frozen=True):
    """One row: the rule that decides if the question's answer is yes, and what answers it."""

    rule: Rule
    question: str
    seen: str
    holds: Callable[[Case], bool]

    def evaluate(self, case: Case) -> Evaluation:
        """Put the question about a case."""
        return Evaluation(
            rule=self.rule,
            question=self.question,
            seen=self.seen.format_map(case.values),
            holds=self.holds(case),
        )


TABLE: Final = (
    Row(
        Rule.ENDED,
        "Has the connection ended?",
        "its state is {state}",
        lambda case: case.connection.state in ENDED,
    ),
    Row(
        Rule.LIVE_UNLISTED,
        "Is it live, and its account not listed?",
        "its state is {state}; account {account} is {listed}",
        lambda case: case.is_live and case.entry is None,
    ),
    Row(
        Rule.LIVE_EXPIRED,
        "Is it live, and its account's entry expired?",
        "its state is {state}; {validity}, and today is {today}",
        lambda case: case.is_live and case.has_expired,
    ),
    Row(
        Rule.LIVE_LISTED,
        "Is it live?",
        "its state is {state}",
        lambda case: case.is_live,
    ),
    Row(
        Rule.STATE_UNKNOWN,
        "Is it anything but a request that waits?",
        "its state is {state}",
        lambda case: case.connection.state is not ConnectionState.PENDING_ACCEPTANCE,
    ),
    Row(
        Rule.UNLISTED_REJECTED,
        "Is its account not listed, and are such ones rejected?",
        "account {account} is {listed}; unlisted: {unlisted}",
        lambda case: case.entry is None and case.service.unlisted == "reject",
    ),
    Row(
        Rule.UNLISTED_TIMED_OUT,
        "Is its account not listed, and has it waited too long?",
        "account {account} is {listed}, and has waited {waited}; hold_timeout: {hold_timeout}",
        lambda case: case.entry is None and case.has_timed_out,
    ),
    Row(
        Rule.UNLISTED_HELD,
        "Is its account not listed?",
        "account {account} is {listed}",
        lambda case: case.entry is None,
    ),
    Row(
        Rule.EXPIRED,
        "Has its account's entry expired?",
        "{validity}, and today is {today}",
        lambda case: case.has_expired,
    ),
    Row(
        Rule.REGION_NOT_ALLOWED,
        "Is it in a Region that the entry does not allow?",
        "it is in {region}; allowed: {allowed}",
        lambda case: not case.is_in_allowed_region,
    ),
    Row(
        Rule.OVER_CAP,
        "Do as many endpoints of the account count before it as the entry allows?",
        "{before} before this one; endpoints_max: {endpoints_max}",
        lambda case: case.is_over_cap,
    ),
    Row(
        Rule.LISTED,
        "Is its account listed?",
        "account {account} is {listed}",
        lambda case: case.entry is not None,
    ),
)


def decide(case: Case) -> Rule:
    """Return the rule of the first row that holds."""
    return _deciding(case).rule


def evaluate(case: Case) -> tuple[Evaluation, ...]:
    """Return the rows that are looked at, the last of which decides."""
    last = TABLE.index(_deciding(case))
    return tuple(row.evaluate(case) for row in TABLE[: last + 1])


def _deciding(case: Case) -> Row:
    return next(row for row in TABLE if row.holds(case))
