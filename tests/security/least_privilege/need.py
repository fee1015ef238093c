"""Which parts of the policies something needs, and which nothing does."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from sandbox.emulator.decisions import Decision
from tests.security.least_privilege.documents import Policy
from tests.security.least_privilege.evaluation import Policies, holder
from tests.security.least_privilege.narrowing import reductions


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why a permission is there that nothing in the sandbox asks for."""

    holder: str
    permission: str
    why: str

    def covers(self, permission: "Permission") -> bool:
        """Tell whether the reason is one for this permission."""
        return fnmatchcase(permission.policy.holder, self.holder) and fnmatchcase(
            permission.what, self.permission
        )


@dataclass(frozen=True, kw_only=True)
class Permission:
    """A grant, or one value in the list of a condition."""

    policy: Policy
    what: str
    needed: bool

    def __str__(self) -> str:
        return f"{self.policy}: {self.what}"


REASONS: Final = (
    Reason(
        holder="arn:aws:kms:*",
        permission="[[]TheAccountAdministers] *",
        why="whoever administers the account keeps the key, and no test does",
    ),
    Reason(
        holder="arn:aws:kms:*",
        permission="[[]WhoDeploysTheLedgerLetsDynamoDbKeepIt] *",
        why="DynamoDB asks for it when the table is made, which the sandbox does not model",
    ),
    Reason(
        holder="arn:aws:kms:*",
        permission="[[]LogsOfTheFunctions] Allow kms:ReEncrypt[*] *",
        why="CloudWatch Logs documents that it needs it, and not when",
    ),
)


def permissions(policies: Iterable[Policy], needed: Iterable[Decision]) -> Iterator[Permission]:
    """Take each permission away: it is needed if something is then refused that was allowed."""
    every = tuple(policies)
    together = Policies.of(*every)
    by_policy = dict[tuple[str, str], list[Decision]]()
    for decision in needed:
        by_policy.setdefault((decision.kind, holder(decision)), []).append(decision)
    for policy in every:
        allowed = by_policy.get((policy.kind, policy.holder), [])
        for change in reductions(policy.document):
            without = together.changed(policy, change.document)
            yield Permission(
                policy=policy,
                what=change.what,
                needed=any(not without.allow(decision) for decision in allowed),
            )
