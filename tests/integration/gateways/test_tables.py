from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

import pytest

from privatelink.errors import AwsError
from privatelink.gateways.tables import Table
from sandbox.accounts import PROVIDER, REGION
from sandbox.privatelink.clients import in_process_session
from tests.integration.gateways.requests import names, noted_requests

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

KEYS: Final = {"pk": "HASH", "sk": "RANGE"}


@pytest.fixture
def dynamodb(request: pytest.FixtureRequest) -> "DynamoDBClient":
    request.getfixturevalue("privatelink")
    client = in_process_session(account_id=PROVIDER, region=REGION).client("dynamodb")
    schema: Any = [{"AttributeName": name, "KeyType": kind} for name, kind in KEYS.items()]
    attributes: Any = [{"AttributeName": name, "AttributeType": "S"} for name in KEYS]
    client.create_table(
        TableName="ledger",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=schema,
        AttributeDefinitions=attributes,
    )
    return client


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def table(dynamodb: "DynamoDBClient", waits: list[float]) -> Table:
    return Table(dynamodb, "ledger", sleep=waits.append)


def items(count: int) -> list[Mapping[str, str]]:
    return [{"pk": "p", "sk": f"{number:04}"} for number in range(count)]


def leave_undone(dynamodb: "DynamoDBClient", times: int) -> None:
    """Have DynamoDB write the first of each batch alone, so many times."""
    left: Iterator[int] = iter(range(times))

    def shorten(params: dict[str, Any], context: dict[str, Any], **_: object) -> None:
        if next(left, None) is not None:
            (name,) = params["RequestItems"]
            first, *others = params["RequestItems"][name]
            params["RequestItems"], context["undone"] = {name: [first]}, {name: others}

    def tell(parsed: dict[str, Any], context: dict[str, Any], **_: object) -> None:
        parsed["UnprocessedItems"] = context.get("undone", {})

    dynamodb.meta.events.register("provide-client-params.dynamodb.BatchWriteItem", shorten)
    dynamodb.meta.events.register("after-call.dynamodb.BatchWriteItem", tell)


@pytest.mark.parametrize("count", [1, 25, 26, 60])
def test_any_number_of_items_is_written_and_deleted(table: Table, count: int) -> None:
    table.write(put=items(count))
    assert list(table.query("p")) == items(count)
    table.write(put=[{"pk": "q", "sk": "1"}], delete=items(count))
    assert list(table.query("p")) == []
    assert list(table.query("q")) == [{"pk": "q", "sk": "1"}]


def test_nothing_is_called_to_write_nothing(dynamodb: "DynamoDBClient", table: Table) -> None:
    with noted_requests(dynamodb) as requests:
        table.write()
    assert not requests


def test_what_dynamodb_leaves_undone_is_sent_again(
    dynamodb: "DynamoDBClient", table: Table, waits: list[float]
) -> None:
    leave_undone(dynamodb, times=3)
    table.write(put=items(10))
    assert list(table.query("p")) == items(10)
    assert waits == [0.05, 0.1, 0.2]


def test_what_dynamodb_leaves_undone_for_good_is_an_error(
    dynamodb: "DynamoDBClient", table: Table, waits: list[float]
) -> None:
    leave_undone(dynamodb, times=100)
    with pytest.raises(AwsError, match="3 are not written"):
        table.write(put=items(10))
    assert list(table.query("p")) == items(7)
    assert len(waits) == 6


def test_a_partition_is_read_by_what_its_keys_begin_with(table: Table) -> None:
    table.write(put=[{"pk": "p", "sk": sk} for sk in ("A#1", "A#2", "B#1")])
    assert [item["sk"] for item in table.query("p", "A#")] == ["A#1", "A#2"]


def test_pages_are_read_as_they_are_wanted(dynamodb: "DynamoDBClient", table: Table) -> None:
    table.write(put=items(3))
    dynamodb.meta.events.register(
        "provide-client-params.dynamodb.Query", lambda params, **_: params.update(Limit=1)
    )
    with noted_requests(dynamodb) as requests:
        rows = table.query("p")
        assert names(requests) == []
        assert next(rows) == items(1)[0]
        assert names(requests) == ["Query"]
        assert len(list(rows)) == 2


def test_values_of_every_kind_are_read_as_what_they_are(
    dynamodb: "DynamoDBClient", table: Table
) -> None:
    table.write(put=[{"pk": "p", "sk": "1", "holds": {"a", "b"}}])
    dynamodb.update_item(
        TableName="ledger",
        Key={"pk": {"S": "p"}, "sk": {"S": "1"}},
        UpdateExpression="SET n = :n, t = :t, b = :b, ns = :ns, m = :m",
        ExpressionAttributeValues={
            ":n": {"N": "7"},
            ":t": {"BOOL": True},
            ":b": {"B": b"x"},
            ":ns": {"NS": ["1"]},
            ":m": {"M": {"l": {"L": [{"NULL": True}, {"S": "y"}]}}},
        },
    )
    (item,) = table.query("p")
    foreign = {"n": "7", "t": True, "b": b"x", "ns": ["1"], "m": {"l": [None, "y"]}}
    assert item == {"pk": "p", "sk": "1", "holds": {"a", "b"}, **foreign}


def test_an_update_whose_condition_does_not_hold_changes_nothing(table: Table) -> None:
    table.write(put=[{"pk": "p", "sk": "1", "touched": "now"}])
    with pytest.raises(AwsError) as refusal:
        table.update(
            {"pk": "p", "sk": "1"},
            "SET x = :x",
            {":x": "y", ":t": "then"},
            condition="touched = :t",
        )
    assert refusal.value.code == "ConditionalCheckFailedException"
    with pytest.raises(AwsError):
        table.delete({"pk": "p", "sk": "1"}, condition="touched = :t", values={":t": "then"})
    assert list(table.query("p")) == [{"pk": "p", "sk": "1", "touched": "now"}]
