"""The allowlist: who may connect to which endpoint service, and from where.

The document is YAML. `decode` reads it into frozen types or raises `InvalidAllowlistError`, which
lists the mistakes of all entries together. The types are the schema: a field's description says
what is expected of it.
"""

import hashlib
import types
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network
from typing import Annotated, Any, Final, Literal, Self, Union, get_args, get_origin, get_type_hints

import msgspec
import yaml
from msgspec import Meta, Struct

from privatelink.errors import InvalidAllowlistError, Problem
from privatelink.model import AccountId, Port, Region, ServiceId

_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days"}


class Cidr(str):
    """A network in canonical text, as EC2 keeps it: 100.68.0.18/18 becomes 100.68.0.0/18."""

    __slots__ = ()

    def __new__(cls, text: object) -> Self:
        """Read a CIDR, or raise ValueError."""
        network = ip_network(text, strict=False) if isinstance(text, str) else None
        # An address without a length is a slip; /0 would admit every address there is.
        if network is None or "/" not in str(text) or network.prefixlen == 0:
            raise ValueError(text)
        return super().__new__(cls, network)


class Duration(timedelta):
    """A time in one unit: 90m, 72h or 3d."""

    def __new__(cls, text: object) -> Self:
        """Read a time, or raise ValueError."""
        if not isinstance(text, str) or text[-1:] not in _UNITS or not text[:-1].isdecimal():
            raise ValueError(text)
        return super().__new__(cls, **{_UNITS[text[-1]]: int(text[:-1])})


def _decode_text(kind: Callable[[object], object], value: object) -> object:
    return kind(value)


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
PortNumber = Annotated[int, Meta(ge=1, le=65535, description="a whole number from 1 to 65535")]


class PortEntry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A port that the consumers of an entry may reach, instead of the load balancers' listeners."""

    port: PortNumber
    protocol: Annotated[Literal["tcp", "udp"], Meta(description="tcp or udp")] = "tcp"


Ports = Annotated[
    tuple[PortEntry, ...], Meta(min_length=1, description="a list of one or more ports")
]


