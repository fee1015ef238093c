"""Reads from a topic's policy whose endpoint services may publish to it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

PUBLISHER: Final = "vpce.amazonaws.com"
ANYBODY: Final = "*"

_PUBLISHES: Final = frozenset({"sns:publish", "sns:*", "*"})


def _account_of(arn: str) -> str:
    return f"{arn}:::::".split(":")[4]


_SOURCES: Final[Mapping[tuple[str, str], Callable[[str], str]]] = {
    ("StringEquals", "aws:sourceaccount"): str,
    ("ArnLike", "aws:sourcearn"): _account_of,
    ("ArnEquals", "aws:sourcearn"): _account_of,
}
"""Conditions that say where a notification comes from, with how the account is read from them."""


def publishing_accounts(policy: Mapping[str, Any]) -> frozenset[str]:
    """Return the accounts whose endpoint services may publish; ANYBODY stands for all of them.

    https://docs.aws.amazon.com/vpc/latest/privatelink/create-notification-endpoint-service.html
    """
    statements = [each for each in listed(policy.get("Statement")) if _is_about(each)]
    if any(each["Effect"] == "Deny" and not each.get("Condition") for each in statements):
        return frozenset()
    allowing = [_accounts(each) for each in statements if each["Effect"] == "Allow"]
    return frozenset().union(*allowing)


def _is_about(statement: Mapping[str, Any]) -> bool:
    """Whether a statement is about the publishing of endpoint services."""
    principal = statement.get("Principal", {})
    values = principal.values() if isinstance(principal, Mapping) else [principal]
    named = {each for value in values for each in listed(value)}
    actions = {str(action).lower() for action in listed(statement.get("Action"))}
    return bool(named & {ANYBODY, PUBLISHER} and actions & _PUBLISHES)


def _accounts(statement: Mapping[str, Any]) -> frozenset[str]:
    """Return for whom a statement counts.

    Conditions about anything else are taken for such that endpoint services do not meet.
    """
    accounts = frozenset({ANYBODY})
    for operator, conditions in statement.get("Condition", {}).items():
        for key, value in conditions.items():
            read = _SOURCES.get((operator, key.lower()))
            named = frozenset(map(read, listed(value))) if read else frozenset()
            if ANYBODY in accounts:
                accounts = named
            elif ANYBODY not in named:
                accounts &= named
    return accounts


def listed(value: Any) -> Sequence[Any]:  # noqa: ANN401 - a policy has one or many
    """Return what a policy has one or many of, as a list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
