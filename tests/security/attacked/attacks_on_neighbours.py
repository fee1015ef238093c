"""Attacks with the roles of the provider's stack on what others have in the account and beyond."""

from typing import Final

from sandbox.accounts import CONSUMER
from tests.security.attacked.attacks import taking
from tests.security.attacked.providers_things import FOREIGN_ROLES, NEIGHBOUR, OnProvider

_SWEEP: Final = {
    "Source": "privatelink-autopilot",
    "DetailType": "Endpoint Connection Sweep Requested",
    "Detail": "{}",
}

ON_NEIGHBOURS: Final[tuple[OnProvider, ...]] = (
    *OnProvider.because(
        "what another stack of the account has is none of this one's",
        (
            "reads a neighbour's table",
            "dynamodb:query",
            {
                "TableName": NEIGHBOUR,
                "KeyConditionExpression": "pk = :pk",
                "ExpressionAttributeValues": {":pk": {"S": "SERVICES"}},
            },
        ),
        (
            "writes to a neighbour's table",
            "dynamodb:batch_write_item",
            {
                "RequestItems": {
                    NEIGHBOUR: [{"PutRequest": {"Item": {"pk": {"S": "x"}, "sk": {"S": "x"}}}}]
                }
            },
        ),
        (
            "sends to a neighbour's queue",
            "sqs:send_message",
            lambda things: {
                "QueueUrl": things.own["AcceptQueue"].rpartition("/")[0] + f"/{NEIGHBOUR}",
                "MessageBody": "attack",
            },
        ),
        *(
            (
                f"puts events on {whose}",
                "events:put_events",
                {"Entries": [{"EventBusName": bus, **_SWEEP}]},
            )
            for whose, bus in {"a neighbour's bus": NEIGHBOUR, "the default bus": "default"}.items()
        ),
        (
            "overwrites a neighbour's parameter",
            "ssm:put_parameter",
            {"Name": f"/{NEIGHBOUR}/ip", "Value": "10.6.6.6", "Overwrite": True},
        ),
        (
            "deletes a neighbour's parameter",
            "ssm:delete_parameters",
            {"Names": [f"/{NEIGHBOUR}/ip"]},
        ),
        (
            "reads a neighbour's parameter",
            "ssm:get_parameters_by_path",
            {"Path": f"/{NEIGHBOUR}"},
        ),
        (
            "writes to a neighbour's log",
            "logs:create_log_stream",
            {"logGroupName": f"/aws/lambda/{NEIGHBOUR}", "logStreamName": "attack"},
        ),
    ),
    *OnProvider.because(
        "consumers' roles have one name",
        *(
            (
                f"enters an account as {role}",
                "sts:assume_role",
                taking(f"arn:aws:iam::{CONSUMER}:role/{role}"),
            )
            for role in FOREIGN_ROLES
        ),
    ),
)
"""What none of the stack's roles may do beside it."""
