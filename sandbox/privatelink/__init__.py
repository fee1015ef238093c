"""AWS PrivateLink as its provider sees it, on top of moto's EC2.

    privatelink = PrivateLink(pending_seconds=30)
    with privatelink.install(), mock_aws():
        ...

What moto lacks or has otherwise than EC2 is replaced while the model is installed: endpoint
connections with their states, connection notifications, the network interfaces of endpoints, the
rules of security groups, routes and the health of targets. `patches` is the list. What AWS
documents nowhere is marked "inferred" where it is decided.

Not modelled: what AWS asks of either side before an endpoint may be in another Region than its
service (the permission `vpce:AllowMultiRegion`, Regions opted in to, two zones), what is shared
through RAM, IPv6, Gateway Load Balancers, the service's payer and private DNS names, and time
that AWS takes for anything but an acceptance.
"""

from contextlib import ExitStack
from dataclasses import dataclass

from sandbox.privatelink import load_balancers, notifications, patches
from sandbox.privatelink.behaviour import Behaviour, NetworkInterfaces
from sandbox.privatelink.connections import ConnectionState
from sandbox.privatelink.load_balancers import TargetState
from sandbox.privatelink.models import endpoint_services
from sandbox.privatelink.notifications import NotificationState

__all__ = [
    "ConnectionState",
    "NetworkInterfaces",
    "NotificationState",
    "PrivateLink",
    "TargetState",
]


@dataclass
class PrivateLink(Behaviour):
    """The model with its settings, which may be changed at any time."""

    def install(self) -> ExitStack:
        """Patch moto's EC2; closing the returned stack, or leaving its block, restores it.

        A server ignores the stack and keeps the model for good.
        """
        return patches.install(self)

    def put_connection_in_state(self, vpc_endpoint_id: str, state: ConnectionState) -> None:
        """Let a connection be in any state: AWS makes one `failed` or `expired` without a call.

        Raises LookupError if no endpoint of an endpoint service has the id.
        """
        for service in endpoint_services():
            if vpc_endpoint_id in service.endpoints:
                endpoint = service.endpoints[vpc_endpoint_id]
                endpoint.connection = endpoint.connection.put_in(
                    ConnectionState(state), now=self.clock()
                )
                return
        raise LookupError(vpc_endpoint_id)

    def put_notification_in_state(
        self, connection_notification_id: str, state: NotificationState
    ) -> None:
        """Let a connection notification be `Disabled`, which stops it, or `Enabled` again.

        Raises LookupError if no account has it.
        """
        notifications.put_notification_in_state(connection_notification_id, state)

    def put_target_in_state(
        self, target_group_arn: str, target_id: str, state: TargetState
    ) -> None:
        """Let a registered target of a load balancer be in any state, such as `unhealthy`.

        Raises LookupError if the target group does not have it.
        """
        load_balancers.put_target_in_state(target_group_arn, target_id, state)
