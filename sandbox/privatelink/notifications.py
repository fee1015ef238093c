"""Connection notifications: who is told which event of a connection, through an SNS topic.

The model publishes `Connect` when the endpoint is created, `Accept` and `Reject` when the provider
decides, and `Delete` when the consumer deletes the endpoint. That a service without required
acceptance causes no `Accept` is inferred.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from moto.core.responses import ActionResult
from moto.ec2.exceptions import InvalidVpcEndPointIdError, MissingParameterError
from moto.ec2.models import EC2Backend
from moto.ec2.responses import EC2Response

from sandbox.privatelink import refusals
from sandbox.privatelink.identifiers import new_id
from sandbox.privatelink.listing import UP_TO_A_THOUSAND, Filters, paged
from sandbox.privatelink.models import InterfaceEndpoint, all_backends, behaviour_of
from sandbox.privatelink.services import own_service


class NotificationState(StrEnum):
    """Whether a notification is delivered. When AWS disables one is documented nowhere."""

    ENABLED = "Enabled"
    DISABLED = "Disabled"


class ConnectionEvent(StrEnum):
    """An event that a notification can be about."""

    ACCEPT = "Accept"
    CONNECT = "Connect"
    DELETE = "Delete"
    REJECT = "Reject"


@dataclass
class ConnectionNotification:
    """A connection notification, with its fields named as the API's answers have them."""

    connection_notification_id: str
    service_id: str | None
    vpc_endpoint_id: str | None
    connection_notification_arn: str
    connection_events: list[str]
    service_region: str
    connection_notification_state: str = NotificationState.ENABLED
    connection_notification_type: str = "Topic"


FILTERS: Final = Filters[ConnectionNotification](
    {
        "connection-notification-arn": lambda each: [each.connection_notification_arn],
        "connection-notification-id": lambda each: [each.connection_notification_id],
        "connection-notification-state": lambda each: [each.connection_notification_state],
        "connection-notification-type": lambda each: [each.connection_notification_type],
        "service-id": lambda each: [each.service_id or ""],
        "vpc-endpoint-id": lambda each: [each.vpc_endpoint_id or ""],
    }
)


def create_vpc_endpoint_connection_notification(request: EC2Response) -> ActionResult:
    """Create a notification for a service of the account, or for one endpoint of it."""
    request.error_on_dryrun()
    backend = request.ec2_backend
    service_id = request.params.get("ServiceId")
    endpoint_id = request.params.get("VpcEndpointId")
    if service_id:
        own_service(request)
    elif endpoint_id and endpoint_id not in backend.vpc_end_points:
        raise InvalidVpcEndPointIdError(endpoint_id)
    elif not endpoint_id:
        raise MissingParameterError("ServiceId")
    notification = ConnectionNotification(
        new_id("vpce-nfn"),
        service_id,
        endpoint_id,
        _topic(request.params["ConnectionNotificationArn"]),
        _events(request.params["ConnectionEvents"]),
        _service_region(backend, endpoint_id),
    )
    notifications_of(backend)[notification.connection_notification_id] = notification
    return ActionResult(
        {
            "ConnectionNotification": notification,
            "ClientToken": request.params.get("ClientToken"),
        }
    )


def describe_vpc_endpoint_connection_notifications(request: EC2Response) -> ActionResult:
    """Describe the notifications of the account."""
    request.error_on_dryrun()
    asked = request.params.get("ConnectionNotificationId")
    notifications = (
        [_existing(request.ec2_backend, asked)]
        if asked
        else notifications_of(request.ec2_backend).values()
    )
    found = FILTERS(notifications, request.params.get("Filters", []))
    return paged(request, found, UP_TO_A_THOUSAND, key="ConnectionNotificationSet")


def modify_vpc_endpoint_connection_notification(request: EC2Response) -> ActionResult:
    """Change the topic or the events of a notification.

    That a disabled one stays so is inferred.
    """
    request.error_on_dryrun()
    params = request.params
    notification = _existing(request.ec2_backend, params["ConnectionNotificationId"])
    topic = _topic(
        params.get("ConnectionNotificationArn", notification.connection_notification_arn)
    )
    events = _events(params.get("ConnectionEvents") or notification.connection_events)
    notification.connection_notification_arn = topic
    notification.connection_events = events
    return ActionResult({"ReturnValue": True})


def delete_vpc_endpoint_connection_notifications(request: EC2Response) -> ActionResult:
    """Delete notifications; unknown ones come back as `Unsuccessful`."""
    request.error_on_dryrun()
    backend = request.ec2_backend

    def delete(notification_id: str) -> None:
        _existing(backend, notification_id)
        del notifications_of(backend)[notification_id]

    ids = request.params["ConnectionNotificationIds"]
    return ActionResult({"Unsuccessful": refusals.unsuccessful(ids, delete)})


def announce(endpoint: InterfaceEndpoint, event: ConnectionEvent) -> None:
    """Publish an event to everybody who asked for it, the service's owner first.

    Each is told in its own Region.
    """
    service = endpoint.service
    for backend, subject in (
        (service.ec2_backend, service.id),
        (endpoint.ec2_backend, endpoint.id),
    ):
        for each in list(notifications_of(backend).values()):
            if (
                subject in {each.service_id, each.vpc_endpoint_id}
                and each.connection_notification_state == NotificationState.ENABLED
                and event in each.connection_events
            ):
                behaviour_of(backend).notify(
                    backend.account_id,
                    backend.region_name,
                    each.connection_notification_arn,
                    message(endpoint, event),
                )


def message(endpoint: InterfaceEndpoint, event: ConnectionEvent) -> str:
    """Return a plausible notification: AWS publishes its format nowhere.

    It contains the ids of service and endpoint, as any real one must. Nothing may depend on its
    shape or on the name of a field.
    """
    return json.dumps(
        {
            "event": event,
            "serviceId": endpoint.service.id,
            "vpcEndpointId": endpoint.id,
            "vpcEndpointOwner": endpoint.owner_id,
            "vpcEndpointState": endpoint.state,
        }
    )


def notifications_of(backend: EC2Backend) -> dict[str, ConnectionNotification]:
    """Return the notifications of one account and Region, oldest first, by id.

    They are kept on moto's backend and end with it.
    """
    notifications: dict[str, ConnectionNotification] = vars(backend).setdefault(
        "privatelink_notifications", {}
    )
    return notifications


def put_notification_in_state(connection_notification_id: str, state: NotificationState) -> None:
    """Let a notification of any account be in a state; LookupError if there is none such."""
    for backend in all_backends():
        if connection_notification_id in notifications_of(backend):
            notification = notifications_of(backend)[connection_notification_id]
            notification.connection_notification_state = NotificationState(state)
            return
    raise LookupError(connection_notification_id)


def _service_region(backend: EC2Backend, endpoint_id: str | None) -> str:
    endpoint = backend.vpc_end_points.get(endpoint_id or "")
    region: str = getattr(endpoint, "service_region", backend.region_name)
    return region


def _existing(backend: EC2Backend, notification_id: str) -> ConnectionNotification:
    try:
        return notifications_of(backend)[notification_id]
    except KeyError as exc:
        raise refusals.unknown_notification(notification_id) from exc


def _topic(arn: str) -> str:
    if arn.split(":")[:1] + arn.split(":")[2:3] != ["arn", "sns"]:
        raise refusals.invalid_value("ConnectionNotificationArn", arn)
    return arn


def _events(events: Collection[str]) -> list[str]:
    for each in events:
        if each not in list(ConnectionEvent):
            raise refusals.invalid_value("ConnectionEvents", each)
    return list(events)
