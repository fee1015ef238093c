"""What RelayConnectionNotifications reads from its environment."""

from dataclasses import dataclass

from privatelink.environment import Name


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The bus that the notifications are put on."""

    event_bus_name: Name
