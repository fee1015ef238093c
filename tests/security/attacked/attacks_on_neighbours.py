"""Attacks with the roles of the provider's stack on what others have in the account and beyond."""

from typing import Final

from sandbox.accounts import CONSUMER
from tests.security.attacked.attacks import always
from tests.security.attacked.provider_attack import OnProvider, assuming, call
from tests.security.attacked.providers_things import FOREIGN_ROLES, NEIGHBOUR

_NEIGHBOUR: Final = "what another stack of the account has is none of this one's"

ON_NEIGHBOURS: Final[tuple[OnProvider, ...]] = (
    call(
        "reads a neighbour's table",
        _NEIGHBOUR,
        "dynamodb",
        "query",
        lambda _: {
            "TableName": NEIGHBOUR,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": {"S": "SERVICES"}},
        },
    ),
    call(
        "writes to a neighbour's table",
        _NEIGHBOUR,
        "dynamodb",
        "batch_write_item",
        lambda _: {
            "RequestItems": {
                NEIGHBOUR: [{"PutRequest": {"Item": {"pk": {"S": "x"}, "sk": {"S": "x"}}}}]
            }
        },
    ),
    call(
        "sends to a neighbour's queue",
        _NEIGHBOUR,
        "sqs",
        "send_message",
        lambda things: {
            "QueueUrl": things.own["AcceptQueue"].rpartition("/")[0] + f"/{NEIGHBOUR}",
            "MessageBody": "attack",
        },
    ),
    *(
        call(
            f"puts events on {whose}",
            _NEIGHBOUR,
            "events",
            "put_events",
            always(
                Entries=[
                    {
                        "EventBusName": bus,
                        "Source": "privatelink-autopilot",
                        "DetailType": "Endpoint Connection Sweep Requested",
                        "Detail": "{}",
                    }
                ]
            ),
        )
        for whose, bus in {"a neighbour's bus": NEIGHBOUR, "the default bus": "default"}.items()
    ),
    *(
        call(
            f"{what} a neighbour's parameter",
            _NEIGHBOUR,
            "ssm",
            operation,
            always(**more),
        )
        for what, operation, more in (
            (
                "overwrites",
                "put_parameter",
                {"Name": f"/{NEIGHBOUR}/ip", "Value": "10.6.6.6", "Overwrite": True},
            ),
            ("deletes", "delete_parameters", {"Names": [f"/{NEIGHBOUR}/ip"]}),
            ("reads", "get_parameters_by_path", {"Path": f"/{NEIGHBOUR}"}),
        )
    ),
    call(
        "writes to a neighbour's log",
        _NEIGHBOUR,
        "logs",
        "create_log_stream",
        lambda _: {"logGroupName": f"/aws/lambda/{NEIGHBOUR}", "logStreamName": "attack"},
    ),
    *(
        assuming(
            f"enters an account as {role}",
            "consumers' roles have one name",
            f"arn:aws:iam::{CONSUMER}:role/{role}",
        )
        for role in FOREIGN_ROLES
    ),
)
