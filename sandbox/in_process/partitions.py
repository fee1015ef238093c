"""Has moto's DynamoDB look at a partition when it is asked for one.

It goes through the whole table for each page of each query, and sorts it twice: with the ledger of
ten thousand endpoints that takes a second.
"""

from collections import defaultdict
from copy import copy
from typing import Any, Final

from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table

from sandbox.privatelink.patches import Patch

_query: Final = Table.query


def _query_partition(
    table: Table,
    hash_key: DynamoType,
    range_comparison: str | None,
    range_objs: list[DynamoType],
    *positional: Any,  # noqa: ANN401 - whatever moto hands on
    **arguments: Any,  # noqa: ANN401 - as above
) -> Any:  # noqa: ANN401 - whatever moto returns
    if arguments.get("index_name") or table.range_key_type != "S":
        return _query(table, hash_key, range_comparison, range_objs, *positional, **arguments)
    prefix = range_objs[0].value if range_comparison == "BEGINS_WITH" else ""
    partition: Any = table.items.get(hash_key, {})
    found = [key for key in partition if key.value.startswith(prefix)]
    found.sort(key=lambda key: key.value)
    narrowed = copy(table)
    narrowed.items = defaultdict(dict, {hash_key: {key: partition[key] for key in found}})
    return _query(narrowed, hash_key, range_comparison, range_objs, *positional, **arguments)


PARTITIONS: Final = Patch(
    Table, "query", _query_partition, "moto goes through the whole table for each query"
)
