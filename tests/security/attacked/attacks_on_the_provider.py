"""Who must not do what with the roles of the provider's stack."""

from typing import Final

from sandbox.accounts import PROVIDER, REGION, STRANGER
from tests.security.attacked.accounts import Attacks
from tests.security.attacked.attacks import Parameters, taking
from tests.security.attacked.attacks_on_neighbours import ON_NEIGHBOURS
from tests.security.attacked.attacks_on_the_stack import ON_THE_STACK
from tests.security.attacked.intruders import CONSUMER_ROLE, READER_ROLE, role_name
from tests.security.attacked.providers_things import OnProvider, ProvidersThings

_QUEUES: Final = (
    "AcceptQueue",
    "IngressQueue",
    "AddressQueue",
    "AcceptDeadLetters",
    "IngressDeadLetters",
    "AddressDeadLetters",
    "UndeliveredEvents",
)
_ENTRY: Final = {"Source": "attack", "DetailType": "attack", "Detail": "{}"}
_KEY: Final = {"pk": {"S": "x"}, "sk": {"S": "x"}}


def _service(**more: object) -> Parameters[ProvidersThings]:
    return lambda things: {"ServiceId": things.service_id, **more}


def _queue(name: str, **more: object) -> Parameters[ProvidersThings]:
    return lambda things: {"QueueUrl": things.own[name], **more}


def _queues(reads: str, sends: str) -> tuple[OnProvider, ...]:
    """Return attacks on all queues but the one that is read and the one that is sent to."""
    return (
        *OnProvider.because(
            "a queue has one reader",
            *(
                (f"takes messages from {name}", "sqs:receive_message", _queue(name))
                for name in _QUEUES
                if name != reads
            ),
        ),
        *OnProvider.because(
            "a queue has its own publishers",
            *(
                (f"sends to {name}", "sqs:send_message", _queue(name, MessageBody="attack"))
                for name in _QUEUES
                if name != sends
            ),
        ),
    )


_ACCEPTING: Final = OnProvider.because(
    "one function decides",
    (
        "accepts a connection of our service",
        "ec2:accept_vpc_endpoint_connections",
        _service(VpcEndpointIds=["vpce-0123456789abcdef0"]),
    ),
    (
        "rejects a connection of our service",
        "ec2:reject_vpc_endpoint_connections",
        _service(VpcEndpointIds=["vpce-0123456789abcdef0"]),
    ),
    (
        "lets everybody ask for connections to our service",
        "ec2:modify_vpc_endpoint_service_permissions",
        _service(AddAllowedPrincipals=["*"]),
    ),
    (
        "has itself told of connections to our service",
        "ec2:create_vpc_endpoint_connection_notification",
        _service(
            ConnectionNotificationArn=f"arn:aws:sns:{REGION}:{STRANGER}:attack",
            ConnectionEvents=["Connect"],
        ),
    ),
)
_ENTERING: Final = OnProvider.because(
    "two functions enter", ("enters a consumer", "sts:assume_role", taking(CONSUMER_ROLE))
)
_LOOKING_IN: Final = OnProvider.because(
    "the console looks, and people take its role",
    ("looks into a consumer's account", "sts:assume_role", taking(READER_ROLE)),
    (
        "takes the console's role",
        "sts:assume_role",
        taking(f"arn:aws:iam::{PROVIDER}:role/{role_name('console')}"),
    ),
)
_COPIES: Final = OnProvider.because(
    "one function keeps copies",
    (
        "puts a copy of an address",
        "ssm:put_parameter",
        {"Name": "/privatelink/attack/ip", "Value": "10.6.6.6", "Type": "String"},
    ),
    (
        "deletes a copy of an address",
        "ssm:delete_parameters",
        {"Names": ["/privatelink/attack/ip"]},
    ),
)
_CHANGING_THE_LEDGER: Final = OnProvider.because(
    "who does not converge consumers has nothing to change",
    (
        "changes the ledger",
        "dynamodb:delete_item",
        lambda things: {"TableName": things.own["Ledger"], "Key": _KEY},
    ),
)
_LEDGER: Final = (
    *OnProvider.because(
        "who does not decide keeps no record",
        (
            "writes to the ledger",
            "dynamodb:batch_write_item",
            lambda things: {
                "RequestItems": {things.own["Ledger"]: [{"PutRequest": {"Item": _KEY}}]}
            },
        ),
    ),
    *_CHANGING_THE_LEDGER,
)
_BUS: Final = OnProvider.because(
    "who asks for nothing puts nothing",
    (
        "puts events on the stack's bus",
        "events:put_events",
        lambda things: {"Entries": [{"EventBusName": things.own["EventBus"], **_ENTRY}]},
    ),
)
_BY_ANYBODY: Final = (*ON_NEIGHBOURS, *ON_THE_STACK)
WITHOUT_CONTROL: Final = frozenset(attack.what for attack in (*_ENTERING, *_LOOKING_IN))
"""Nobody may do these but whom the roles trust, an administrator neither: see `test_trust`."""

BY: Final[Attacks[ProvidersThings]] = {
    "relay": (
        *_BY_ANYBODY,
        *_ACCEPTING,
        *_ENTERING,
        *_LOOKING_IN,
        *_COPIES,
        *_LEDGER,
        *_queues("", "UndeliveredEvents"),
    ),
    "accept": (
        *_BY_ANYBODY,
        *_ENTERING,
        *_LOOKING_IN,
        *_COPIES,
        *_CHANGING_THE_LEDGER,
        *_queues("AcceptQueue", "AcceptQueue"),
    ),
    "authorize": (
        *_BY_ANYBODY,
        *_ACCEPTING,
        *_LOOKING_IN,
        *_COPIES,
        *_queues("IngressQueue", ""),
    ),
    "publish": (
        *_BY_ANYBODY,
        *_ACCEPTING,
        *_LOOKING_IN,
        *_queues("AddressQueue", ""),
    ),
    "validate": (
        *_BY_ANYBODY,
        *_ACCEPTING,
        *_ENTERING,
        *_LOOKING_IN,
        *_COPIES,
        *_LEDGER,
        *_BUS,
        *_queues("", ""),
    ),
    "console": (
        *_BY_ANYBODY,
        *_ACCEPTING,
        *_ENTERING,
        *_COPIES,
        *_LEDGER,
        *_BUS,
        *_queues("", ""),
    ),
}
