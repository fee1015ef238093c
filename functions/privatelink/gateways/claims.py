"""What a consumer has to do with a service, and what came of bringing it about."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from privatelink.allowlist import Allowlist, ConsumerEntry
from privatelink.errors import ConsumerDeniedError, PrivateLinkError, collected
from privatelink.findings import Finding, FindingKind, enumerated
from privatelink.gateways.records import Scope, ScopeRecord
from privatelink.model import Consumer, EndpointService, Port

COPY: Final = "copy:"
"""What a trace holds is in the consumer's account, unless it begins so: then it is in ours."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What the allowlist says of a consumer and a service.

    `alias` is None for a service that has been taken out of the allowlist, `entry` for a consumer
    that is not listed, or whose entry has expired; `ports` is None if there is no such service, or
    no longer, and nothing is known of its ports.
    """

    alias: str | None
    service: EndpointService
    entry: ConsumerEntry | None
    ports: frozenset[Port] | None
    observing: bool

    @property
    def role_entry(self) -> ConsumerEntry | None:
        """The entry, if it says that there is a role for us in the consumer's account."""
        return self.entry if self.entry and self.entry.access == "role" else None


@dataclass(frozen=True, kw_only=True)
class Share(Claim):
    """A consumer's part in a service, with what is on record for one function's side of it."""

    consumer: Consumer
    allowlist: Allowlist
    scope: Scope
    record: ScopeRecord
    leaving: bool

    @property
    def holds(self) -> frozenset[str]:
        """What of ours may be with the consumer or for it, as far as it is on record."""
        return self.record.trace.holds if self.record.trace else frozenset()

    @property
    def held_by_consumer(self) -> frozenset[str]:
        """What of ours may be in the consumer's account."""
        return frozenset(each for each in self.holds if not each.startswith(COPY))

    @property
    def enters(self) -> bool:
        """Whether there is anything to do in the consumer's account.

        One that is not listed, or by `access: none` gives us no role, is entered only to look after
        what of ours is there already.
        """
        return self.role_entry is not None or bool(self.held_by_consumer)

    @property
    def name(self) -> str:
        """What people call the service."""
        return self.alias or self.service.service_id

    def denial(self, error: ConsumerDeniedError) -> Finding | None:
        """Say that the consumer's account does not let us in, or not let us do something.

        None: nothing has to be done there.
        """
        # Each function has a role of its own, which the consumer trusts or does not.
        place = f"{self.consumer}/{self.scope.part}"
        evidence = {"role": error.role_arn, "answer": error.message}
        if self.leaving:
            stays = self.held_by_consumer
            return self.left_behind(stays, **evidence) if stays else None
        if self.entry and self.role_entry is None:
            return None
        assuming = error.operation == "AssumeRole"
        return Finding(
            kind=FindingKind.ROLE_NOT_ASSUMABLE if assuming else FindingKind.PERMISSION_MISSING,
            subject=place if assuming else f"{place}/{error.operation}",
            evidence=evidence,
        )

    def left_behind(self, stays: Iterable[str], **evidence: str) -> Finding:
        """Say what stays with a consumer that has left."""
        return Finding(
            kind=FindingKind.LEFT_BEHIND,
            subject=f"{self.consumer}/{self.scope.part}",
            evidence={**evidence, "stays": enumerated(stays)},
        )


@dataclass
class Outcome:
    """What came of a convergence: findings for people, and errors that a retry may mend."""

    findings: list[Finding] = field(default_factory=list)
    errors: list[PrivateLinkError] = field(default_factory=list)
    would: list[str] = field(default_factory=list)
    complete: bool = False
    """Whether all was seen that findings come from."""

    def add(self, other: "Outcome") -> None:
        """Add what came of a part that is told at the end."""
        self.findings += other.findings
        self.errors += other.errors
        self.would += other.would
        self.complete |= other.complete

    @contextmanager
    def collecting(self, share: Share) -> Iterator[None]:
        """Note what goes wrong within the block, and go on behind it."""
        with collected(self.errors):
            try:
                yield
            except ConsumerDeniedError as denied:
                if finding := share.denial(denied):
                    self.findings.append(finding)
                # Of one who has left, nothing else matters.
                self.complete |= share.leaving
