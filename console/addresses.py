"""What is published about endpoints, for who looks again and again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from console.seeing import published
from privatelink.gateways.parameters import Parameters
from privatelink.model import Parameter, VpcEndpointId

type Published = Mapping[VpcEndpointId, Mapping[str, Parameter]]

_NEVER: Final = datetime.min.replace(tzinfo=UTC)
_EVERY: Final = timedelta(minutes=1)
"""Parameter Store gives ten at a time, and the functions need the account's calls as well."""


@dataclass
class Addresses:
    """Reads what is published, and remembers it for a minute."""

    _known: Published = field(default_factory=dict)
    _read_at: datetime = _NEVER

    def read(self, copies: Parameters, paths: Iterable[str], now: datetime) -> Published:
        """Return what is published below paths of the copies, or has been within the minute."""
        if now - self._read_at >= _EVERY:
            known: dict[VpcEndpointId, Mapping[str, Parameter]] = {}
            for path in paths:
                known |= published(copies, path)
            self._known, self._read_at = known, now
        return self._known
