"""The service provider's account in a rehearsal: read from AWS, and changed in memory alone."""

from collections.abc import Iterable, Sequence
from copy import replace
from typing import TYPE_CHECKING

from console.rehearsal.deeds import DeedKind, Notebook
from console.rehearsal.states import States
from privatelink.gateways.allowed_principals import AllowedPrincipals
from privatelink.gateways.connection_notifications import (
    ConnectionNotification,
    ConnectionNotifications,
)
from privatelink.gateways.endpoint_services import EndpointServices
from privatelink.model import (
    AccountId,
    ConnectionState,
    EndpointConnection,
    ServiceId,
    VpcEndpointId,
)

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client


class RehearsedServices(EndpointServices):
    """Endpoint services whose connections are accepted and rejected on paper."""

    def __init__(self, ec2: "EC2Client", notebook: Notebook, states: States) -> None:
        super().__init__(ec2)
        self._notebook = notebook
        self._states = states

    def describe_vpc_endpoint_connections(
        self, service_id: ServiceId, owner: AccountId | None = None
    ) -> tuple[EndpointConnection, ...]:
        """Return the connections as they are after what has been decided."""
        seen = super().describe_vpc_endpoint_connections(service_id, owner)
        return tuple(map(self._after, seen))

    def accept_vpc_endpoint_connections(
        self,
        service_id: ServiceId,  # noqa: ARG002 - as EC2 is called
        vpc_endpoint_ids: Sequence[VpcEndpointId],
    ) -> None:
        """Note that connections would be accepted."""
        self._decide(vpc_endpoint_ids, DeedKind.ACCEPT_CONNECTION, ConnectionState.PENDING)

    def reject_vpc_endpoint_connections(
        self,
        service_id: ServiceId,  # noqa: ARG002 - as EC2 is called
        vpc_endpoint_ids: Sequence[VpcEndpointId],
    ) -> None:
        """Note that connections would be rejected."""
        self._decide(vpc_endpoint_ids, DeedKind.REJECT_CONNECTION, ConnectionState.REJECTED)

    def _decide(self, ids: Iterable[VpcEndpointId], kind: DeedKind, state: ConnectionState) -> None:
        for vpc_endpoint_id in ids:
            self._notebook.note(kind, vpc_endpoint_id)
            self._states.decided[vpc_endpoint_id] = state

    def _after(self, connection: EndpointConnection) -> EndpointConnection:
        state = self._states.after(connection.vpc_endpoint_id, connection.state)
        if state is connection.state:
            return connection
        return replace(connection, state=state, reported_state=state.value)


class RehearsedNotifications(ConnectionNotifications):
    """Connection notifications that are made and changed on paper."""

    def __init__(self, ec2: "EC2Client", topic_arn: str, notebook: Notebook) -> None:
        super().__init__(ec2, topic_arn)
        self._notebook = notebook
        self._kept: dict[ServiceId, ConnectionNotification] = {}

    def describe_vpc_endpoint_connection_notification(
        self, service_id: ServiceId
    ) -> ConnectionNotification | None:
        """Return how a service notifies the topic, or None: not at all."""
        found = super().describe_vpc_endpoint_connection_notification(service_id)
        return self._kept.get(service_id, found)

    def create_vpc_endpoint_connection_notification(self, service_id: ServiceId) -> None:
        """Note that a service would be made to notify the topic."""
        self._notebook.note(DeedKind.CREATE_NOTIFICATION, service_id)
        self._keep("rehearsed")

    def modify_vpc_endpoint_connection_notification(self, notification_id: str) -> None:
        """Note that a notification would be sent for every kind of event."""
        self._notebook.note(DeedKind.MODIFY_NOTIFICATION, notification_id)
        self._keep(notification_id)

    def _keep(self, notification_id: str) -> None:
        self._kept[self._notebook.service_id] = ConnectionNotification(
            notification_id=notification_id, is_enabled=True, has_all_events=True
        )


class RehearsedPrincipals(AllowedPrincipals):
    """Allowed principals that are added and removed on paper."""

    def __init__(self, ec2: "EC2Client", notebook: Notebook) -> None:
        super().__init__(ec2)
        self._notebook = notebook
        self._after: dict[ServiceId, frozenset[AccountId]] = {}

    def describe_vpc_endpoint_service_permissions(
        self, service_id: ServiceId
    ) -> frozenset[AccountId]:
        """Return the accounts whose roots are allowed."""
        if service_id not in self._after:
            return super().describe_vpc_endpoint_service_permissions(service_id)
        return self._after[service_id]

    def modify_vpc_endpoint_service_permissions(
        self, service_id: ServiceId, *, add: Iterable[AccountId], remove: Iterable[AccountId]
    ) -> None:
        """Note that accounts would be allowed, and others no more."""
        allowed = self.describe_vpc_endpoint_service_permissions(service_id)
        added, removed = frozenset(add), frozenset(remove)
        for account_id in sorted(added):
            self._notebook.note(DeedKind.ALLOW_PRINCIPAL, account_id)
        for account_id in sorted(removed):
            self._notebook.note(DeedKind.REMOVE_PRINCIPAL, account_id)
        self._after[service_id] = (allowed | added) - removed
