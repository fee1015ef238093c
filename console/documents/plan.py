"""The documents that `privatelink plan` and `privatelink what-if` print."""

from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta, Struct

Alias = Annotated[str | None, Meta(description="its name in the allowlist; null: not listed")]


class PlannedDecision(Struct, frozen=True, kw_only=True):
    """What is decided about one endpoint connection."""

    vpc_endpoint_id: str
    account_id: str
    region: str
    consumer: Alias
    state: Annotated[str, Meta(description="as EC2 reports it now")]
    action: Annotated[str, Meta(description="accept, hold, reject, keep or nothing")]
    rule: str
    reason: str


class PlannedDeed(Struct, frozen=True, kw_only=True, order=True):
    """One change of AWS."""

    when: Annotated[
        str,
        Meta(description="now, or once-available: once endpoints that are accepted are available"),
    ]
    account: Annotated[
        str, Meta(description="whose account and Region, or provider: the service provider's own")
    ]
    kind: str
    subject: Annotated[
        str, Meta(description="the endpoint, security group, parameter or account that changes")
    ]
    value: Annotated[str, Meta(description="the rule, or the parameter's value")]


class PlannedFinding(Struct, frozen=True, kw_only=True):
    """What a person has to look at."""

    kind: str
    severity: str
    subject: str
    consumer: Annotated[str | None, Meta(description="whose account and Region")]
    what_to_do: str
    evidence: Mapping[str, str]


class Unseen(Struct, frozen=True, kw_only=True):
    """A consumer that does not let the console in: what would be done there is not known."""

    account: str
    why: str


class Unknown(Struct, frozen=True, kw_only=True):
    """What is not known of a service, so that more may be done than is said."""

    consumers: tuple[Unseen, ...]
    addresses: Annotated[
        tuple[str, ...],
        Meta(description="endpoints whose addresses AWS tells once they are available"),
    ]
    errors: Annotated[tuple[str, ...], Meta(description="what could not be read")]

    @property
    def is_much(self) -> bool:
        """Whether nothing to do may be something to do."""
        return bool(self.consumers or self.errors)


class PlannedService(Struct, frozen=True, kw_only=True):
    """What is decided and done about one endpoint service."""

    service_id: str
    alias: Alias
    observing: Annotated[bool, Meta(description="whether nothing of it is done")]
    decisions: tuple[PlannedDecision, ...]
    deeds: tuple[PlannedDeed, ...]
    findings: tuple[PlannedFinding, ...]
    unknown: Unknown


class Plan(Struct, frozen=True, kw_only=True):
    """What the next sweep does, and what follows from it."""

    allowlist_version: str
    to_do: Annotated[int, Meta(description="deeds, without those of services that observe")]
    services: tuple[PlannedService, ...]

    @property
    def is_known(self) -> bool:
        """Whether what is said is all there is."""
        return not any(service.unknown.is_much for service in self.services)

    @property
    def has_errors(self) -> bool:
        """Whether something could not be read that should be."""
        return any(service.unknown.errors for service in self.services)


class ChangedDecision(Struct, frozen=True, kw_only=True):
    """A connection about which another allowlist decides otherwise."""

    before: Annotated[PlannedDecision | None, Meta(description="null: it was not looked at")]
    after: PlannedDecision
    outcome: Annotated[str, Meta(description="accepted, held, rejected, cut, kept or nothing")]


class ChangedService(Struct, frozen=True, kw_only=True):
    """What another allowlist makes of one endpoint service."""

    service_id: str
    alias: Alias
    observing: Annotated[bool, Meta(description="whether nothing of it is done")]
    decisions: tuple[ChangedDecision, ...]
    deeds: Annotated[tuple[PlannedDeed, ...], Meta(description="done because of it")]
    anyway: Annotated[tuple[PlannedDeed, ...], Meta(description="done with or without it")]
    avoided: Annotated[tuple[PlannedDeed, ...], Meta(description="not done because of it")]
    findings: Annotated[tuple[PlannedFinding, ...], Meta(description="raised because of it")]
    unknown: Unknown

    @property
    def changes(self) -> bool:
        """Whether it makes a difference."""
        return bool(self.decisions or self.deeds or self.avoided or self.findings)


class WhatIf(Struct, frozen=True, kw_only=True):
    """What becomes of the world if an allowlist is put in force."""

    before: Annotated[str | None, Meta(description="the version in force; null: none is")]
    after: str
    edits: Annotated[
        tuple[str, ...], Meta(description="how the documents differ, in order of the services")
    ]
    objections: Annotated[
        tuple[str, ...], Meta(description="why it would be refused when it is pushed")
    ]
    to_do: Annotated[int, Meta(description="deeds, without those of services that observe")]
    services: tuple[ChangedService, ...]

    @property
    def is_known(self) -> bool:
        """Whether what is said is all there is."""
        return not any(service.unknown.is_much for service in self.services)

    @property
    def has_errors(self) -> bool:
        """Whether something could not be read that should be."""
        return any(service.unknown.errors for service in self.services)

    @property
    def changes(self) -> bool:
        """Whether it makes a difference."""
        return bool(self.objections) or any(service.changes for service in self.services)
