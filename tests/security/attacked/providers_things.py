"""What an intruder finds in the provider's account: the stack's own, and a neighbour's."""

from collections.abc import Mapping
from copy import replace
from dataclasses import dataclass
from typing import Any, Final

from sandbox.accounts import CONSUMER, PROVIDER, STACK_NAME
from sandbox.process import Sandbox
from sandbox.walkthrough import Walkthrough
from tests.security.attacked.attacks import Attack
from tests.security.attacked.intruders import Intruders, create_role

NEIGHBOUR: Final = "attack-neighbour"
FOREIGN_ROLES: Final = (
    NEIGHBOUR,
    "attack-privatelink-autopilot-consumer",
    "privatelink-autopilot-consumer-attack",
)
"""Roles of a consumer that trust the provider's whole account, and are none of the stack's."""
_KEY: Final[dict[str, Any]] = {
    "AttributeDefinitions": [
        {"AttributeName": "pk", "AttributeType": "S"},
        {"AttributeName": "sk", "AttributeType": "S"},
    ],
    "KeySchema": [
        {"AttributeName": "pk", "KeyType": "HASH"},
        {"AttributeName": "sk", "KeyType": "RANGE"},
    ],
    "BillingMode": "PAY_PER_REQUEST",
}


@dataclass(frozen=True, kw_only=True)
class ProvidersThings:
    """Names and ids; `own` are the stack's resources by their logical ids (a queue's URL)."""

    own: Mapping[str, str]
    service_id: str
    role: str
    """The name of the intruder's own role, or of a double."""


OnProvider = Attack[ProvidersThings]


def lay_out(walkthrough: Walkthrough) -> ProvidersThings:
    """Look up the stack's resources, and make the neighbour's."""
    sandbox = walkthrough.sandbox
    for name in FOREIGN_ROLES:
        create_role(sandbox, CONSUMER, name, actions="*", trusts=PROVIDER)
    sandbox.client("dynamodb", PROVIDER).create_table(TableName=NEIGHBOUR, **_KEY)
    sandbox.client("sqs", PROVIDER).create_queue(QueueName=NEIGHBOUR)
    sandbox.client("events", PROVIDER).create_event_bus(Name=NEIGHBOUR)
    sandbox.client("sns", PROVIDER).create_topic(Name=NEIGHBOUR)
    sandbox.client("ssm", PROVIDER).put_parameter(Name=f"/{NEIGHBOUR}/ip", Value="x", Type="String")
    sandbox.client("logs", PROVIDER).create_log_group(logGroupName=f"/aws/lambda/{NEIGHBOUR}")
    return ProvidersThings(
        own=_resources(sandbox),
        service_id=walkthrough.service_id,
        role="",
    )


def double(intruders: Intruders, things: ProvidersThings) -> ProvidersThings:
    """Return the same with doubles of what a control would break."""
    sandbox = intruders.sandbox
    create_role(sandbox, PROVIDER, "attack-double", actions="sts:GetCallerIdentity")
    # What does not exist may be deleted, switched off or changed as often as one likes.
    nothing = {
        name: f"{value}-double" if not value.startswith("http") else _queue(sandbox)
        for name, value in things.own.items()
    }
    return replace(
        things, own=nothing, service_id="vpce-svc-0123456789abcdef0", role="attack-double"
    )


def _queue(sandbox: Sandbox) -> str:
    answer = sandbox.client("sqs", PROVIDER).create_queue(QueueName="attack-double")
    return str(answer["QueueUrl"])


def _resources(sandbox: Sandbox) -> dict[str, str]:
    pages = sandbox.client("cloudformation", PROVIDER).get_paginator("list_stack_resources")
    return {
        row["LogicalResourceId"]: row["PhysicalResourceId"]
        for page in pages.paginate(StackName=STACK_NAME)
        for row in page["StackResourceSummaries"]
    }
