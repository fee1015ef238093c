"""What is on record in the ledger."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from msgspec import Struct

from privatelink.model import AccountId, Consumer, ServiceId, VpcEndpointId

RAISED: Final = "raised"
"""The attribute of a finding that says since when it has been open."""
LONG_AGO: Final = datetime.fromtimestamp(0, tz=UTC)
"""Stands for when something began, if that cannot be read and nothing waits for it to be over."""
NEVER: Final = datetime.max.replace(tzinfo=UTC)
"""Stands for a time that cannot be read and after which something would be done: it is to come."""


class Scope(Struct, frozen=True, kw_only=True):
    """Whose findings and traces: one part of a service, or of a consumer's share in it."""

    service_id: ServiceId
    consumer: Consumer | None = None
    part: str = ""

    @property
    def prefix(self) -> str:
        """Return what the sort keys of the scope begin with."""
        whose = "SERVICE" if self.consumer is None else f"CONSUMER#{self.consumer}"
        return f"{whose}#{self.part}#"


class OpenFinding(Struct, frozen=True, kw_only=True):
    """A finding as it was recorded: since when it is open, and its attributes."""

    raised: datetime
    attributes: Mapping[str, str]


class Trace(Struct, frozen=True, kw_only=True):
    """What of ours may be with a consumer, in words, and when something was last put there.

    `touched` is NEVER for a trace that cannot be read in full: it is neither removed nor given up.
    """

    touched: datetime
    holds: frozenset[str]


class ScopeRecord(Struct, frozen=True, kw_only=True):
    """What is on record for a scope."""

    trace: Trace | None = None
    open_findings: Mapping[str, OpenFinding] = {}
    would: tuple[str, ...] = ()


class EndpointEntry(Struct, frozen=True, kw_only=True):
    """The last decision about an endpoint; times are ISO 8601, empty for what has not happened.

    `accepted` says when it was first seen to be let in by an entry of the allowlist; `first_rule`
    is the rule of the first decision of all. `created` says when EC2 made the endpoint; entries of
    older versions do not have it.
    """

    account_id: str
    region: str
    state: str
    action: str
    rule: str
    first_rule: str
    reason: str
    allowlist_version: str
    decided: str
    first_seen: str
    accepted: str
    available: str
    created: str = ""


class HistoryEntry(Struct, frozen=True, kw_only=True):
    """Something that was decided or done about an endpoint."""

    at: datetime
    what: str
    details: Mapping[str, str]


class TrackedService(Struct, frozen=True, kw_only=True):
    """A service that is looked after, also once it has been taken out of the allowlist.

    `since` is NEVER if that cannot be read: nobody then seems to have come since.
    `service_name` is empty for one that has never been seen to exist. `observed` says that it was
    only observed when it was last looked at as a listed one.
    """

    service_name: str
    since: datetime
    observed: bool = False


class ServiceRecord(Struct, frozen=True, kw_only=True):
    """What is on record for a service; scopes of consumers are those with anything on record."""

    endpoints: Mapping[VpcEndpointId, EndpointEntry]
    principals: Mapping[AccountId, datetime]
    """Accounts whose principals this stack has allowed, and when."""
    parts: Mapping[str, ScopeRecord]
    consumers: Mapping[Scope, ScopeRecord]

    def part(self, scope: Scope) -> ScopeRecord:
        """Return what is on record for a part of the service."""
        return self.parts.get(scope.part, ScopeRecord())

    @property
    def traces(self) -> Mapping[Consumer, Mapping[Scope, ScopeRecord]]:
        """Consumers with whom something of ours may be, with the parts that it may be in."""
        found: dict[Consumer, dict[Scope, ScopeRecord]] = {}
        for scope, record in self.consumers.items():
            if record.trace is not None and scope.consumer is not None:
                found.setdefault(scope.consumer, {})[scope] = record
        return found
