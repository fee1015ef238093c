"""Puts connection notifications of endpoint services on the event bus.

Trigger: the SNS topic that the endpoint services of the allowlist notify.
Effect: one `Endpoint Connection Notification` event a message, with the ids found in it.
Permissions: events:PutEvents on the stack's bus.

AWS documents the JSON of a notification nowhere, so that ids are taken from wherever they stand; a
message without any is still a hint that something happened.
"""

import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from privatelink.environment import from_environ
from privatelink.event_names import NOTIFICATION
from privatelink.gateways.clients import client
from privatelink.gateways.events import Event, EventBus
from privatelink.mentions import find_service_ids, find_vpc_endpoint_ids
from relay_connection_notifications.settings import Settings

_NAMED_MAX: Final = 100
_SHOWN_MAX: Final = 4096
"""So many characters of a message are logged at DEBUG."""


@dataclass(frozen=True, kw_only=True)
class RelayConnectionNotifications:
    """Turns the text of notifications into events."""

    bus: EventBus

    def __call__(self, messages: list[str]) -> None:
        """Put one event a message."""
        self.bus.put_events([_event(message) for message in messages])


def _event(message: str) -> Event:
    return Event(
        NOTIFICATION,
        {
            "service_ids": _named(find_service_ids(message)),
            "vpc_endpoint_ids": _named(find_vpc_endpoint_ids(message)),
        },
    )


def _named(ids: Collection[str]) -> list[str]:
    """Return ids in order; none, which stands for all there are, if an event may not carry them."""
    return sorted(ids) if len(ids) <= _NAMED_MAX else []


@cache
def use_case() -> RelayConnectionNotifications:
    """Build the use case from the environment."""
    settings = from_environ(Settings, os.environ)
    return RelayConnectionNotifications(bus=EventBus(client("events"), settings.event_bus_name))


def lambda_handler(event: Mapping[str, Any], context: object) -> None:
    """Relay the messages of an SNS event; what fails is retried by Lambda, then dead-lettered."""
    messages = [str(record.get("Sns", {}).get("Message", "")) for record in event["Records"]]
    if os.environ.get("POWERTOOLS_LOG_LEVEL") == "DEBUG":
        _log(messages, context)
    use_case()(messages)


def _log(messages: Iterable[str], context: object) -> None:
    from privatelink.telemetry import logger  # noqa: PLC0415 - it takes longer than all the rest

    @logger.inject_lambda_context(log_event=False)  # whatever the environment says
    def log(_: object, __: object) -> None:
        for message in messages:
            logger.debug("connection notification", extra={"message_body": message[:_SHOWN_MAX]})

    log({}, context)


if "AWS_LAMBDA_RUNTIME_API" in os.environ:
    # In Lambda the clients are made during INIT.
    use_case()
