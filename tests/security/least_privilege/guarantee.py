"""What it means that a condition key decides."""

from dataclasses import dataclass
from fnmatch import fnmatchcase

from sandbox.emulator.decisions import Decision, Kind, Values


@dataclass(frozen=True, kw_only=True)
class Guarantee:
    """Whom, for which action, a key limits."""

    kind: Kind
    action: str
    key: str
    principal: str = "*"
    resource: str = "*"
    conceded: str = ""
    """A pattern of values that are as good as the one that was at hand."""
    forbidden: str = ""
    """A value that may never be there, whatever was at hand."""
    comes_with_others: bool = False
    """Whether it cannot be absent where another one is that is asked for, too."""

    def covers(self, decision: Decision) -> bool:
        """Tell whether the decision is of this sort."""
        return (
            decision.kind == self.kind
            and fnmatchcase(decision.action, self.action)
            and fnmatchcase(decision.principal, self.principal)
            and fnmatchcase(decision.resource_arn, self.resource)
        )

    def is_about(self, decision: Decision) -> bool:
        """Tell whether the key is there to be changed, or may not be there at all."""
        return self.covers(decision) and bool(self.forbidden or self.key in decision.keys)

    def concedes(self, value: Values) -> bool:
        """Tell whether a value is another that may be."""
        return isinstance(value, str) and fnmatchcase(value, self.conceded)
