"""Policies with one grant less, or with one value less in a condition."""

from collections.abc import Iterator
from copy import replace
from dataclasses import dataclass

from tests.security.least_privilege.statements import Document, Statement, document, statements


@dataclass(frozen=True, kw_only=True)
class Change:
    """A policy that is not quite as it was."""

    what: str
    """What has been changed, in words."""
    document: Document
    services: frozenset[str] = frozenset()
    """Whose actions the changed statement is about."""


def reductions(policy: Document) -> Iterator[Change]:
    """Take each grant of each Allow statement away, then each value of a condition's list."""
    every = statements(policy)
    for number, statement in enumerate(every):
        if statement.effect != "Allow":
            continue
        others = every[:number] + every[number + 1 :]
        grants = tuple(statement.singly())
        for grant in grants:
            kept = (each for each in grants if each is not grant)
            yield Change(what=str(grant), document=document(*others, *kept))
        for what, reduced in _without_a_value(statement):
            yield Change(what=what, document=document(*others, reduced))


def _without_a_value(statement: Statement) -> Iterator[tuple[str, Statement]]:
    """Shorten lists of values; a single value cannot be taken away, for it is what is asked."""
    for number, (operator, key, values) in enumerate(statement.conditions):
        if len(values) == 1:
            continue
        for value in values:
            kept = tuple(each for each in values if each != value)
            conditions = list(statement.conditions)
            conditions[number] = (operator, key, kept)
            yield (
                f"{statement}, where {key} is {value}",
                replace(statement, conditions=tuple(conditions)),
            )
