"""What several functions read from their environment."""

from dataclasses import dataclass

from privatelink.environment import Mode, Name, OwnerText
from privatelink.model import AccountId, Owner, Region


@dataclass(frozen=True, kw_only=True)
class DecisionSettings:
    """Where the allowlist and the ledger are, which decisions are made by."""

    owner: OwnerText
    allowlist_application: Name
    allowlist_environment: Name
    allowlist_profile: Name
    ledger_table: Name
    mode: Mode

    def read_owner(self) -> Owner:
        """Return the stack by whose name things are marked as ours."""
        account_id, region, stack = self.owner.split("/")
        return Owner(account_id=AccountId(account_id), region=Region(region), stack=stack)


@dataclass(frozen=True, kw_only=True)
class StackSettings(DecisionSettings):
    """Where the stack's own resources are: what every function that acts has to know."""

    event_bus_name: Name


@dataclass(frozen=True, kw_only=True)
class ConsumerSettings(StackSettings):
    """How to enter a consumer's account."""

    consumer_role_name: Name
    consumer_external_id: Name
