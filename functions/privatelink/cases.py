"""What an endpoint connection is decided by, and how it is told."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from privatelink.allowlist import ConsumerEntry, ServiceEntry
from privatelink.model import ESTABLISHED, EndpointConnection, Region

_SECOND: Final = timedelta(seconds=1)
_NOT_GIVEN: Final = "not given"


class Case(Struct, frozen=True, kw_only=True):
    """One connection with all that decides about it; `home` is the stack's Region.

    `entry` is that of the connection's owner, None if it is not listed. `before` is how many
    endpoints of the same owner count before this one towards its cap.
    """

    connection: EndpointConnection
    service: ServiceEntry
    entry: ConsumerEntry | None
    home: Region
    now: datetime
    before: int

    @property
    def is_live(self) -> bool:
        """Whether traffic flows or is about to."""
        return self.connection.state in ESTABLISHED

    @property
    def has_expired(self) -> bool:
        """Whether there is an entry, and its last day is over."""
        return self.entry is not None and self.entry.has_expired(self.now)

    @property
    def has_timed_out(self) -> bool:
        """Whether the request has waited longer than the service lets strangers wait."""
        timeout = self.service.hold_timeout
        return timeout is not None and self.waited > timeout

    @property
    def is_in_allowed_region(self) -> bool:
        """Whether there is an entry, and it allows the endpoint's Region."""
        region = self.connection.vpc_endpoint_region
        return self.entry is not None and self.entry.allows_region(region, home=self.home)

    @property
    def is_over_cap(self) -> bool:
        """Whether there is an entry, and as many endpoints as it allows count before this one."""
        cap = self.entry.endpoints_max if self.entry else None
        return cap is not None and self.before >= cap

    @property
    def waited(self) -> timedelta:
        """How old the endpoint is."""
        return self.now - self.connection.creation_timestamp

    @property
    def values(self) -> Mapping[str, str]:
        """What was seen, as the sentences of rules and rows name it."""
        timeout = self.service.hold_timeout
        values = {
            "account": self.connection.vpc_endpoint_owner,
            "region": self.connection.vpc_endpoint_region,
            "state": self.connection.reported_state,
            "unlisted": self.service.unlisted,
            "hold_timeout": str(timeout or _NOT_GIVEN),
            "waited": str(self.waited // _SECOND * _SECOND),
            "patience": f" Who waits over {timeout} is rejected." if timeout else "",
            "today": str(self.now.date()),
            "before": str(self.before),
            "listed": "not listed",
            "validity": "there is no entry that could expire",
        }
        return values | (self._values_of(self.entry) if self.entry else {})

    def _values_of(self, entry: ConsumerEntry) -> dict[str, str]:
        return {
            "consumer": entry.name,
            "listed": f"listed as {entry.name}",
            "expires": str(entry.expires),
            "validity": f"the last day of the entry is {entry.expires or _NOT_GIVEN}",
            "endpoints_max": str(entry.endpoints_max or _NOT_GIVEN),
            "allowed": ", ".join(entry.regions or (self.home,)),
        }
