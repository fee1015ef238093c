"""What stands in the ledger of the deployed stack."""

import json
from collections.abc import Mapping
from typing import Any

from sandbox.accounts import PROVIDER
from sandbox.walkthrough import Walkthrough


def items(walkthrough: Walkthrough) -> list[Mapping[str, Any]]:
    """Return all items, as DynamoDB has them."""
    table = walkthrough.sandbox.client("dynamodb", PROVIDER)
    pages = table.get_paginator("scan").paginate(TableName=walkthrough.autopilot["LedgerTableName"])
    return [item for page in pages for item in page["Items"]]


def findings(walkthrough: Walkthrough) -> dict[str, str]:
    """Return kind and evidence of the open findings."""
    return {
        item["sk"]["S"].split("#FINDING#")[1]: json.dumps(item)
        for item in items(walkthrough)
        if "#FINDING#" in item["sk"]["S"]
    }


def would(walkthrough: Walkthrough) -> set[str]:
    """Return what observe mode leaves undone, in words."""
    return {
        sentence
        for item in items(walkthrough)
        if item["sk"]["S"].endswith("#WOULD")
        for sentence in item["would"]["S"].splitlines()
    }


def age_traces(walkthrough: Walkthrough) -> None:
    """Have the traces of those who have left be as old as they have to be to go."""
    table = walkthrough.sandbox.client("dynamodb", PROVIDER)
    for item in items(walkthrough):
        if item["sk"]["S"].endswith("#TRACE"):
            aged = {**item, "touched": {"S": "2000-01-01T00:00:00+00:00"}}
            table.put_item(TableName=walkthrough.autopilot["LedgerTableName"], Item=aged)


def has_traces(walkthrough: Walkthrough) -> bool:
    """Tell whether something of ours may be with a consumer."""
    return any(item["sk"]["S"].endswith("#TRACE") for item in items(walkthrough))


def rules_of_history(walkthrough: Walkthrough, vpc_endpoint_id: str) -> list[str]:
    """Return the rules by which was decided about an endpoint, in their order."""
    found = [
        item for item in items(walkthrough) if item["pk"]["S"] == f"ENDPOINT#{vpc_endpoint_id}"
    ]
    in_order = sorted(found, key=lambda item: str(item["sk"]["S"]))
    return [item["rule"]["S"] for item in in_order if "rule" in item]
