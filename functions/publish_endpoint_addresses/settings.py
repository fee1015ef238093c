"""What PublishEndpointAddresses reads from its environment."""

from dataclasses import dataclass

from privatelink.environment import ParameterPrefix
from privatelink.settings import ConsumerSettings


@dataclass(frozen=True, kw_only=True)
class Settings(ConsumerSettings):
    """The stack, the consumers' role, and the path that parameters stand under."""

    parameter_prefix: ParameterPrefix
