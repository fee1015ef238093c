"""The life of an endpoint connection from request to end, without moto and without a clock.

    (created, acceptance required)      -> pendingAcceptance
    (created, acceptance not required)  -> pending
    pendingAcceptance  --accept-->  pending  --time-->  available
    pendingAcceptance, pending, available  --reject-->  rejected
    any but deleted  --the consumer deletes the endpoint-->  deleted

`failed`, `expired`, `partial` and `deleting` are reached inside AWS only; the model can be put in
them, and no request leads out of them but the deletion of the endpoint.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Self


class ConnectionState(StrEnum):
    """A state as the EC2 API spells it in its answers (the SDK's enumeration is in PascalCase)."""

    PENDING_ACCEPTANCE = "pendingAcceptance"
    PENDING = "pending"
    AVAILABLE = "available"
    DELETING = "deleting"
    DELETED = "deleted"
    REJECTED = "rejected"
    FAILED = "failed"
    EXPIRED = "expired"
    PARTIAL = "partial"


ACCEPTABLE: Final = frozenset({ConnectionState.PENDING_ACCEPTANCE})
"""Only a request that waits can be accepted; that a rejected one cannot be is inferred."""

REJECTABLE: Final = frozenset(
    {ConnectionState.PENDING_ACCEPTANCE, ConnectionState.PENDING, ConnectionState.AVAILABLE}
)
"""Rejecting withdraws a live connection as well as it refuses a waiting one."""


class WrongStateError(Exception):
    """The connection is in a state that the request does not apply to."""

    def __init__(self, state: ConnectionState, expected: frozenset[ConnectionState]) -> None:
        super().__init__(state, expected)
        self.state = state
        self.expected = expected


@dataclass(frozen=True)
class Connection:
    """A connection as of its last change; `at` tells what has become of it since."""

    state: ConnectionState
    changed_at: datetime
    available_at: datetime | None = None
    """When it became or becomes available; None if it never was and is not about to be."""

    @classmethod
    def requested(cls, *, acceptance_required: bool, now: datetime, pending: timedelta) -> Self:
        """Start a connection with the creation of its endpoint."""
        waiting = cls(ConnectionState.PENDING_ACCEPTANCE, now)
        return waiting if acceptance_required else waiting.accepted(now=now, pending=pending)

    def at(self, now: datetime) -> Self:
        """Return the connection as it is at `now`: a pending one becomes available by itself."""
        if (
            self.state is ConnectionState.PENDING
            and self.available_at is not None
            and self.available_at <= now
        ):
            return type(self)(ConnectionState.AVAILABLE, self.available_at, self.available_at)
        return self

    def accepted(self, *, now: datetime, pending: timedelta) -> Self:
        """Return it accepted: `pending`, and available once `pending` time has passed.

        Raises WrongStateError unless it waits for acceptance.
        """
        self._require(ACCEPTABLE)
        return type(self)(ConnectionState.PENDING, now, now + pending)

    def rejected(self, *, now: datetime) -> Self:
        """Return it rejected; raises WrongStateError if it is neither waiting nor live."""
        self._require(REJECTABLE)
        return self.put_in(ConnectionState.REJECTED, now=now)

    def deleted(self, *, now: datetime) -> Self:
        """Return it after the deletion of its endpoint, which no state prevents."""
        return self.put_in(ConnectionState.DELETED, now=now)

    def put_in(self, state: ConnectionState, *, now: datetime) -> Self:
        """Return it in `state`, whatever it was: what AWS does without being asked.

        One that is put in `pending` stays there.
        """
        available_at = self.available_at if self.has_been_available(now) else None
        if state is ConnectionState.AVAILABLE:
            available_at = now
        elif state is ConnectionState.PENDING:
            available_at = None
        return type(self)(state, now, available_at)

    def has_been_available(self, now: datetime) -> bool:
        """Tell whether traffic has been possible at some time."""
        return self.available_at is not None and self.available_at <= now

    def _require(self, expected: frozenset[ConnectionState]) -> None:
        if self.state not in expected:
            raise WrongStateError(self.state, expected)
