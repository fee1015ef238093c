"""The allowlist: who may connect to which endpoint service, and from where.

The types are the schema of the document: a field's description says what is expected of it.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network
from typing import Annotated, Final, Literal, Self

from msgspec import Meta, Struct

from privatelink.model import AccountId, Port, Region, ServiceId

_CIDR: Final = re.compile(r"[0-9a-fA-F.:]+/(0|[1-9][0-9]{0,2})")
_DURATION: Final = re.compile(r"([1-9][0-9]{0,4})([mhd])")
_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days"}


class Cidr(str):
    """A network in canonical text, as EC2 keeps it: 100.68.0.18/18 becomes 100.68.0.0/18."""

    __slots__ = ()

    def __new__(cls, text: object) -> Self:
        """Read a CIDR, or raise ValueError."""
        if not isinstance(text, str) or not _CIDR.fullmatch(text):
            raise ValueError(text)
        network = ip_network(text, strict=False)
        # /0 would admit every address there is; EC2 writes IPv4-mapped addresses in other ways.
        if network.prefixlen == 0 or getattr(network.network_address, "ipv4_mapped", None):
            raise ValueError(text)
        return super().__new__(cls, network)


def collapse(cidrs: Iterable[str]) -> tuple[str, ...]:
    """Join adjacent and overlapping CIDRs, IPv4 before IPv6."""
    networks = [ip_network(cidr, strict=False) for cidr in cidrs]
    v4 = collapse_addresses(n for n in networks if isinstance(n, IPv4Network))
    v6 = collapse_addresses(n for n in networks if isinstance(n, IPv6Network))
    return (*map(str, v4), *map(str, v6))


class Duration(timedelta):
    """A time in one unit: 90m, 72h or 3d."""

    def __new__(cls, text: object) -> Self:
        """Read a time, or raise ValueError."""
        match = _DURATION.fullmatch(text) if isinstance(text, str) else None
        if match is None:
            raise ValueError(text)
        return super().__new__(cls, **{_UNITS[match[2]]: int(match[1])})


Alias = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9][a-z0-9-]{0,62}\Z",
        description="lower-case letters, digits and hyphens, at most 63",
    ),
]
ServiceIdText = Annotated[
    str,
    Meta(
        pattern=r"^vpce-svc-[0-9a-f]{8,17}\Z", description="an id like vpce-svc-0123456789abcdef0"
    ),
]
AccountIdText = Annotated[
    str, Meta(pattern=r"^[0-9]{12}\Z", description="a quoted string of 12 digits")
]
RegionText = Annotated[
    str, Meta(pattern=r"^[a-z]{2}(-[a-z]+)+-[0-9]\Z", description="a Region like ap-northeast-1")
]
SourceCidr = Annotated[
    Cidr, Meta(description="an IPv4 or IPv6 CIDR like 192.168.0.0/20, longer than /0")
]
SourceCidrs = Annotated[
    tuple[SourceCidr, ...], Meta(min_length=1, description="a list of one or more CIDRs")
]
Regions = Annotated[
    tuple[RegionText, ...], Meta(min_length=1, description="a list of one or more Regions")
]
HoldTimeout = Annotated[Duration, Meta(description="a time like 72h, 3d or 90m")]
EndpointsMax = Annotated[int, Meta(ge=1, description="a whole number from 1")]
MaxWithdrawals = Annotated[int, Meta(ge=0, description="a whole number from 0")]
Flag = Annotated[bool, Meta(description="true or false")]
Access = Annotated[Literal["role", "none"], Meta(description="role or none")]
Mode = Annotated[Literal["enforce", "observe"], Meta(description="enforce or observe")]
PortNumber = Annotated[int, Meta(ge=1, le=65535, description="a whole number from 1 to 65535")]


class PortEntry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A port that the consumers of an entry may reach, instead of the load balancers' listeners."""

    port: PortNumber
    protocol: Annotated[Literal["tcp", "udp"], Meta(description="tcp or udp")] = "tcp"


Ports = Annotated[
    tuple[PortEntry, ...], Meta(min_length=1, description="a list of one or more ports")
]


class ConsumerEntry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A service consumer: an account that may connect, and the sources it connects from.

    With `access: none` there is no role for us in the account: nothing is done there, and the
    addresses that DNS tells are published in the provider's account only. `expires` is the last day
    on which the entry counts, in UTC.
    """

    account_id: AccountIdText
    source_cidrs: SourceCidrs
    alias: Alias | None = None
    access: Access = "role"
    endpoints_max: EndpointsMax | None = None
    regions: Regions | None = None
    ports: Ports | None = None
    expires: Annotated[date | None, Meta(description="a day like 2027-03-31")] = None

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


class ServiceEntry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An endpoint service and the consumers that may connect to it.

    At most `max_withdrawals` live connections are withdrawn in one pass; if more would be, none is.
    With `manage_principals` the accounts of valid entries are kept among the service's allowed
    principals. In `observe` mode everything is planned and nothing done.
    """

    service_id: ServiceIdText
    consumers: Annotated[tuple[ConsumerEntry, ...], Meta(description="a list of consumers")] = ()
    unlisted: Annotated[Literal["hold", "reject"], Meta(description="hold or reject")] = "hold"
    hold_timeout: HoldTimeout | None = None
    max_withdrawals: MaxWithdrawals = 3
    manage_principals: Flag = False
    mode: Mode = "enforce"

    def consumer(self, account_id: AccountId) -> ConsumerEntry | None:
        """Return the entry of an account, or None: the account is not listed."""
        return next((entry for entry in self.consumers if entry.account_id == account_id), None)


def removed_service(service_id: ServiceId) -> ServiceEntry:
    """Return what counts for a service that has been taken out of the allowlist.

    Nobody is let in and nobody cut: a service may be missing by a slip.
    """
    return ServiceEntry(service_id=service_id, max_withdrawals=0)


class Document(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole document."""

    services: Annotated[
        dict[Alias, ServiceEntry], Meta(description="a mapping of aliases to services")
    ]


class Allowlist(Struct, frozen=True, kw_only=True):
    """A valid allowlist. `version` is a digest of the document: the same text, the same version."""

    version: str
    services: Mapping[str, ServiceEntry]

    def service(self, service_id: ServiceId) -> tuple[str, ServiceEntry] | None:
        """Return the alias and the entry of a service, or None: it is not ours to decide about."""
        return next(
            (item for item in self.services.items() if item[1].service_id == service_id), None
        )

    def looked_after(self, tracked: Iterable[ServiceId]) -> tuple[ServiceId, ...]:
        """Return the services that are listed, and then those that have been; `tracked` are both.

        One that has been taken out is looked after until nothing is left.
        """
        return tuple(dict.fromkeys((*self.service_ids, *sorted(tracked))))

    @property
    def service_ids(self) -> tuple[ServiceId, ...]:
        """All services, in the order of the document."""
        return tuple(ServiceId(entry.service_id) for entry in self.services.values())
