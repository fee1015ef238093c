"""The stack's own resources, as each of its functions reaches them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from privatelink.findings import Finding
from privatelink.gateways.allowlists import DeployedAllowlist
from privatelink.gateways.clients import client
from privatelink.gateways.events import EventBus
from privatelink.gateways.findings import FindingReporter
from privatelink.gateways.ledger import Ledger
from privatelink.gateways.tables import Table
from privatelink.model import Owner
from privatelink.settings import StackSettings


@dataclass(frozen=True, kw_only=True)
class Stack:
    """The allowlist, the ledger and the event bus; `owner` is what marks things as this stack's.

    In `observes` mode nothing is done but planning, about whatever service.
    """

    owner: Owner
    observes: bool
    allowlists: DeployedAllowlist
    ledger: Ledger
    bus: EventBus
    reporter: FindingReporter

    @classmethod
    def connect(cls, settings: StackSettings, on_finding: Callable[[Finding], None]) -> Self:
        """Make the clients; `on_finding` is told of each finding when it is new."""
        bus = EventBus(client("events"), settings.event_bus_name)
        dynamodb = client("dynamodb")
        ledger = Ledger(Table(dynamodb, settings.ledger_table))
        return cls(
            owner=settings.read_owner(),
            observes=settings.mode == "observe",
            allowlists=DeployedAllowlist.of(settings, client("appconfigdata")),
            ledger=ledger,
            bus=bus,
            reporter=FindingReporter(ledger=ledger, bus=bus, on_raised=on_finding),
        )
