from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import pytest

from privatelink.gateways.items import (
    read_history_entry,
    read_scope,
    read_service,
    read_tracked_service,
)
from privatelink.gateways.records import LONG_AGO, NEVER, Scope, Trace
from privatelink.model import AccountId, Consumer, VpcEndpointId
from tests.unit.builders import HOME, LISTED, SERVICE_ID

PK: Final = f"SERVICE#{SERVICE_ID}"
TIME: Final = "2026-11-22T12:00:00+00:00"
SCOPE: Final = Scope(
    service_id=SERVICE_ID, consumer=Consumer(account_id=LISTED, region=HOME), part="ingress"
)


def item(sort_key: str, **attributes: object) -> Mapping[str, Any]:
    return {"pk": PK, "sk": sort_key, **attributes}


def test_what_stands_in_a_services_partition_is_read_by_its_keys() -> None:
    record = read_service(
        [
            item("ENDPOINT#vpce-0123456789abcdef0", account_id=LISTED),
            item(f"PRINCIPAL#{LISTED}", at=TIME),
            item("SERVICE#upkeep#WOULD", would="one\ntwo"),
            item(f"{SCOPE.prefix}TRACE", touched=TIME, holds={"a rule"}),
            item(f"{SCOPE.prefix}FINDING#left-behind/x#y", raised=TIME, kind="left-behind"),
        ]
    )
    assert [entry.account_id for entry in record.endpoints.values()] == [LISTED]
    assert record.principals.keys() == {AccountId(LISTED)}
    assert record.parts["upkeep"].would == ("one", "two")
    trace = record.consumers[SCOPE].trace
    assert trace is not None
    assert trace.holds == {"a rule"}
    assert record.consumers[SCOPE].open_findings.keys() == {"left-behind/x#y"}


@pytest.mark.parametrize(
    "key", ["", "X", "FUTURE#thing", "CONSUMER#", "CONSUMER#1/x#y#z", "SERVICE#"]
)
def test_an_item_of_a_kind_that_this_version_does_not_know_is_left_alone(key: str) -> None:
    record = read_service([item(key, holds={"x"}, touched="never")])
    assert (record.endpoints, record.parts, record.consumers) == ({}, {}, {})


ODD: Final = (
    None,
    True,
    "7",
    ["x"],
    {"x": None},
    ["1"],
    b"\xff",
    [b"x"],
    "nonsense",
)
NO_TIME: Final = (
    *ODD,
    "2026-11-22",
    "2026-11-22T12:00:00",
    "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59-23:59",
    "10000-01-01T00:00:00+00:00",
)


@pytest.mark.parametrize("value", ODD, ids=repr)
def test_what_is_no_text_is_read_as_one(value: object) -> None:
    record = read_service(
        [
            item("ENDPOINT#vpce-1", reason=value),
            item("SERVICE#upkeep#WOULD", would=value),
            item(f"{SCOPE.prefix}FINDING#x", raised=TIME, kind=value),
        ]
    )
    said = [
        record.endpoints[VpcEndpointId("vpce-1")].reason,
        *record.parts["upkeep"].would,
        record.consumers[SCOPE].open_findings["x"].attributes["kind"],
        read_history_entry(item(f"{TIME}#accept", reason=value)).details["reason"],
        read_tracked_service(item(SERVICE_ID, since=TIME, service_name=value))[1].service_name,
    ]
    assert said == [str(value)] * 5


def test_what_is_not_there_is_an_empty_text() -> None:
    record = read_service([item("ENDPOINT#vpce-1"), item("SERVICE#upkeep#WOULD")])
    assert record.endpoints[VpcEndpointId("vpce-1")].first_rule == ""
    assert record.parts["upkeep"].would == ()


@pytest.mark.parametrize("value", NO_TIME, ids=repr)
def test_findings_principals_and_history_of_an_unreadable_time_are_from_long_ago(
    value: object,
) -> None:
    record = read_service(
        [
            item(f"PRINCIPAL#{LISTED}", at=value),
            item(f"{SCOPE.prefix}FINDING#x", raised=value),
        ]
    )
    assert record.principals == {LISTED: LONG_AGO}
    assert record.consumers[SCOPE].open_findings["x"].raised == LONG_AGO
    assert read_history_entry(item(f"{value!r}#accept")).at == LONG_AGO
    if isinstance(value, str):
        assert read_history_entry(item(f"{value}#accept")).at == LONG_AGO


@pytest.mark.parametrize("value", NO_TIME, ids=repr)
def test_what_an_unreadable_time_would_have_done_never_comes(value: object) -> None:
    trace = read_scope([item(f"{SCOPE.prefix}TRACE", touched=value, holds={"a"})], SCOPE).trace
    assert trace == Trace(touched=NEVER, holds=frozenset({"a"}))
    assert read_tracked_service(item(SERVICE_ID, since=value))[1].since == NEVER


def test_what_an_absent_time_would_have_done_never_comes() -> None:
    trace = read_scope([item(f"{SCOPE.prefix}TRACE", holds={"a"})], SCOPE).trace
    assert trace == Trace(touched=NEVER, holds=frozenset({"a"}))
    assert read_tracked_service(item(SERVICE_ID))[1].since == NEVER


@pytest.mark.parametrize(
    ("holds", "texts"),
    [
        (["a", "b"], {"a", "b"}),
        ([], set()),
        (["1", "2"], {"1", "2"}),
        ([b"x"], {"b'x'"}),
        ([["a"], None], {"['a']", "None"}),
        ("a rule", {"a rule"}),
        ("7", {"7"}),
        ({"a": "b"}, {"{'a': 'b'}"}),
        (None, {"None"}),
    ],
    ids=["list", "empty", "numbers", "binary", "nested", "text", "number", "map", "null"],
)
def test_a_trace_that_holds_something_else_than_names_is_kept(
    holds: object, texts: set[str]
) -> None:
    trace = read_scope([item(f"{SCOPE.prefix}TRACE", touched=TIME, holds=holds)], SCOPE).trace
    assert trace == Trace(touched=NEVER, holds=frozenset(texts))


def test_a_trace_of_which_everything_is_struck_off_can_be_removed() -> None:
    trace = read_scope([item(f"{SCOPE.prefix}TRACE", touched=TIME)], SCOPE).trace
    assert trace == Trace(touched=datetime.fromisoformat(TIME), holds=frozenset())


def test_a_scope_is_read_as_from_the_whole_partition() -> None:
    assert read_scope([item(f"{SCOPE.prefix}WOULD", would="one")], SCOPE).would == ("one",)
