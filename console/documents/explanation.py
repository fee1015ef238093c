"""The document that `privatelink explain` prints: the life of one endpoint."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from console.documents.findings import OpenFinding


class ExplainedService(Struct, frozen=True, kw_only=True):
    """The endpoint service that the endpoint is of."""

    service_id: str
    service_name: Annotated[str, Meta(description="empty if it has never been seen to exist")]
    alias: Annotated[str | None, Meta(description="its name in the allowlist; null: not listed")]
    exists: Annotated[bool, Meta(description="whether EC2 knows the service")]
    observing: Annotated[bool, Meta(description="whether nothing is done about it but planning")]


class ExplainedConsumer(Struct, frozen=True, kw_only=True):
    """The service consumer that owns the endpoint."""

    account_id: str
    region: str
    alias: Annotated[str | None, Meta(description="its name in the allowlist, if it has one")]
    is_listed: Annotated[bool, Meta(description="whether the account has an entry, expired or not")]


class Connection(Struct, frozen=True, kw_only=True):
    """The endpoint connection as EC2 reports it now."""

    state: Annotated[str, Meta(description="in AWS's spelling, as in pendingAcceptance")]
    created: datetime
    dns_names: tuple[str, ...]


class Question(Struct, frozen=True, kw_only=True):
    """A row of the decision table that was looked at."""

    rule: str
    question: str
    seen: Annotated[str, Meta(description="the values that answer the question")]
    holds: Annotated[bool, Meta(description="the answer")]
    decides: Annotated[bool, Meta(description="whether this is the row that decides")]


class ExplainedDecision(Struct, frozen=True, kw_only=True):
    """What the next sweep decides, and why."""

    action: Annotated[
        str, Meta(description="accept, hold, reject, keep, nothing; would … if it observes only")
    ]
    rule: str
    reason: str
    allowlist_version: str
    questions: tuple[Question, ...]


class LastEntry(Struct, frozen=True, kw_only=True):
    """What the ledger has on record; a time is null if it has not come."""

    state: str
    action: str
    rule: str
    reason: str
    allowlist_version: str
    decided: datetime | None
    first_seen: datetime | None
    accepted: datetime | None
    available: datetime | None


class HistoryEntry(Struct, frozen=True, kw_only=True):
    """Something that was decided or done about the endpoint."""

    at: datetime
    what: Annotated[str, Meta(description="the action, publish, authorize, or revoke sgr-…")]
    text: Annotated[str, Meta(description="the reason, the addresses, or the rules")]
    allowlist_version: str


class PublishedParameter(Struct, frozen=True, kw_only=True):
    """A parameter about the endpoint in the provider's account."""

    name: str
    value: str


class Explanation(Struct, frozen=True, kw_only=True):
    """The life of one endpoint, and what its owner does next."""

    vpc_endpoint_id: str
    service: Annotated[
        ExplainedService | None, Meta(description="null: it is not looked after any more")
    ]
    consumer: Annotated[
        ExplainedConsumer | None, Meta(description="null: nothing is known of it any more")
    ]
    connection: Annotated[
        Connection | None, Meta(description="null: EC2 does not report it any more")
    ]
    decision: Annotated[ExplainedDecision | None, Meta(description="null: there is no connection")]
    record: Annotated[LastEntry | None, Meta(description="null: it has not been seen by a sweep")]
    history: tuple[HistoryEntry, ...]
    findings: Annotated[
        tuple[OpenFinding, ...],
        Meta(description="open ones about the endpoint, its consumer, and its service"),
    ]
    parameters: tuple[PublishedParameter, ...]
    next_step: Annotated[
        str, Meta(description="what the service consumer does next, fit to be forwarded")
    ]
