"""The ledger: a record of what was decided and done. Decisions are never made from it.

One table, with two kinds of partitions:

    SERVICE#{service}    ENDPOINT#{endpoint}                        the last decision about it
                         SERVICE##FINDING#{finding}                 an open finding of the service
                         CONSUMER#{consumer}#{part}#TRACE           something may be there
                         CONSUMER#{consumer}#{part}#FINDING#{…}     an open finding of a consumer
    ENDPOINT#{endpoint}  {time}#{what}                              history, only ever added to
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import Key

from privatelink.gateways.calls import translated_errors
from privatelink.model import AccountId, Consumer, Region, ServiceId, VpcEndpointId

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

type Item = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Whose findings and traces: those of a service, or of one part of a consumer's share in it."""

    service_id: ServiceId
    consumer: Consumer | None = None
    part: str = ""

    @property
    def prefix(self) -> str:
        """Return what the sort keys of the scope begin with."""
        kind = "SERVICE#" if self.consumer is None else f"CONSUMER#{self.consumer}#{self.part}"
        return f"{kind}#"


@dataclass(frozen=True, kw_only=True)
class ScopeRecord:
    """What is on record for a scope."""

    has_trace: bool
    open_findings: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class EndpointEntry:
    """The last decision about an endpoint; times are ISO 8601, empty for what has not happened."""

    account_id: str
    region: str
    state: str
    action: str
    rule: str
    reason: str
    allowlist_version: str
    decided: str
    first_seen: str
    accepted: str
    available: str


@dataclass(frozen=True, kw_only=True)
class ServiceRecord:
    """What is on record for a service."""

    endpoints: Mapping[VpcEndpointId, EndpointEntry]
    traces: frozenset[Consumer]
    open_findings: frozenset[str]
    findings_of_consumers: Mapping[Consumer, Sequence[str]]
    """Sort keys of the open findings about each consumer."""


class Ledger:
    """The ledger's table."""

    def __init__(self, table: "Table") -> None:
        self._table = table

    def read_service(self, service_id: ServiceId) -> ServiceRecord:
        """Return what is on record for a service."""
        items = self._query(service_id, "")
        findings: dict[Consumer, list[str]] = {}
        traces = set()
        for key in (item["sk"] for item in items if item["sk"].startswith("CONSUMER#")):
            if "#FINDING#" in key:
                findings.setdefault(_consumer(key), []).append(key)
            else:
                traces.add(_consumer(key))
        return ServiceRecord(
            endpoints={
                VpcEndpointId(item["sk"].removeprefix("ENDPOINT#")): _endpoint_entry(item)
                for item in items
                if item["sk"].startswith("ENDPOINT#")
            },
            traces=frozenset(traces),
            open_findings=_findings(items, Scope(service_id=service_id).prefix),
            findings_of_consumers=findings,
        )

    def read_scope(self, scope: Scope) -> ScopeRecord:
        """Return what is on record for a part of a consumer."""
        items = self._query(scope.service_id, scope.prefix)
        return ScopeRecord(
            has_trace=any(item["sk"] == f"{scope.prefix}TRACE" for item in items),
            open_findings=_findings(items, scope.prefix),
        )

    def leave_trace(self, scope: Scope, at: datetime) -> None:
        """Note that something of ours may be with the consumer from now on."""
        self._write(put=[{**_key(scope, "TRACE"), "since": at.isoformat()}])

    def remove_trace(self, scope: Scope) -> None:
        """Note that nothing of ours is left with the consumer."""
        self._write(delete=[_key(scope, "TRACE")])

    def record_findings(
        self, scope: Scope, opened: Mapping[str, Mapping[str, str]], closed: Iterable[str]
    ) -> None:
        """Open findings, an id with its text each, and close others by their ids."""
        self._write(
            put=[{**_key(scope, f"FINDING#{key}"), **opened[key]} for key in opened],
            delete=[_key(scope, f"FINDING#{key}") for key in closed],
        )

    def close_findings(self, service_id: ServiceId, sort_keys: Iterable[str]) -> None:
        """Close findings by their sort keys."""
        self._write(delete=[{"pk": f"SERVICE#{service_id}", "sk": key} for key in sort_keys])

    def record_endpoints(
        self, service_id: ServiceId, entries: Mapping[VpcEndpointId, EndpointEntry]
    ) -> None:
        """Replace the entries about endpoints, and add them to the endpoints' history."""
        current = [
            {"pk": f"SERVICE#{service_id}", "sk": f"ENDPOINT#{endpoint_id}", **asdict(entry)}
            for endpoint_id, entry in entries.items()
        ]
        history = [
            _history_item(endpoint_id, entry.decided, entry.action, asdict(entry))
            for endpoint_id, entry in entries.items()
        ]
        self._write(put=[*current, *history])

    def add_history(
        self, vpc_endpoint_id: VpcEndpointId, at: datetime, what: str, details: Mapping[str, str]
    ) -> None:
        """Add what was done about an endpoint to its history."""
        self._write(put=[_history_item(vpc_endpoint_id, at.isoformat(), what, details)])

    def _query(self, service_id: ServiceId, prefix: str) -> list[Item]:
        partition = Key("pk").eq(f"SERVICE#{service_id}")
        condition = partition & Key("sk").begins_with(prefix) if prefix else partition
        items: list[Item] = []
        start: dict[str, Any] = {}
        while True:
            with translated_errors("Query"):
                page = self._table.query(
                    KeyConditionExpression=condition, ConsistentRead=True, **start
                )
            items += page["Items"]
            if "LastEvaluatedKey" not in page:
                return items
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def _write(self, *, put: Sequence[Item] = (), delete: Sequence[Mapping[str, str]] = ()) -> None:
        if not put and not delete:
            return
        with translated_errors("BatchWriteItem"), self._table.batch_writer() as batch:
            for item in put:
                batch.put_item(Item=dict(item))
            for key in delete:
                batch.delete_item(Key=dict(key))


def _key(scope: Scope, leaf: str) -> dict[str, str]:
    return {"pk": f"SERVICE#{scope.service_id}", "sk": f"{scope.prefix}{leaf}"}


def _findings(items: Iterable[Item], prefix: str) -> frozenset[str]:
    start = f"{prefix}FINDING#"
    return frozenset(
        item["sk"].removeprefix(start) for item in items if item["sk"].startswith(start)
    )


def _consumer(sort_key: str) -> Consumer:
    account_id, _, region = sort_key.split("#")[1].partition("/")
    return Consumer(account_id=AccountId(account_id), region=Region(region))


def _endpoint_entry(item: Item) -> EndpointEntry:
    return EndpointEntry(
        **{field.name: item.get(field.name, "") for field in fields(EndpointEntry)}
    )


def _history_item(
    vpc_endpoint_id: VpcEndpointId, at: str, what: str, details: Mapping[str, str]
) -> Item:
    return {"pk": f"ENDPOINT#{vpc_endpoint_id}", "sk": f"{at}#{what}", "what": what, **details}
