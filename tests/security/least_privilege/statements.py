"""Policy statements in one shape, whose parts can be taken away or replaced one at a time."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

type Document = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Statement:
    """A statement with lists everywhere. A trust policy has no resources."""

    sid: str
    effect: str
    principals: tuple[tuple[str, str], ...]
    """Kind and name, such as ("Service", "events.amazonaws.com"); none in a role's own policy."""
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: tuple[tuple[str, str, tuple[str, ...]], ...]
    """Operator, key and values."""

    @classmethod
    def read(cls, written: Mapping[str, Any]) -> Self:
        """Read a statement as IAM writes it; those that say what is *not* meant are not read."""
        unread = written.keys() & {"NotAction", "NotResource", "NotPrincipal"}
        if unread:
            raise ValueError(f"{written.get('Sid')}: {sorted(unread)} grants whatever is new")
        return cls(
            sid=written.get("Sid", ""),
            effect=written["Effect"],
            principals=tuple(_principals(written.get("Principal", {}))),
            actions=_listed(written["Action"]),
            resources=_listed(written.get("Resource", ())),
            conditions=tuple(
                (operator, key, _listed(values))
                for operator, keys in written.get("Condition", {}).items()
                for key, values in keys.items()
            ),
        )

    def written(self) -> dict[str, Any]:
        """Return the statement as IAM writes it."""
        statement: dict[str, Any] = {"Effect": self.effect, "Action": list(self.actions)}
        if self.sid:
            statement["Sid"] = self.sid
        if self.resources:
            statement["Resource"] = list(self.resources)
        for kind, name in self.principals:
            statement.setdefault("Principal", {}).setdefault(kind, []).append(name)
        for operator, key, values in self.conditions:
            statement.setdefault("Condition", {}).setdefault(operator, {})[key] = list(values)
        return statement

    def singly(self) -> Iterator[Self]:
        """Split the statement into grants: one principal, one action and one resource each."""
        for principal in self.principals or (None,):
            for action in self.actions:
                for resource in self.resources or (None,):
                    yield replace(
                        self,
                        principals=(principal,) if principal else (),
                        actions=(action,),
                        resources=(resource,) if resource else (),
                    )

    def __str__(self) -> str:
        principals = ", ".join(name for _, name in self.principals)
        resources = ", ".join(self.resources)
        return " ".join(
            part
            for part in (
                f"[{self.sid or '-'}]",
                self.effect,
                ", ".join(self.actions),
                resources and f"on {resources}",
                principals and f"to {principals}",
            )
            if part
        )


def statements(document: Document) -> tuple[Statement, ...]:
    """Return the statements of a policy."""
    found = document["Statement"]
    return tuple(map(Statement.read, [found] if isinstance(found, dict) else found))


def document(*parts: Statement) -> Document:
    """Return the policy of some statements."""
    return {"Version": "2012-10-17", "Statement": [part.written() for part in parts]}


def _principals(written: object) -> Iterator[tuple[str, str]]:
    if isinstance(written, Mapping):
        for kind, names in written.items():
            for name in _listed(names):
                yield kind, name
    else:
        yield "AWS", str(written)


def _listed(value: Any) -> tuple[str, ...]:  # noqa: ANN401 - JSON
    if isinstance(value, list | tuple):
        return tuple(map(str, value))
    return (str(value).lower() if isinstance(value, bool) else str(value),)
