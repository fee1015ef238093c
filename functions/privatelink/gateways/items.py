"""Reads what is on record from the ledger's items.

Items whose keys say nothing to this version, as those of a later one may, are left alone. What is
written otherwise than this stack writes it raises MalformedRecordError.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, Final

from privatelink.errors import MalformedRecordError
from privatelink.gateways.records import (
    RAISED,
    EndpointEntry,
    HistoryEntry,
    OpenFinding,
    Scope,
    ScopeRecord,
    ServiceRecord,
    Trace,
    TrackedService,
)
from privatelink.model import AccountId, Consumer, Region, ServiceId, VpcEndpointId

type Item = Mapping[str, Any]

_LONG_AGO: Final = datetime.fromtimestamp(0, tz=UTC)
_OF_SERVICE: Final = re.compile(r"SERVICE#(?P<part>[^#]*)#.*", re.DOTALL)
_OF_CONSUMER: Final = re.compile(
    r"CONSUMER#(?P<account>[0-9]{12})/(?P<region>[a-z0-9-]+)#(?P<part>[^#]*)#.*", re.DOTALL
)


def read_service(items: Iterable[Item]) -> ServiceRecord:
    """Read the items of a service's partition."""
    endpoints, principals, scopes = {}, {}, dict[Scope, list[Item]]()
    for item in items:
        kind, _, rest = item["sk"].partition("#")
        if kind == "ENDPOINT":
            endpoints[VpcEndpointId(rest)] = _endpoint_entry(item)
        elif kind == "PRINCIPAL":
            principals[AccountId(rest)] = _time(item, "at")
        elif (scope := _scope(item)) is not None:
            scopes.setdefault(scope, []).append(item)
    records = {scope: read_scope(scopes[scope], scope) for scope in scopes}
    return ServiceRecord(
        endpoints=endpoints,
        principals=principals,
        parts={s.part: record for s, record in records.items() if s.consumer is None},
        consumers={s: record for s, record in records.items() if s.consumer is not None},
    )


def read_scope(items: Iterable[Item], scope: Scope) -> ScopeRecord:
    """Read the items of one scope."""
    trace, would, findings = None, tuple[str, ...](), {}
    for item in items:
        leaf, _, key = item["sk"].removeprefix(scope.prefix).partition("#")
        if leaf == "TRACE":
            trace = Trace(touched=_time(item, "touched"), holds=_texts(item, "holds"))
        elif leaf == "WOULD":
            would = tuple(filter(None, _text(item, "would").split("\n")))
        elif leaf == "FINDING":
            names = item.keys() - {"pk", "sk", RAISED}
            attributes = {name: _text(item, name) for name in sorted(names)}
            findings[key] = OpenFinding(raised=_time(item, RAISED), attributes=attributes)
    return ScopeRecord(trace=trace, open_findings=findings, would=would)


def read_history_entry(item: Item) -> HistoryEntry:
    """Read an item of an endpoint's partition."""
    at, _, what = item["sk"].partition("#")
    return HistoryEntry(
        at=_moment(item, "sk", at),
        what=what,
        details={name: _text(item, name) for name in item.keys() - {"pk", "sk", "what"}},
    )


def read_tracked_service(item: Item) -> tuple[ServiceId, TrackedService]:
    """Read an item about a service that is looked after."""
    tracked = TrackedService(
        service_name=_text(item, "service_name"),
        # Without it, everybody would seem to have come since.
        since=_moment(item, "since", item.get("since")),
        observed=item.get("mode") == "observe",
    )
    return ServiceId(item["sk"]), tracked


def _scope(item: Item) -> Scope | None:
    service_id = ServiceId(item["pk"].partition("#")[2])
    if match := _OF_SERVICE.fullmatch(item["sk"]):
        return Scope(service_id=service_id, part=match["part"])
    if match := _OF_CONSUMER.fullmatch(item["sk"]):
        consumer = Consumer(account_id=AccountId(match["account"]), region=Region(match["region"]))
        return Scope(service_id=service_id, consumer=consumer, part=match["part"])
    return None


def _text(item: Item, name: str) -> str:
    """Return an attribute, empty if it is not there."""
    value = item.get(name, "")
    if not isinstance(value, str):
        raise _malformed(item, name, value, "text")
    return value


def _texts(item: Item, name: str) -> frozenset[str]:
    values = item.get(name, frozenset())
    if not isinstance(values, set | frozenset) or not all(isinstance(v, str) for v in values):
        raise _malformed(item, name, values, "a set of texts")
    return frozenset(values)


def _time(item: Item, name: str) -> datetime:
    return _moment(item, name, item[name]) if name in item else _LONG_AGO


def _moment(item: Item, name: str, value: object) -> datetime:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise _malformed(item, name, value, "a time with its zone")
    return moment


def _malformed(item: Item, name: str, value: object, expected: str) -> MalformedRecordError:
    return MalformedRecordError(f"{item['pk']} {item['sk']}", name, value, expected)


def _endpoint_entry(item: Item) -> EndpointEntry:
    return EndpointEntry(**{entry.name: _text(item, entry.name) for entry in fields(EndpointEntry)})
