"""What ValidateAllowlist reads from its environment."""

from dataclasses import dataclass

from privatelink.settings import DecisionSettings


@dataclass(frozen=True, kw_only=True)
class Settings(DecisionSettings):
    """What decisions are made by, and nothing else: nothing is done about them."""
