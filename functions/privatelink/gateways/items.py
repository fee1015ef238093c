"""Reads what is on record from the ledger's items.

Items whose keys say nothing to this version, as those of a later one may, are left alone. What is
written otherwise than this stack writes it, as by a person, stops nobody: it is read as the text
that it comes closest to, and a time that cannot be read as the one that has the least done.
"""

import re
from collections.abc import Iterable
from typing import Final

from msgspec.structs import fields

from privatelink.gateways.records import (
    LONG_AGO,
    NEVER,
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
from privatelink.gateways.tables import Item
from privatelink.model import AccountId, Consumer, Region, ServiceId, VpcEndpointId
from privatelink.times import read_time

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
            principals[AccountId(rest)] = read_time(item.get("at")) or LONG_AGO
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
            trace = _trace(item)
        elif leaf == "WOULD":
            would = tuple(filter(None, _text(item, "would").split("\n")))
        elif leaf == "FINDING":
            names = item.keys() - {"pk", "sk", RAISED}
            attributes = {name: _text(item, name) for name in sorted(names)}
            raised = read_time(item.get(RAISED)) or LONG_AGO
            findings[key] = OpenFinding(raised=raised, attributes=attributes)
    return ScopeRecord(trace=trace, open_findings=findings, would=would)


def read_history_entry(item: Item) -> HistoryEntry:
    """Read an item of an endpoint's partition."""
    at, _, what = item["sk"].partition("#")
    return HistoryEntry(
        at=read_time(at) or LONG_AGO,
        what=what,
        details={name: _text(item, name) for name in item.keys() - {"pk", "sk", "what"}},
    )


def read_tracked_service(item: Item) -> tuple[ServiceId, TrackedService]:
    """Read an item about a service that is looked after."""
    tracked = TrackedService(
        service_name=_text(item, "service_name"),
        since=read_time(item.get("since")) or NEVER,
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


def _trace(item: Item) -> Trace:
    holds = item.get("holds", frozenset())
    touched = read_time(item.get("touched")) or NEVER
    if isinstance(holds, set | frozenset) and all(isinstance(each, str) for each in holds):
        return Trace(touched=touched, holds=frozenset(holds))
    # Names are only added to, and struck off, a set of texts.
    several = holds if isinstance(holds, set | frozenset | list) else [holds]
    return Trace(touched=NEVER, holds=frozenset(map(str, several)))


def _endpoint_entry(item: Item) -> EndpointEntry:
    return EndpointEntry(**{entry.name: _text(item, entry.name) for entry in fields(EndpointEntry)})


def _text(item: Item, name: str) -> str:
    """Return an attribute, empty if it is not there."""
    return str(item.get(name, ""))
