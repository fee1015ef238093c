"""Connection notifications of endpoint services, in the service provider's account."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from privatelink.gateways.calls import translated_errors
from privatelink.model import ServiceId

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_ec2.type_defs import ConnectionNotificationTypeDef

CONNECTION_EVENTS: Final = ("Accept", "Connect", "Delete", "Reject")


@dataclass(frozen=True, kw_only=True)
class ConnectionNotification:
    """How a service notifies a topic of its connections."""

    notification_id: str
    is_enabled: bool
    has_all_events: bool


class ConnectionNotifications:
    """The connection notifications to one topic."""

    def __init__(self, ec2: "EC2Client", topic_arn: str) -> None:
        self._ec2 = ec2
        self._topic_arn = topic_arn

    def describe_vpc_endpoint_connection_notification(
        self, service_id: ServiceId
    ) -> ConnectionNotification | None:
        """Return how a service notifies the topic, or None: not at all."""
        with translated_errors("DescribeVpcEndpointConnectionNotifications"):
            pages = self._ec2.get_paginator(
                "describe_vpc_endpoint_connection_notifications"
            ).paginate(
                Filters=[{"Name": "connection-notification-arn", "Values": [self._topic_arn]}]
            )
            of_service = [
                row
                for page in pages
                for row in page["ConnectionNotificationSet"]
                if row.get("ServiceId") == service_id
            ]
        # Of several any that works is good enough; EC2 promises no order.
        found = sorted(map(_notification, of_service), key=lambda n: (not n.is_enabled,))
        return found[0] if found else None

    def create_vpc_endpoint_connection_notification(self, service_id: ServiceId) -> None:
        """Have a service notify the topic."""
        with translated_errors("CreateVpcEndpointConnectionNotification"):
            self._ec2.create_vpc_endpoint_connection_notification(
                ServiceId=service_id,
                ConnectionNotificationArn=self._topic_arn,
                ConnectionEvents=list(CONNECTION_EVENTS),
            )

    def modify_vpc_endpoint_connection_notification(self, notification_id: str) -> None:
        """Have a notification be sent for every kind of event."""
        with translated_errors("ModifyVpcEndpointConnectionNotification"):
            self._ec2.modify_vpc_endpoint_connection_notification(
                ConnectionNotificationId=notification_id, ConnectionEvents=list(CONNECTION_EVENTS)
            )


def _notification(row: "ConnectionNotificationTypeDef") -> ConnectionNotification:
    return ConnectionNotification(
        notification_id=row["ConnectionNotificationId"],
        is_enabled=row.get("ConnectionNotificationState", "Enabled") == "Enabled",
        has_all_events=set(CONNECTION_EVENTS) <= set(row.get("ConnectionEvents", ())),
    )
