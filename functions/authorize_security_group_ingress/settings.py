"""What AuthorizeSecurityGroupIngress reads from its environment."""

from dataclasses import dataclass

from privatelink.settings import ConsumerSettings


@dataclass(frozen=True, kw_only=True)
class Settings(ConsumerSettings):
    """The stack and the consumers' role."""
