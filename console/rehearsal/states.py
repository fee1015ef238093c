"""The states that endpoint connections come to in a rehearsal."""

from dataclasses import dataclass, field

from privatelink.model import ConnectionState, VpcEndpointId


@dataclass
class States:
    """What has been decided about endpoints, as EC2 would show it from then on."""

    decided: dict[VpcEndpointId, ConnectionState] = field(default_factory=dict)
    time_has_passed: bool = False
    """Whether endpoints that were pending have become available."""

    def after(self, vpc_endpoint_id: VpcEndpointId, seen: ConnectionState) -> ConnectionState:
        """Return the state of an endpoint that EC2 shows as `seen`."""
        state = self.decided.get(vpc_endpoint_id, seen)
        if self.time_has_passed and state is ConnectionState.PENDING:
            return ConnectionState.AVAILABLE
        return state
