"""The allowlist as the platform team edits it: a draft that becomes YAML."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from ipaddress import IPv4Network, collapse_addresses, ip_network
from typing import Any


@dataclass
class Listed:
    """A consumer's entry."""

    account_id: str
    source_cidrs: tuple[str, ...] = ("192.168.0.0/20",)
    ports: tuple[int, ...] = ()
    endpoints_max: int | None = None
    regions: tuple[str, ...] = ()
    expires: date | None = None
    access: str = "role"

    def is_valid(self, now: datetime) -> bool:
        """Whether the entry counts: until the end of its last day, in UTC."""
        return self.expires is None or now.astimezone(UTC).date() <= self.expires

    @property
    def collapsed(self) -> frozenset[str]:
        """The fewest CIDRs that say the same."""
        networks = [ip_network(cidr, strict=False) for cidr in self.source_cidrs]
        return frozenset(
            map(str, collapse_addresses(n for n in networks if isinstance(n, IPv4Network)))
        )

    def to_document(self) -> Mapping[str, Any]:
        """Return the entry as it stands in the document."""
        optional = {
            "endpoints_max": self.endpoints_max,
            "regions": list(self.regions),
            "expires": self.expires and self.expires.isoformat(),
            "ports": [{"port": port} for port in self.ports],
        }
        return {
            "account_id": self.account_id,
            "source_cidrs": list(self.source_cidrs),
            "access": self.access,
            **{name: value for name, value in optional.items() if value},
        }


@dataclass
class Entry:
    """A service's entry."""

    alias: str
    service_id: str
    consumers: dict[str, Listed] = field(default_factory=dict)
    unlisted: str = "hold"
    hold_timeout: timedelta | None = None
    max_withdrawals: int = 3
    manage_principals: bool = False
    mode: str = "enforce"

    def list(self, consumers: Iterable[Listed]) -> None:
        """Put consumers into the entry."""
        self.consumers |= {consumer.account_id: consumer for consumer in consumers}

    def to_document(self) -> Mapping[str, Any]:
        """Return the entry as it stands in the document."""
        document = {
            "service_id": self.service_id,
            "unlisted": self.unlisted,
            "max_withdrawals": self.max_withdrawals,
            "manage_principals": self.manage_principals,
            "mode": self.mode,
            "consumers": [listed.to_document() for listed in self.consumers.values()],
        }
        if self.hold_timeout is not None:
            document["hold_timeout"] = f"{int(self.hold_timeout.total_seconds() // 60)}m"
        return document


@dataclass
class Draft:
    """The whole allowlist; `services` by service id, `shelved` those that were taken out."""

    services: dict[str, Entry] = field(default_factory=dict)
    shelved: dict[str, Entry] = field(default_factory=dict)

    def to_yaml(self) -> str:
        """Return the document: JSON is YAML."""
        return json.dumps(
            {"services": {entry.alias: entry.to_document() for entry in self.services.values()}}
        )
