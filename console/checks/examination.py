"""Everything that is checked about a deployment, in the order in which it is told."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from typing import Self

from console.checks.allowlist import check_allowlist
from console.checks.check import Check, Question
from console.checks.consumers import ConsumerChecks
from console.checks.findings import check_findings
from console.checks.forwarding import check_forwarding
from console.checks.known import Known
from console.checks.notifications import check_notifications
from console.checks.parts import Part, read_parts
from console.checks.queues import check_queues
from console.checks.services import check_services
from console.checks.stack import check_stack
from console.checks.sweeps import check_sweeps
from console.checks.topic import check_topic
from console.deployed import DeployedStack
from console.gateways.plumbing import Plumbing
from console.gateways.readers import reader_sessions
from console.provider import Provider
from privatelink.allowlist import Allowlist, ServiceEntry
from privatelink.gateways.sessions import ConsumerSessions


@dataclass(frozen=True, kw_only=True)
class Examination:
    """Looks at one deployment; `tell` is told what is being looked at."""

    deployed: DeployedStack
    provider: Provider
    plumbing: Plumbing
    sessions: ConsumerSessions
    now: datetime
    tell: Callable[[str], None]

    @classmethod
    def begin(cls, deployed: DeployedStack, now: datetime, tell: Callable[[str], None]) -> Self:
        """Make the clients."""
        return cls(
            deployed=deployed,
            provider=Provider.connect(deployed),
            plumbing=Plumbing.connect(deployed),
            sessions=reader_sessions(deployed),
            now=now,
            tell=tell,
        )

    def examine(self, service: str | None) -> Iterator[Check]:
        """Check everything, or what concerns one service; raise ConsoleError: there is no such."""
        self.tell("allowlist and ledger")
        everything = Known.read(self.provider)
        known = everything.only(service)
        told: set[str] = set()
        for check in self._look(known, everything):
            told |= {check.finding} - {""}
            yield check
        yield from known.complaints
        yield from check_findings(known.records, told)

    def _look(self, known: Known, everything: Known) -> Iterator[Check]:
        """Look at what is there now; what is on record comes last."""
        yield from check_stack(self.deployed, version=version("privatelink-autopilot"))
        yield from check_allowlist(self.plumbing.deployments, known.allowlist)
        self.tell("hints")
        yield from check_topic(self.plumbing.topics, self.deployed)
        if isinstance(everything.allowlist, Allowlist):
            # Without it, whoever forwards would seem to be a stranger.
            bus_name = self.deployed.accept.event_bus_name
            yield from check_forwarding(self.plumbing.buses, bus_name, everything.account_ids)
        yield from check_sweeps(self.plumbing, self.deployed, self.now)
        yield from check_notifications(self.provider.notifications, known.listed)
        self.tell("services")
        yield from check_services(self.provider, known.listed)
        self.tell("queues")
        yield from check_queues(self.plumbing.queues, self.deployed.physical_ids)
        self.tell("consumers")
        yield from self._look_into_consumers(known)

    def _look_into_consumers(self, known: Known) -> Iterator[Check]:
        parts: list[Part] = []
        for alias, entry in known.listed.items():
            yield from self._gather(parts, alias, entry)
        checks = ConsumerChecks(
            sessions=self.sessions,
            records=tuple(known.records.values()),
            home=self.deployed.region,
        )
        yield from checks.check(parts, self.tell)

    def _gather(self, parts: list[Part], alias: str, entry: ServiceEntry) -> tuple[Check, ...]:
        """Add the parts of a service's consumers, or say that they could not be read."""
        question = Question(f"consumers/{alias}", f"live connections of {alias}")

        def look() -> Iterator[Check]:
            parts.extend(read_parts(self.provider, self.plumbing, alias, entry, self.now))
            yield from ()

        return question.answer(look)
