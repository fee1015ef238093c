"""Runs the functions on what their queues hold, as Lambda does: containers, failures and all."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import ModuleType
from typing import Any, Final, Protocol

from accept_endpoint_connections import app as accept_app
from authorize_security_group_ingress import app as ingress_app
from privatelink.batches import in_turn
from publish_endpoint_addresses import app as publish_app
from relay_connection_notifications import app as relay_app
from sandbox.in_process.equipping import equip
from sandbox.in_process.invoking import Context
from tests.lifecycle.bus import ACCEPT, FUNCTIONS, INGRESS, PUBLISH, RELAY, Bus, Message, example
from tests.lifecycle.faults import Killed

_APPS: Final[Mapping[str, ModuleType]] = {
    RELAY: relay_app,
    ACCEPT: accept_app,
    INGRESS: ingress_app,
    PUBLISH: publish_app,
}

_AT_REST: Final = {"crew": in_turn, "_sleep": lambda _: None}
"""Lives are the same each time, and nobody waits."""


class Witness(Protocol):
    """Is told when an invocation begins and ends."""

    def begin(self, function: str) -> None:
        """See the world before."""
        ...

    def end(self, function: str) -> None:
        """See the world after."""
        ...


@dataclass
class Lambdas:
    """The functions, each with a warm container until it is killed."""

    bus: Bus
    clock: Callable[[], datetime]
    witness: Witness
    replacements: Mapping[str, object] = field(default_factory=dict)
    """Attributes to set on the functions' objects, such as a resolver of DNS names."""

    def deliver(self, function: str, most: int = 10) -> bool:
        """Hand a batch to a function; return whether there was any."""
        messages = self.bus.receive(function, most)
        if not messages:
            return False
        self.witness.begin(function)
        unfinished = self._invoke(function, messages)
        self.bus.give_back(function, unfinished)
        self.witness.end(function)
        return True

    def cool_down(self, *functions: str) -> None:
        """End the containers of functions, or all of them."""
        for function in functions or FUNCTIONS:
            _APPS[function].use_case.cache_clear()

    def _invoke(self, function: str, messages: Sequence[Message]) -> Sequence[Message]:
        app = _APPS[function]
        try:
            equip(app.use_case(), {**_AT_REST, "clock": self.clock, **self.replacements})
            response = app.lambda_handler(_event(function, messages), Context())
        except Killed:
            self.cool_down(function)
            return messages
        except Exception:  # noqa: BLE001 - Lambda does not care which one it was
            return messages
        failures = (response or {}).get("batchItemFailures", ())
        failed = {failure["itemIdentifier"] for failure in failures}
        return [message for message in messages if message.message_id in failed]


def _event(function: str, messages: Sequence[Message]) -> Mapping[str, Any]:
    if function != RELAY:
        return {"Records": [message.to_record() for message in messages]}
    return {"Records": list(_sns_records(messages))}


def _sns_records(messages: Sequence[Message]) -> Iterator[Mapping[str, Any]]:
    for message in messages:
        (record,) = example(RELAY, "endpoint_created")["Records"]
        yield record | {"Sns": record["Sns"] | {"Message": message.body}}
