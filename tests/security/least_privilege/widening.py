"""Policies that allow more in one place: what must not go unnoticed."""

from collections.abc import Iterator
from copy import replace
from typing import Final

from tests.security.least_privilege.arns import opened
from tests.security.least_privilege.documents import Kind
from tests.security.least_privilege.narrowing import Change
from tests.security.least_privilege.statements import Document, Statement, document, statements

_LIKE: Final = {
    "StringEquals": "StringLike",
    "ArnEquals": "ArnLike",
    "ForAllValues:StringEquals": "ForAllValues:StringLike",
    "ForAnyValue:StringEquals": "ForAnyValue:StringLike",
}

# There in every request: a condition is no looser for holding only if they are.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
_ALWAYS_THERE: Final = frozenset({"aws:RequestedRegion"})

type Condition = tuple[str, str, tuple[str, ...]]


def widenings(kind: Kind, policy: Document) -> Iterator[Change]:
    """Widen each statement of a policy in each of the ways that there are.

    The resources of a resource's own policy are left alone: it is about that resource, whatever
    it names. https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_identity-vs-resource.html
    """
    every = statements(policy)
    for number, statement in enumerate(every):
        for what, wider in _wider(kind, statement):
            yield Change(
                what=f"{statement}: {what}",
                document=document(*every[:number], *wider, *every[number + 1 :]),
                services=frozenset(map(service_of, statement.actions)),
            )


def service_of(action: str) -> str:
    """Return the service of an action."""
    return action.partition(":")[0]


def _wider(kind: Kind, statement: Statement) -> Iterator[tuple[str, tuple[Statement, ...]]]:
    if statement.effect == "Deny":
        yield "removed", ()
        yield from _denying_less(statement)
        return
    for action in statement.actions:
        every = f"{service_of(action)}:*"
        yield f"{action} becomes {every}", (replace(statement, actions=(every,)),)
    for _, name in statement.principals:
        for other in _broader(name):
            yield f"{name} becomes {other}", (replace(statement, principals=(("AWS", other),)),)
    if kind == "identity":
        for resource in statement.resources:
            for pattern in opened(resource):
                yield f"{resource} becomes {pattern}", (replace(statement, resources=(pattern,)),)
    for what, conditions in _looser(statement.conditions):
        yield what, (replace(statement, conditions=conditions),)


def _denying_less(statement: Statement) -> Iterator[tuple[str, tuple[Statement, ...]]]:
    for action in statement.actions if len(statement.actions) > 1 else ():
        kept = tuple(each for each in statement.actions if each != action)
        yield f"without {action}", (replace(statement, actions=kept),)


def _broader(principal: str) -> Iterator[str]:
    if principal == "*":
        return
    account, colon, name = principal.partition(":role/")
    if colon and name:
        yield f"{account}:root"
    yield "*"


def _looser(conditions: tuple[Condition, ...]) -> Iterator[tuple[str, tuple[Condition, ...]]]:
    for number, (operator, key, values) in enumerate(conditions):
        before, behind = conditions[:number], conditions[number + 1 :]
        yield f"without {key}", (*before, *behind)
        may_be_absent = operator != "Null" and not operator.startswith("For")
        if may_be_absent and key not in _ALWAYS_THERE:
            yield f"{key} if it exists", (*before, (f"{operator}IfExists", key, values), *behind)
        like = _LIKE.get(operator, operator)
        if not like.endswith("Like"):
            continue
        for place, value in enumerate(values):
            for pattern in opened(value):
                wider = (*values[:place], pattern, *values[place + 1 :])
                yield f"{key} like {pattern}", (*before, (like, key, wider), *behind)
