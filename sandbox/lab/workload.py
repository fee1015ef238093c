"""A workload of the SDDC, which knows no more than where to look the address up."""

from dataclasses import dataclass

from sandbox.accounts import CONSUMER
from sandbox.lab.network import Answer, Network
from sandbox.walkthrough import Walkthrough


@dataclass(frozen=True)
class Workload:
    """Looks the address up in its account's Parameter Store, and asks there."""

    walkthrough: Walkthrough
    network: Network

    def address(self) -> str | None:
        """Return what is published, or None: nothing is."""
        name = self.walkthrough.parameter_name(CONSUMER)
        return self.walkthrough.parameters(CONSUMER).get(name)

    def ask(self, port: int = 80, source: str | None = None) -> Answer | None:
        """Ask for a page; return None if there is no address to ask at, or no answer."""
        address = self.address()
        return self.network.ask(address, port, source=source) if address else None
