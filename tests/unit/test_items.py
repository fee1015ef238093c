from collections.abc import Mapping
from typing import Any, Final

import pytest

from privatelink.errors import MalformedRecordError
from privatelink.gateways.items import (
    Item,
    read_history_entry,
    read_scope,
    read_service,
    read_tracked_service,
)
from privatelink.gateways.records import Scope
from privatelink.model import AccountId, Consumer
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


@pytest.mark.parametrize(
    ("malformed", "name"),
    [
        (item(f"PRINCIPAL#{LISTED}", at="yesterday"), "at"),
        (item(f"PRINCIPAL#{LISTED}", at=7), "at"),
        (item(f"PRINCIPAL#{LISTED}", at="2026-11-22T12:00:00"), "at"),
        (item("ENDPOINT#vpce-1", reason=["x"]), "reason"),
        (item(f"{SCOPE.prefix}TRACE", holds={1}), "holds"),
        (item(f"{SCOPE.prefix}TRACE", holds="x"), "holds"),
        (item(f"{SCOPE.prefix}WOULD", would=None), "would"),
        (item(f"{SCOPE.prefix}FINDING#x", raised="x"), "raised"),
        (item(f"{SCOPE.prefix}FINDING#x", kind=1), "kind"),
    ],
)
def test_what_this_stack_does_not_write_is_named(malformed: Item, name: str) -> None:
    with pytest.raises(MalformedRecordError) as caught:
        read_service([malformed])
    assert caught.value.name == name
    assert str(malformed["sk"]) in str(caught.value)


def test_a_scope_is_read_as_from_the_whole_partition() -> None:
    assert read_scope([item(f"{SCOPE.prefix}WOULD", would="one")], SCOPE).would == ("one",)


@pytest.mark.parametrize("since", [{}, {"since": "x"}, {"since": "2026-11-22"}])
def test_nobody_seems_to_have_come_since_a_time_that_is_not_known(since: Item) -> None:
    with pytest.raises(MalformedRecordError):
        read_tracked_service({"pk": "SERVICES", "sk": SERVICE_ID, "service_name": "n", **since})


def test_history_without_a_time_is_named() -> None:
    with pytest.raises(MalformedRecordError, match="expected a time"):
        read_history_entry({"pk": "ENDPOINT#vpce-1", "sk": "accept"})
