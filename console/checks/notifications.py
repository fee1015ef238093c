"""Whether each endpoint service notifies the topic of its connections."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from console.checks.check import Check, Question
from privatelink.allowlist import ServiceEntry
from privatelink.findings import Finding, FindingKind
from privatelink.gateways.connection_notifications import (
    ConnectionNotification,
    ConnectionNotifications,
)
from privatelink.model import ServiceId

_NEXT_SWEEP: Final = (
    "The next sweep mends it; if it does not, the log of AcceptEndpointConnections says why."
)


def check_notifications(
    notifications: ConnectionNotifications, services: Mapping[str, ServiceEntry]
) -> Iterable[Check]:
    """Check the connection notifications of services, by their aliases."""
    for alias, entry in services.items():
        yield from _look(notifications, alias, ServiceId(entry.service_id))


def _look(
    notifications: ConnectionNotifications, alias: str, service_id: ServiceId
) -> tuple[Check, ...]:
    question = Question(f"hints/notification/{alias}", f"connection notification of {alias}")

    def look() -> Iterator[Check]:
        found = notifications.describe_vpc_endpoint_connection_notification(service_id)
        yield check_notification(question, service_id, found)

    return question.answer(look)


def check_notification(
    question: Question, service_id: ServiceId, found: ConnectionNotification | None
) -> Check:
    """Check that a service notifies the topic of everything."""
    if found is None:
        return question.problem(
            "there is none to this stack's topic, so that requests wait for the next sweep",
            _NEXT_SWEEP,
        )
    if not found.is_enabled:
        return question.amiss(
            Finding(
                kind=FindingKind.NOTIFICATION_DISABLED,
                subject=service_id,
                evidence={"notification": found.notification_id},
            )
        )
    if not found.has_all_events:
        return question.warning(
            f"{found.notification_id} is not sent for every kind of event", _NEXT_SWEEP
        )
    return question.ok(f"{found.notification_id} is enabled, for every kind of event")
