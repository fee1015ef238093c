"""What PublishEndpointAddresses reads from its environment."""

from dataclasses import dataclass

from privatelink.settings import ConsumerSettings, ParameterPrefix


@dataclass(frozen=True, kw_only=True)
class Settings(ConsumerSettings):
    """The stack, the consumers' role, and the path that parameters stand under."""

    parameter_prefix: ParameterPrefix
