"""The circuit breaker: whether so many live connections may be lost in one pass."""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from privatelink.decision_table import Evaluation
from privatelink.model import VpcEndpointId
from privatelink.rules import Rule

TRIPPED_AT: Final = "tripped_at"
"""Among the values: the max_withdrawals that was in force when the circuit breaker tripped."""
_QUESTION: Final = "Would more live connections be lost at once than may be?"


class Breaker(Struct, frozen=True, kw_only=True):
    """What would be lost in one pass over a service, and how many are allowed to be.

    `tripped_at` is how many were when the breaker tripped, None if it has not: until more are
    allowed than then, it stays open as long as there is anything to lose.
    """

    losses: frozenset[VpcEndpointId]
    allowed: int
    tripped_at: int | None

    def stops(self, vpc_endpoint_id: VpcEndpointId) -> bool:
        """Whether a withdrawal waits for a human."""
        is_open = len(self.losses) > self.allowed or self._is_unconfirmed
        return is_open and vpc_endpoint_id in self.losses

    def evaluate(self, vpc_endpoint_id: VpcEndpointId) -> Evaluation:
        """Put the question about a withdrawal."""
        seen = "{withdrawals} would be; max_withdrawals: {max_withdrawals}"
        if self.tripped_at is not None:
            seen += f"; the breaker tripped when that was {self.tripped_at}"
        if vpc_endpoint_id not in self.losses:
            seen = "the service has let this one in by itself, so that it is no loss"
        return Evaluation(
            rule=Rule.WITHDRAWAL_STOPPED,
            question=_QUESTION,
            seen=seen.format_map(self.values),
            holds=self.stops(vpc_endpoint_id),
        )

    @property
    def values(self) -> Mapping[str, str]:
        """What was seen, as the sentences name it."""
        since = self.tripped_at if self._is_unconfirmed else self.allowed
        return {
            "withdrawals": str(len(self.losses)),
            "max_withdrawals": str(self.allowed),
            TRIPPED_AT: str(since),
        }

    @property
    def _is_unconfirmed(self) -> bool:
        return self.tripped_at is not None and self.allowed <= self.tripped_at
