"""How it is explained that something is allowed which nothing recorded needs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from sandbox.emulator.decisions import Kind
from tests.security.least_privilege.neighbours import Attempt, Difference


@dataclass(frozen=True, kw_only=True)
class Beyond:
    """Attempts that differ from what is recorded in one way only, and may be allowed."""

    differs: Difference
    kind: Kind
    principal: str
    action: str
    resource: str
    why: str
    keys: Mapping[str, str] = field(default_factory=dict)
    """Condition keys that have to be there, with patterns of their values."""

    def covers(self, attempt: Attempt) -> bool:
        """Tell whether an attempt is of this sort."""
        decision = attempt.decision
        return (
            attempt.differs == self.differs
            and decision.kind == self.kind
            and fnmatchcase(decision.principal, self.principal)
            and fnmatchcase(decision.action, self.action)
            and fnmatchcase(decision.resource_arn, self.resource)
            and all(
                fnmatchcase(str(decision.keys.get(key, "")), pattern)
                for key, pattern in self.keys.items()
            )
        )


def in_general(role: str, action: str, resource: str, why: str) -> Beyond:
    """Explain why a role may do what it does to other resources as well."""
    return Beyond(
        differs="resource",
        kind="identity",
        principal=f"*:role/{role}",
        action=action,
        resource=resource,
        why=why,
    )
