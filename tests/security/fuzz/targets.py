"""What is fuzzed: everything that reads what others have written.

A target takes bytes, and raises for what should never be: an error that is not one of ours, a text
that does not fit into a line of a log, or something that was read and does not stay what it is.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec
import yaml

from privatelink.allowlist import ServiceEntry
from privatelink.allowlist_document import decode
from privatelink.allowlist_values import Duration
from privatelink.choice import NOTHING
from privatelink.errors import InvalidAllowlistError, MalformedMessageError
from privatelink.event_names import CONVERGENCE
from privatelink.gateways.items import (
    read_history_entry,
    read_scope,
    read_service,
    read_tracked_service,
)
from privatelink.gateways.readings import Readings
from privatelink.gateways.records import Scope
from privatelink.hints import coalesce, read_convergence_request, read_hint
from privatelink.mentions import find_service_ids, find_vpc_endpoint_ids
from privatelink.model import (
    AccountId,
    Consumer,
    Owner,
    Parameter,
    ParameterName,
    ParameterType,
    Region,
    ServiceId,
)
from privatelink.parameter_places import Publisher, sort_into_places
from privatelink.publication import plan_publication

_READINGS: Final = Readings()
_LONGEST: Final = 20_000
"""How long what is said of a mistake may be: some hundred mistakes are told, each in short."""
_REGION: Final = Region("ap-northeast-1")
_OWNER: Final = Owner(account_id=AccountId("123456789012"), region=_REGION, stack="stack")
_SERVICE: Final = ServiceId("vpce-svc-0123456789abcdef0")
_CONSUMER: Final = Consumer(account_id=AccountId("111122223333"), region=_REGION)
_PUBLISHER: Final = Publisher(
    owner=_OWNER,
    service_id=_SERVICE,
    region=_REGION,
    ports=None,
    allowlist_version="0123456789ab",
)
_SHELF: Final = "/privatelink/web"
_UNITS: Final = ((24 * 60, "d"), (60, "h"), (1, "m"))


def messages(data: bytes) -> None:
    """Messages of the queues: events that may be forged."""
    body = data.decode(errors="replace")
    try:
        hint = read_hint(body)
    except MalformedMessageError as error:
        _fits_into_a_line(error)
    else:
        if hint is not None:
            assert hint.follow_up >= 0
            assert all(find_service_ids(each) == {each} for each in hint.service_ids)
            assert coalesce([("m", hint)], [_SERVICE]) or hint.service_ids
    try:
        request = read_convergence_request(body)
    except MalformedMessageError as error:
        _fits_into_a_line(error)
    else:
        again = json.dumps({"detail-type": CONVERGENCE, "detail": request.to_detail()})
        known = read_convergence_request(again)
        assert (known, known.requested) == (request, request.requested)
        _READINGS.since(request.requested)


def notifications(data: bytes) -> None:
    """Texts of connection notifications, in which ids may stand anywhere."""
    text = data.decode(errors="replace")
    found = find_service_ids(text)
    assert all(each in text for each in found | find_vpc_endpoint_ids(text))
    # Within the JSON of an event, what stood apart still does.
    assert found <= find_service_ids(json.dumps(text))


def allowlists(data: bytes) -> None:
    """Documents of the allowlist."""
    try:
        allowlist = decode(data)
    except InvalidAllowlistError as error:
        _fits_into_a_line(error)
        return
    assert decode(_written(allowlist.services)).services == allowlist.services


def parameters(data: bytes) -> None:
    """Parameters in a consumer's account, which the consumer may have written: lines of both."""
    lines = data.decode(errors="replace").split("\n")
    there = [
        Parameter(
            name=ParameterName(f"{_SHELF}/{name}"),
            value=value,
            type=ParameterType.STRING_LIST if name.endswith("ips") else ParameterType.STRING,
        )
        for name, value in zip(lines[::2], lines[1::2], strict=False)
    ]
    plan = plan_publication(_SHELF, NOTHING, there, _PUBLISHER, is_listed=True)
    places = sort_into_places(_SHELF, there).values()
    assert {leaf.name for place in places for leaf in place.values()}.issuperset(plan.delete)
    assert not plan.create
    for finding in plan.findings:
        assert finding.evidence["owner"].isprintable()


def records(data: bytes) -> None:
    """Items of the ledger: a list of them in JSON, in which `holds` is a set."""
    try:
        items = [_item(each) for each in json.loads(data) if isinstance(each, dict)]
    except (ValueError, TypeError, RecursionError):
        return
    scope = Scope(service_id=_SERVICE, consumer=_CONSUMER, part="ingress")
    read_service(items)
    read_scope(items, scope)
    for item in items:
        read_history_entry(item)
        read_tracked_service(item)


TARGETS: Final[Mapping[str, Callable[[bytes], None]]] = {
    each.__name__: each for each in (messages, notifications, allowlists, parameters, records)
}


def _fits_into_a_line(error: Exception) -> None:
    text = str(error)
    assert text.isprintable()
    assert len(text) < _LONGEST


def _item(raw: dict[str, Any]) -> dict[str, Any]:
    item = {"pk": "SERVICE#x", "sk": "", **raw}
    if isinstance(item.get("holds"), list):
        item["holds"] = {each for each in item["holds"] if isinstance(each, str | int)}
    return item | {"pk": str(item["pk"]), "sk": str(item["sk"])}


def _written(services: Mapping[str, ServiceEntry]) -> bytes:
    """Write services as a document."""
    plain = msgspec.to_builtins({"services": services}, enc_hook=_text_of)
    return yaml.safe_dump(plain, allow_unicode=True).encode()


def _text_of(value: object) -> str:
    if not isinstance(value, Duration):
        return str(value)
    minutes = int(value.total_seconds()) // 60
    size, unit = next((s, u) for s, u in _UNITS if minutes % s == 0)
    return f"{minutes // size}{unit}"
