"""AWS PrivateLink as its provider sees it, on top of moto's EC2.

    privatelink = PrivateLink(pending_seconds=30)
    with privatelink.install(), mock_aws():
        ...

What moto lacks or has otherwise than EC2 is replaced while the model is installed: endpoint
connections with their states, connection notifications, the network interfaces of endpoints and
the rules of security groups. `patches` is the list. What AWS documents nowhere is marked
"inferred" where it is decided.

Not modelled: endpoints of another Region than their service, IPv6, Gateway Load Balancers, the
service's payer and private DNS names, and time that AWS takes for anything but an acceptance.
"""

from contextlib import ExitStack
from dataclasses import dataclass

from sandbox.privatelink import patches
from sandbox.privatelink.behaviour import Behaviour, NetworkInterfaces
from sandbox.privatelink.connections import ConnectionState
from sandbox.privatelink.models import endpoint_services

__all__ = ["ConnectionState", "NetworkInterfaces", "PrivateLink"]


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
