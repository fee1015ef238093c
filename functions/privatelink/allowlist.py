"""The allowlist: who may connect to which endpoint service, and from where.

The types are the schema of the document: a type's description says what is expected of a value,
and `_key` what the key is for, to those who write it in an editor.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cached_property
from typing import Annotated, Final

from msgspec import UNSET, Meta, Struct, UnsetType

from privatelink.allowlist_values import (
    Access,
    AccountIdText,
    Alias,
    Day,
    EndpointsMax,
    Flag,
    HoldTimeout,
    MaxWithdrawals,
    Mode,
    PortNumber,
    Protocol,
    Regions,
    ServiceIdText,
    SourceCidrs,
    Unlisted,
    collapse,
)
from privatelink.model import AccountId, Port, Region, ServiceId

DEFAULT_WITHDRAWALS: Final = 3
"""How many live connections of a service one pass may withdraw if its entry does not say."""


def _key(purpose: str, **schema: object) -> Meta:
    return Meta(extra_json_schema={"description": purpose, **schema})


class PortEntry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A port that the consumers of an entry may reach, instead of the load balancers' listeners."""

    port: PortNumber
    protocol: Protocol = "tcp"


Ports = Annotated[
    tuple[PortEntry, ...], Meta(min_length=1, description="a list of one or more ports")
]


class ConsumerEntry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A service consumer: an account that may connect, and the sources it connects from."""

    account_id: Annotated[
        AccountIdText,
        _key("The account that owns the endpoints, in quotes, since leading zeros count."),
    ]
    source_cidrs: Annotated[
        SourceCidrs,
        _key("The workloads' own addresses, which the endpoint's security groups let in."),
    ]
    alias: Annotated[Alias | None, _key("What people call the consumer.")] = None
    access: Annotated[
        Access,
        _key(
            "none: there is no role for us in the account. Nothing is done there, and the addresses"
            " that DNS tells are published in the provider's account only."
        ),
    ] = "role"
    endpoints_max: Annotated[
        EndpointsMax | None,
        _key("So many endpoints of the service, the oldest; others are held. Unlimited if absent."),
    ] = None
    regions: Annotated[
        Regions | None,
        _key("Regions that its endpoints may be in; the stack's own if absent."),
    ] = None
    ports: Annotated[
        Ports | None,
        _key("Ports to open; those of the load balancers' listeners if absent."),
    ] = None
    expires: Annotated[
        Day | None,
        _key("The last day, in UTC, on which the entry counts. Then its connections are cut."),
    ] = None

    @property
    def name(self) -> str:
        """What people call the consumer."""
        return self.alias or self.account_id

    @property
    def collapsed_cidrs(self) -> tuple[str, ...]:
        """The source CIDRs, adjacent and overlapping ones joined, IPv4 before IPv6."""
        return collapse(self.source_cidrs)

    @property
    def chosen_ports(self) -> frozenset[Port] | None:
        """The ports that the entry names, or None: those of the listeners."""
        if self.ports is None:
            return None
        return frozenset(
            Port(protocol=entry.protocol, from_port=entry.port, to_port=entry.port)
            for entry in self.ports
        )

    def has_expired(self, now: datetime) -> bool:
        """Whether the last day of the entry is over, in UTC."""
        return self.expires is not None and now.astimezone(UTC).date() > self.expires

    def allows_region(self, region: Region, *, home: Region) -> bool:
        """Whether an endpoint may stand in `region`; `home` is the stack's own."""
        return region in (self.regions or (home,))


class ServiceEntry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True):
    """An endpoint service and the consumers that may connect to it."""

    service_id: Annotated[ServiceIdText, _key("The endpoint service.")]
    consumers: Annotated[
        tuple[ConsumerEntry, ...],
        Meta(description="a list of consumers"),
        _key("The accounts that may connect, each once."),
    ] = ()
    unlisted: Annotated[
        Unlisted, _key("What happens to requests of accounts that are not listed.")
    ] = "hold"
    hold_timeout: Annotated[
        HoldTimeout | None,
        _key("After this time a held request of an account that is not listed is rejected."),
    ] = None
    # Left empty it is a mistake: somebody had a number in mind.
    max_withdrawals: (
        Annotated[
            MaxWithdrawals,
            _key(
                "If more live connections than that would be lost in one pass, none is, until the"
                f" number is raised. {DEFAULT_WITHDRAWALS} if absent."
            ),
        ]
        | UnsetType
    ) = UNSET
    manage_principals: Annotated[
        Flag,
        _key("Keep the accounts of valid entries among the service's allowed principals."),
    ] = False
    mode: Annotated[Mode, _key("observe: plan, log and record, and do nothing.")] = "enforce"

    @property
    def withdrawals_allowed(self) -> int:
        """How many live connections one pass may withdraw; if more would be, none is."""
        return DEFAULT_WITHDRAWALS if self.max_withdrawals is UNSET else self.max_withdrawals

    def consumer(self, account_id: AccountId) -> ConsumerEntry | None:
        """Return the entry of an account, or None: the account is not listed."""
        return self._by_account.get(account_id)

    @cached_property
    def _by_account(self) -> Mapping[str, ConsumerEntry]:
        return {entry.account_id: entry for entry in self.consumers}


def removed_service(service_id: ServiceId) -> ServiceEntry:
    """Return what counts for a service that has been taken out of the allowlist.

    Nobody is let in and nobody cut: a service may be missing by a slip.
    """
    return ServiceEntry(service_id=service_id, max_withdrawals=0)


class Document(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who may connect to which endpoint service, and from where."""

    services: Annotated[
        dict[Alias, ServiceEntry],
        Meta(description="a mapping of aliases to services"),
        _key("The endpoint services, by the names that consumers see in parameter names."),
    ]


class Allowlist(Struct, frozen=True, kw_only=True, dict=True):
    """A valid allowlist. `version` is a digest of the document: the same text, the same version."""

    version: str
    services: Mapping[str, ServiceEntry]

    def service(self, service_id: ServiceId) -> tuple[str, ServiceEntry] | None:
        """Return the alias and the entry of a service, or None: it is not ours to decide about."""
        return self._by_id.get(service_id)

    @cached_property
    def _by_id(self) -> Mapping[str, tuple[str, ServiceEntry]]:
        return {entry.service_id: (alias, entry) for alias, entry in self.services.items()}

    def looked_after(self, tracked: Iterable[ServiceId]) -> tuple[ServiceId, ...]:
        """Return the services that are listed, and then those that have been; `tracked` are both.

        One that has been taken out is looked after until nothing is left.
        """
        return tuple(dict.fromkeys((*self.service_ids, *sorted(tracked))))

    @property
    def service_ids(self) -> tuple[ServiceId, ...]:
        """All services, in the order of the document."""
        return tuple(ServiceId(entry.service_id) for entry in self.services.values())
