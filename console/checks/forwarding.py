"""Whether those who may forward events to the bus are consumers."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from console.checks.check import Check, Question
from console.checks.topic_policy import ANYBODY, listed
from console.gateways.buses import Buses

_ORGANIZATION: Final = "aws:principalorgid"
_PUTS: Final = frozenset({"events:putevents", "events:*", "*"})
_RESTORE: Final = (
    "Give the bus the policies that EventBusPolicy and OrganizationEventBusPolicy have in"
    " template.yaml."
)
_TAKE_OUT: Final = (
    "Take them out of the parameter ForwardingAccountIds of the stack, or list them in the"
    " allowlist."
)


def check_forwarding(
    buses: Buses, bus_name: str, account_ids: Collection[str]
) -> tuple[Check, ...]:
    """Check who may put events on the bus; `account_ids` are those of the allowlist."""
    question = Question("hints/forwarding", f"policy of event bus {bus_name}")

    def look() -> Iterator[Check]:
        yield check_policy(question, buses.get_policy(bus_name), account_ids)

    return question.answer(look)


def check_policy(
    question: Question, policy: Mapping[str, Any], account_ids: Collection[str]
) -> Check:
    """Check that only consumers, or accounts of an organization, may put events."""
    who = forwarders(policy)
    if ANYBODY in who:
        return question.warning(
            "every account may put events: they can have the functions look in vain", _RESTORE
        )
    strangers = sorted(each for each in who if each.isdecimal() and each not in account_ids)
    if strangers:
        return question.warning(
            f"accounts that the allowlist does not list may put events: {', '.join(strangers)}."
            " They can have the functions look in vain",
            _TAKE_OUT,
        )
    named = ", ".join(sorted(who))
    return question.ok(f"events may be put by {named}" if who else "no other account puts events")


def forwarders(policy: Mapping[str, Any]) -> frozenset[str]:
    """Return the accounts and organizations that may put events; ANYBODY stands for all."""
    found: set[str] = set()
    for statement in listed(policy.get("Statement")):
        actions = {str(action).lower() for action in listed(statement.get("Action"))}
        if statement.get("Effect") == "Allow" and actions & _PUTS:
            found |= _allowed_by(statement)
    return frozenset(found)


def _allowed_by(statement: Mapping[str, Any]) -> set[str]:
    principal = statement.get("Principal", {})
    values = principal.values() if isinstance(principal, Mapping) else [principal]
    named = {_account_of(str(each)) for value in values for each in listed(value)}
    return named if ANYBODY not in named else _organizations(statement) or named


def _account_of(principal: str) -> str:
    """Return the account of a principal, which is an ARN or the account's id itself."""
    return principal.split(":")[4] if principal.startswith("arn:") else principal


def _organizations(statement: Mapping[str, Any]) -> set[str]:
    conditions = statement.get("Condition", {}).get("StringEquals", {})
    return {
        str(each)
        for key, value in conditions.items()
        if key.lower() == _ORGANIZATION
        for each in listed(value)
    }
