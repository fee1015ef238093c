"""Objections to a new allowlist: what would come of it, and what to do, in words."""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct


class ObjectionKind(StrEnum):
    """What would come of it."""

    BREAKER_TRIPS = "breaker-trips"
    SERVICE_EMPTIED = "service-emptied"
    SERVICE_REMOVED = "service-removed"
    QUOTA_EXCEEDED = "quota-exceeded"


class _Sentence(StrEnum):
    """What is said, by the name of the kind."""

    BREAKER_TRIPS = (
        "services.{service}: {losses} live connection(s) would be lost at once, and"
        " max_withdrawals is {max_withdrawals}, so that the circuit breaker would trip:"
        " {connections}. If entries are missing by mistake, list them again; if all of these are to"
        " be withdrawn, write max_withdrawals: {enough}"
    )
    SERVICE_EMPTIED = (
        "services.{service}: no entry of a consumer counts any more while {losses} connection(s)"
        " are live: {connections}. If entries are missing by mistake, list them again; if all of"
        " these are to be withdrawn, write max_withdrawals: {enough}"
    )
    SERVICE_REMOVED = (
        "services.{service} is removed while {losses} connection(s) are live: {connections}. List"
        " it with consumers: [] and max_withdrawals: {enough} to withdraw them, or with mode:"
        " observe to leave them alone"
    )
    QUOTA_EXCEEDED = (
        "services.{service}: {consumer} needs {needed} inbound rules in a security group, which"
        " holds {quota} of each. Aggregate source_cidrs, or name fewer ports"
    )


class Objection(Struct, frozen=True, kw_only=True):
    """One thing that speaks against an allowlist, with the values that were seen."""

    kind: ObjectionKind
    service: str
    values: Mapping[str, str]

    @property
    def sentence(self) -> str:
        """Say what would come of it, and what to do."""
        text = _Sentence[self.kind.name].value
        return text.format_map({**self.values, "service": self.service})

    def __str__(self) -> str:
        return self.sentence
