"""Who must not do what with the roles of the provider's stack."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from sandbox.accounts import PROVIDER
from tests.security.attacked.attacks import always
from tests.security.attacked.attacks_on_neighbours import ON_NEIGHBOURS
from tests.security.attacked.attacks_on_the_stack import ON_THE_STACK
from tests.security.attacked.intruders import CONSUMER_ROLE, READER_ROLE, role_name
from tests.security.attacked.provider_attack import OnProvider, assuming, call, on_service


def _receiving(queue: str) -> OnProvider:
    return call(
        f"takes messages from {queue}",
        "a queue has one reader",
        "sqs",
        "receive_message",
        lambda things: {"QueueUrl": things.queue_url(queue)},
    )


def _sending(queue: str) -> OnProvider:
    return call(
        f"sends to {queue}",
        "a queue has its own publishers",
        "sqs",
        "send_message",
        lambda things: {"QueueUrl": things.queue_url(queue), "MessageBody": "attack"},
    )


def _each(make: Callable[[str], OnProvider], names: Iterable[str]) -> tuple[OnProvider, ...]:
    return tuple(make(name) for name in names)


QUEUES: Final = ("AcceptQueue", "IngressQueue", "AddressQueue")
ALL_QUEUES: Final = (
    *QUEUES,
    "AcceptDeadLetters",
    "IngressDeadLetters",
    "AddressDeadLetters",
    "UndeliveredEvents",
)

_ACCEPTING: Final = on_service(
    "our service", "one function decides", lambda things: things.service_id
)
_ENTERING: Final = (assuming("enters a consumer", "two functions enter", CONSUMER_ROLE),)
_LOOKING_IN: Final = (
    assuming("looks into a consumer's account", "the console looks", READER_ROLE),
    assuming(
        "takes the console's role",
        "people take it",
        f"arn:aws:iam::{PROVIDER}:role/{role_name('console')}",
    ),
)
_COPIES: Final = tuple(
    call(
        f"{what} a copy of an address",
        "one function keeps copies",
        "ssm",
        operation,
        always(**more),
    )
    for what, operation, more in (
        (
            "puts",
            "put_parameter",
            {"Name": "/privatelink/attack/ip", "Value": "10.6.6.6", "Type": "String"},
        ),
        ("deletes", "delete_parameters", {"Names": ["/privatelink/attack/ip"]}),
    )
)
_LEDGER: Final = (
    call(
        "writes to the ledger",
        "who does not decide keeps no record",
        "dynamodb",
        "batch_write_item",
        lambda things: {
            "RequestItems": {
                things.own["Ledger"]: [
                    {"PutRequest": {"Item": {"pk": {"S": "x"}, "sk": {"S": "x"}}}}
                ]
            }
        },
    ),
    call(
        "changes the ledger",
        "who does not converge consumers has nothing to change",
        "dynamodb",
        "delete_item",
        lambda things: {
            "TableName": things.own["Ledger"],
            "Key": {"pk": {"S": "x"}, "sk": {"S": "x"}},
        },
    ),
)
_BUS: Final = (
    call(
        "puts events on the stack's bus",
        "who asks for nothing puts nothing",
        "events",
        "put_events",
        lambda things: {
            "Entries": [
                {
                    "EventBusName": things.own["EventBus"],
                    "Source": "attack",
                    "DetailType": "attack",
                    "Detail": "{}",
                }
            ]
        },
    ),
)


def _queues(reads: str, sends: str) -> tuple[OnProvider, ...]:
    """Return attacks on all queues but the one that is read and the one that is sent to."""
    return (
        *_each(_receiving, (queue for queue in ALL_QUEUES if queue != reads)),
        *_each(_sending, (queue for queue in ALL_QUEUES if queue != sends)),
    )


_BY_ANYBODY: Final = (*ON_NEIGHBOURS, *ON_THE_STACK)
WITHOUT_CONTROL: Final = frozenset(attack.what for attack in (*_ENTERING, *_LOOKING_IN))
"""Nobody may do these but whom the roles trust, an administrator neither: see `test_trust`."""

BY: Final[Mapping[str, tuple[OnProvider, ...]]] = {
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
        _LEDGER[1],
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
