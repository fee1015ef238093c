"""DynamoDB tables, whose items have texts and sets of texts for attributes.

What somebody else has written is read, too: numbers as the texts that DynamoDB says them in, and
sets of something else than texts as lists.
"""

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import batched, chain
from typing import TYPE_CHECKING, Any, Final

from privatelink.errors import AwsError
from privatelink.gateways.calls import translated_errors

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import UpdateItemInputTypeDef, WriteRequestUnionTypeDef

type Value = Collection[str]
type Item = Mapping[str, Any]
type Key = Mapping[str, str]

_ITEMS_PER_WRITE: Final = 25
"""BatchWriteItem takes that many."""
_WAITS: Final = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6)
"""After how many seconds what DynamoDB has left undone is sent again, each time."""


class Table:
    """One table whose items have a partition key `pk` and a sort key `sk`."""

    def __init__(
        self,
        dynamodb: "DynamoDBClient",
        name: str,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._dynamodb = dynamodb
        self._name = name
        self._sleep = sleep

    def query(self, partition: str, prefix: str = "") -> Iterator[Item]:
        """Yield the items of a partition whose sort keys begin with a prefix, a page at a time."""
        condition, values = "pk = :pk", {":pk": partition}
        if prefix:
            condition, values = f"{condition} AND begins_with(sk, :sk)", {**values, ":sk": prefix}
        pages = iter(
            self._dynamodb.get_paginator("query").paginate(
                TableName=self._name,
                KeyConditionExpression=condition,
                ExpressionAttributeValues=_serialized(values),
                ConsistentRead=True,
            )
        )
        while True:
            with translated_errors("Query"):
                page = next(pages, None)
            if page is None:
                return
            yield from map(_deserialized, page["Items"])

    def write(self, *, put: Sequence[Item] = (), delete: Sequence[Key] = ()) -> None:
        """Put items and delete others, as many as there are; no key may be there twice."""
        requests: chain[WriteRequestUnionTypeDef] = chain(
            ({"PutRequest": {"Item": _serialized(item)}} for item in put),
            ({"DeleteRequest": {"Key": _serialized(key)}} for key in delete),
        )
        for chunk in batched(requests, _ITEMS_PER_WRITE, strict=False):
            self._write(chunk)

    def update(
        self, key: Key, how: str, values: Mapping[str, Value], *, condition: str = ""
    ) -> None:
        """Update an item by an expression, on a condition if there is one."""
        request: UpdateItemInputTypeDef = {
            "TableName": self._name,
            "Key": _serialized(key),
            "UpdateExpression": how,
            "ExpressionAttributeValues": _serialized(values),
        }
        if condition:
            request["ConditionExpression"] = condition
        with translated_errors("UpdateItem"):
            self._dynamodb.update_item(**request)

    def delete(self, key: Key, *, condition: str, values: Mapping[str, Value]) -> None:
        """Delete an item on a condition."""
        with translated_errors("DeleteItem"):
            self._dynamodb.delete_item(
                TableName=self._name,
                Key=_serialized(key),
                ConditionExpression=condition,
                ExpressionAttributeValues=_serialized(values),
            )

    def _write(self, requests: "Sequence[WriteRequestUnionTypeDef]") -> None:
        """Write a batch; DynamoDB says in an answer of success what it has not written of it."""
        left = self._send(requests)
        for wait in _WAITS:
            if not left:
                return
            self._sleep(wait)
            left = self._send(left)
        if left:
            raise AwsError("BatchWriteItem", "UnprocessedItems", f"{len(left)} are not written")

    def _send(
        self, requests: "Sequence[WriteRequestUnionTypeDef]"
    ) -> "Sequence[WriteRequestUnionTypeDef]":
        with translated_errors("BatchWriteItem"):
            answer = self._dynamodb.batch_write_item(RequestItems={self._name: requests})
        return answer.get("UnprocessedItems", {}).get(self._name, ())


def _serialized(values: Mapping[str, Value]) -> dict[str, Any]:
    return {
        name: {"S": value} if isinstance(value, str) else {"SS": sorted(value)}
        for name, value in values.items()
    }


def _deserialized(item: Mapping[str, Any]) -> Item:
    return {name: _value(attribute) for name, attribute in item.items()}


def _value(attribute: Mapping[str, Any]) -> object:
    ((kind, value),) = attribute.items()
    match kind:
        case "SS":
            return frozenset(value)
        case "L":
            return [_value(each) for each in value]
        case "M":
            return _deserialized(value)
        case "NULL":
            return None
    return value