class ConsumerEntry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A service consumer: an account that may connect, and the sources it connects from."""

    account_id: AccountIdText
    source_cidrs: SourceCidrs
    alias: Alias | None = None
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
        networks = [ip_network(cidr) for cidr in self.source_cidrs]
        v4 = collapse_addresses(n for n in networks if isinstance(n, IPv4Network))
        v6 = collapse_addresses(n for n in networks if isinstance(n, IPv6Network))
        return (*map(str, v4), *map(str, v6))

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
    """An endpoint service and the consumers that may connect to it."""

    service_id: ServiceIdText
    consumers: Annotated[tuple[ConsumerEntry, ...], Meta(description="a list of consumers")] = ()
    unlisted: Annotated[Literal["hold", "reject"], Meta(description="hold or reject")] = "hold"
    hold_timeout: HoldTimeout | None = None

    def consumer(self, account_id: AccountId) -> ConsumerEntry | None:
        """Return the entry of an account, or None: the account is not listed."""
        return next((entry for entry in self.consumers if entry.account_id == account_id), None)


class _Document(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
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

    @property
    def service_ids(self) -> tuple[ServiceId, ...]:
        """All services, in the order of the document."""
        return tuple(ServiceId(entry.service_id) for entry in self.services.values())


def decode(document: bytes) -> Allowlist:
    """Read an allowlist, or raise InvalidAllowlistError with every mistake in it."""
    raw = _load_yaml(document)
    problems = tuple(_mistakes(raw, _Document, "")) or tuple(_contradictions(raw))
    if problems:
        raise InvalidAllowlistError(problems)
    services = msgspec.convert(raw, _Document, dec_hook=_decode_text).services
    return Allowlist(version=hashlib.sha256(document).hexdigest()[:12], services=services)


class _UniqueKeyLoader(yaml.SafeLoader):
    """YAML in which a key stands once: of two, the library would silently keep the last."""


def _construct_mapping(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict[Hashable, Any]:
    seen = set()
    for key_node, _ in node.value:
        # A key that is no scalar is refused by the library.
        key = str(key_node.value)
        if key in seen:
            place = f"line {key_node.start_mark.line + 1}"
            raise InvalidAllowlistError((Problem(place, key, "each key once"),))
        seen.add(key)
    return loader.construct_mapping(node, deep=True)


_UniqueKeyLoader.add_constructor("tag:yaml.org,2002:map", _construct_mapping)


def _load_yaml(document: bytes) -> object:
    try:
        return yaml.load(document, Loader=_UniqueKeyLoader)  # noqa: S506 - a SafeLoader
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        path = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "document"
        found = getattr(error, "problem", None) or str(error)
        raise InvalidAllowlistError((Problem(path, found, "a YAML document"),)) from error


def _mistakes(value: object, expected: Any, path: str) -> Iterator[Problem]:  # noqa: ANN401 - any type
    """Yield what is wrong with `value`, read as the type `expected`; go on after each mistake.

    msgspec stops at the first mistake; walking its types here finds the others too.
    """
    kind, description = _described(expected)
    origin = get_origin(kind)
    if isinstance(kind, type) and issubclass(kind, Struct):
        yield from _mistakes_in_struct(value, kind, path)
    elif origin is dict and isinstance(value, dict):
        key_type, value_type = get_args(kind)
        for key, item in value.items():
            yield from _mistakes(key, key_type, _join(path, key))
            yield from _mistakes(item, value_type, _join(path, key))
    elif origin is tuple and isinstance(value, list) and value:
        for index, item in enumerate(value):
            yield from _mistakes(item, get_args(kind)[0], f"{path}[{index}]")
    else:
        try:
            msgspec.convert(value, expected, dec_hook=_decode_text)
        except msgspec.ValidationError as error:
            yield Problem(path or "document", value, description or str(error))


def _mistakes_in_struct(value: object, kind: type[Struct], path: str) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield Problem(path or "document", value, "a mapping")
        return
    fields = {field.name: field for field in msgspec.structs.fields(kind)}
    hints = get_type_hints(kind, include_extras=True)
    for key in value:
        if key not in fields:
            yield Problem(_join(path, key), value[key], f"one of the keys {', '.join(fields)}")
    for name, field in fields.items():
        if name in value:
            yield from _mistakes(value[name], hints[name], _join(path, name))
        elif field.required:
            yield Problem(_join(path, name), None, _described(hints[name])[1] or "a value")


def _described(expected: Any) -> tuple[Any, str | None]:  # noqa: ANN401 - any type
    """Take the metadata and the None off a type; return the type and its description."""
    description = None
    if get_origin(expected) is Annotated:
        expected, *metadata = get_args(expected)
        description = next((m.description for m in metadata if isinstance(m, Meta)), None)
    if get_origin(expected) in (Union, types.UnionType):
        present = [part for part in get_args(expected) if part is not types.NoneType]
        if len(present) == 1:
            inner, inner_description = _described(present[0])
            return inner, description or inner_description
    return expected, description


def _contradictions(raw: Any) -> Iterator[Problem]:  # noqa: ANN401 - a document without mistakes of form
    """Yield entries that are right by themselves and wrong together."""
    services: Mapping[str, Any] = raw["services"]
    ids = [service["service_id"] for service in services.values()]
    for alias, service in services.items():
        if ids.count(service["service_id"]) > 1:
            yield Problem(
                f"services.{alias}.service_id", service["service_id"], "each service once"
            )
        accounts = [consumer["account_id"] for consumer in service.get("consumers", ())]
        yield from _repeated(accounts, f"services.{alias}.consumers")


def _repeated(accounts: Sequence[str], path: str) -> Iterator[Problem]:
    for index, account in enumerate(accounts):
        if account in accounts[:index]:
            yield Problem(f"{path}[{index}].account_id", account, "each account once")


def _join(path: str, key: object) -> str:
    return f"{path}.{key}" if path else str(key)
