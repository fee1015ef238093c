"""The settings of the model; all of them can be changed while it runs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum


class NetworkInterfaces(StrEnum):
    """When the network interfaces of an endpoint can be seen."""

    WITH_THE_REQUEST = "with the request"
    """They exist in `pendingAcceptance` already, as recorded data of AWS shows."""

    ONCE_AVAILABLE = "once available"
    """They appear when the connection becomes available: code should not rely on more."""


def utc_now() -> datetime:
    """Return the time of the machine."""
    return datetime.now(tz=UTC)


def deliver_nothing(account_id: str, region: str, topic_arn: str, message: str) -> None:
    """Drop a connection notification."""


@dataclass
class Behaviour:
    """How fast, in which order and to whom the model shows what happens."""

    pending_seconds: float = 0.0
    """How long an accepted connection stays `pending`; counted from the acceptance."""
    pending_of: Callable[[str], float] | None = None
    """The same for each endpoint, asked by its id when it is accepted; None: it is all one."""
    linger_seconds: float = 3600.0
    """How long the connection of a deleted endpoint stays in the provider's list."""
    network_interfaces: NetworkInterfaces = NetworkInterfaces.WITH_THE_REQUEST
    largest_page: int = 1000
    """No list has more in one answer: a size asked for is a limit that AWS may stay below."""
    clock: Callable[[], datetime] = utc_now
    notify: Callable[[str, str, str, str], None] = deliver_nothing
    """Publishes a notification: (account id and Region of its owner, topic ARN, message)."""

    def pending(self, vpc_endpoint_id: str) -> timedelta:
        """Return how long the connection of an endpoint that is accepted now stays `pending`."""
        of = self.pending_of
        return timedelta(seconds=self.pending_seconds if of is None else of(vpc_endpoint_id))

    @property
    def linger(self) -> timedelta:
        """Return `linger_seconds` as a duration."""
        return timedelta(seconds=self.linger_seconds)
