"""What the allowlist and the ledger tell before anything is checked."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from console.checks.check import Check, Question
from console.errors import ConsoleError
from console.provider import Provider
from privatelink.allowlist import Allowlist, ServiceEntry
from privatelink.errors import AllowlistError
from privatelink.gateways.records import ServiceRecord
from privatelink.model import ServiceId


@dataclass(frozen=True, kw_only=True)
class Known:
    """Services by what people call them: `listed` are in the allowlist, `records` have been, too.

    `complaints` say that the ledger could not be read.
    """

    allowlist: Allowlist | AllowlistError
    listed: Mapping[str, ServiceEntry]
    records: Mapping[str, ServiceRecord] = field(default_factory=dict)
    complaints: tuple[Check, ...] = ()

    @classmethod
    def read(cls, provider: Provider) -> Self:
        """Read the allowlist and the ledger as far as they can be read."""
        allowlist: Allowlist | AllowlistError
        try:
            allowlist = provider.allowlists.get()
        except AllowlistError as error:
            allowlist = error
        listed = allowlist.services if isinstance(allowlist, Allowlist) else {}
        records: dict[str, ServiceRecord] = {}

        def look() -> Iterator[Check]:
            for name, service_id in _names(listed, provider.ledger.read_tracked_services()):
                records[name] = provider.ledger.read_service(service_id)
            yield from ()

        complaints = Question("findings/ledger", "ledger").answer(look)
        return cls(allowlist=allowlist, listed=listed, records=records, complaints=complaints)

    @property
    def account_ids(self) -> frozenset[str]:
        """The accounts that are listed for any service."""
        return frozenset(
            consumer.account_id for entry in self.listed.values() for consumer in entry.consumers
        )

    def only(self, wanted: str | None) -> Self:
        """Return what is known of one service, by alias or id; raise ConsoleError: there is none.

        None: of all.
        """
        if wanted is None:
            return self
        aliases = {entry.service_id: alias for alias, entry in self.listed.items()}
        name = aliases.get(wanted, wanted)
        names = dict.fromkeys((*self.listed, *self.records))
        if name not in names:
            raise ConsoleError(
                f"No service {wanted} is looked after.",
                f"Those that are: {', '.join(names) or 'none'}",
            )
        return replace(
            self,
            listed={each: self.listed[each] for each in self.listed if each == name},
            records={each: self.records[each] for each in self.records if each == name},
        )


def _names(
    listed: Mapping[str, ServiceEntry], tracked: Iterable[ServiceId]
) -> Iterator[tuple[str, ServiceId]]:
    """Yield services that are listed, and then those that have been, with what they are called."""
    for alias, entry in listed.items():
        yield alias, ServiceId(entry.service_id)
    in_force = {entry.service_id for entry in listed.values()}
    yield from ((each, each) for each in sorted(tracked) if each not in in_force)
