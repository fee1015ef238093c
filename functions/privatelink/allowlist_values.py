"""The values of an allowlist: what is expected of each is its description.

What msgspec cannot say of a type to editors stands beside it, as JSON Schema.
"""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network
from typing import Annotated, Final, Literal, Self

from msgspec import Meta

_CIDR: Final = re.compile(r"[0-9a-fA-F.:]+/(0|[1-9][0-9]{0,2})")
_CIDR_LONGEST: Final = 49
"""Eight groups of which two are written as an IPv4 address, and three digits of a prefix."""
_DURATION: Final = re.compile(r"([1-9][0-9]{0,4})([mhd])")
_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days"}
# For editors, which see more mistakes in IPv4 than in IPv6 by these.
_OCTET: Final = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_IPV4_CIDR: Final = rf"({_OCTET}\.){{3}}{_OCTET}/(3[0-2]|[12][0-9]|[1-9])"
_IPV6_CIDR: Final = r"[0-9a-fA-F:]*:[0-9a-fA-F.:]*/(12[0-8]|1[01][0-9]|[1-9][0-9]?)"
# Others may add up to all addresses only in great number.
_NEARLY_ALL: Final = 0.99


class Cidr(str):
    """A network in canonical text, as EC2 keeps it: 100.68.0.18/18 becomes 100.68.0.0/18."""

    __slots__ = ()

    def __new__(cls, text: object) -> Self:
        """Read a CIDR, or raise ValueError."""
        if not isinstance(text, str) or len(text) > _CIDR_LONGEST or not _CIDR.fullmatch(text):
            raise ValueError
        # ip_network would try one after the other, which takes twice as long.
        network = (IPv6Network if ":" in text else IPv4Network)(text, strict=False)
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


def cover_everything(cidrs: Iterable[object]) -> bool:
    """Whether CIDRs together leave no address of a family out; not, if one of them is none."""
    try:
        # Adding up their shares takes a small part of the time that collapsing them does.
        share = sum(0.5 ** int(str(cidr).rpartition("/")[2]) for cidr in cidrs)
        return share > _NEARLY_ALL and any(c.endswith("/0") for c in collapse(map(Cidr, cidrs)))
    except (ValueError, OverflowError):
        return False


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
    Cidr,
    Meta(
        description="an IPv4 or IPv6 CIDR like 192.168.0.0/20, longer than /0",
        extra_json_schema={"type": "string", "pattern": f"^({_IPV4_CIDR}|{_IPV6_CIDR})$"},
    ),
]
SourceCidrs = Annotated[
    tuple[SourceCidr, ...], Meta(min_length=1, description="a list of one or more CIDRs")
]
Regions = Annotated[
    tuple[RegionText, ...], Meta(min_length=1, description="a list of one or more Regions")
]
HoldTimeout = Annotated[
    Duration,
    Meta(
        description="a time like 72h, 3d or 90m",
        extra_json_schema={"type": "string", "pattern": f"^{_DURATION.pattern}$"},
    ),
]
Day = Annotated[
    date,
    Meta(
        description="a day like 2027-03-31",
        extra_json_schema={"pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
    ),
]
EndpointsMax = Annotated[int, Meta(ge=1, description="a whole number from 1")]
MaxWithdrawals = Annotated[int, Meta(ge=0, description="a whole number from 0")]
Flag = Annotated[bool, Meta(description="true or false")]
Unlisted = Annotated[Literal["hold", "reject"], Meta(description="hold or reject")]
Access = Annotated[Literal["role", "none"], Meta(description="role or none")]
Mode = Annotated[Literal["enforce", "observe"], Meta(description="enforce or observe")]
PortNumber = Annotated[int, Meta(ge=1, le=65535, description="a whole number from 1 to 65535")]
Protocol = Annotated[Literal["tcp", "udp"], Meta(description="tcp or udp")]
