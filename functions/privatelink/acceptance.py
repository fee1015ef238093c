"""Decides about the endpoint connections of a service, by the decision table and within limits.

The requester is the connection's owner as EC2 reports it in the provider's account, never what an
event says.
"""

from collections import Counter
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final

from privatelink.allowlist import ServiceEntry
from privatelink.breaker import TRIPPED_AT, Breaker
from privatelink.cases import Case
from privatelink.decision_table import decide
from privatelink.decisions import Decision
from privatelink.findings import Finding, FindingKind, enumerated
from privatelink.model import (
    ESTABLISHED,
    AccountId,
    ConnectionState,
    Consumer,
    EndpointConnection,
    Region,
    VpcEndpointId,
)
from privatelink.rules import WITHDRAWALS, Action, Rule


@dataclass(frozen=True, kw_only=True)
class AcceptancePlan:
    """One decision a connection, in the order of the endpoints' age."""

    decisions: tuple[Decision, ...]

    def by(self, action: Action) -> tuple[Decision, ...]:
        """Return the decisions with that action."""
        return tuple(decision for decision in self.decisions if decision.action is action)

    def without(self, vpc_endpoint_ids: Iterable[str]) -> "AcceptancePlan":
        """Return the plan without the decisions about some endpoints."""
        left_out = frozenset(vpc_endpoint_ids)
        return AcceptancePlan(
            decisions=tuple(
                d for d in self.decisions if d.connection.vpc_endpoint_id not in left_out
            )
        )

    @cached_property
    def connected(self) -> frozenset[Consumer]:
        """Who has, or is about to have, a connection by a valid entry."""
        return frozenset(d.consumer for d in self.decisions if d.rule in _CONNECTED)

    @cached_property
    def staying(self) -> frozenset[Consumer]:
        """Who has a connection that is not withdrawn, or one about which nothing is known."""
        return frozenset(d.consumer for d in self.decisions if d.rule in _STAYING)

    @property
    def protected(self) -> frozenset[AccountId]:
        """Whose connections the circuit breaker keeps."""
        return frozenset(
            d.connection.vpc_endpoint_owner
            for d in self.decisions
            if d.rule is Rule.WITHDRAWAL_STOPPED
        )

    @property
    def awaits_availability(self) -> bool:
        """Whether a connection is accepted and not yet available."""
        return any(
            d.connection.state is ConnectionState.PENDING and d.action is Action.KEEP
            for d in self.decisions
        )

    @property
    def is_stopped(self) -> bool:
        """Whether the circuit breaker has tripped."""
        return any(d.rule is Rule.WITHDRAWAL_STOPPED for d in self.decisions)

    @property
    def is_stopped_by_the_calendar(self) -> bool:
        """Whether the circuit breaker keeps those alone whose entries have expired."""
        return all(
            decide(d.case) is Rule.LIVE_EXPIRED
            for d in self.decisions
            if d.rule is Rule.WITHDRAWAL_STOPPED
        )

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What a person has to look at."""
        each = tuple(d.finding for d in self.decisions if d.finding is not None)
        return (*each, *self._breaker_findings())

    def _breaker_findings(self) -> Iterable[Finding]:
        stopped = [d for d in self.decisions if d.rule is Rule.WITHDRAWAL_STOPPED]
        if stopped:
            yield Finding(
                kind=FindingKind.BREAKER_TRIPPED,
                subject=stopped[0].connection.service_id,
                evidence={
                    "withdrawals": str(len(stopped)),
                    "max_withdrawals": stopped[0].values["max_withdrawals"],
                    TRIPPED_AT: stopped[0].values[TRIPPED_AT],
                    "connections": enumerated(
                        f"{d.connection.vpc_endpoint_id} of {d.connection.vpc_endpoint_owner}"
                        for d in stopped
                    ),
                },
            )


_CONNECTED: Final = frozenset({Rule.LISTED, Rule.LIVE_LISTED})
_STAYING: Final = _CONNECTED | {Rule.WITHDRAWAL_STOPPED, Rule.STATE_UNKNOWN}


def plan_acceptance(  # noqa: PLR0913 - each is one of the things that the decisions depend on
    connections: Iterable[EndpointConnection],
    service: ServiceEntry,
    *,
    home: Region,
    now: datetime,
    uninvited: Container[VpcEndpointId] = (),
    tripped_at: int | None = None,
) -> AcceptancePlan:
    """Decide about every connection of one service; `home` is the stack's Region.

    A consumer's cap counts its established connections first, then its requests by age, so that
    the oldest requests are the ones within it.

    If more live connections would be lost than `max_withdrawals`, none of them is withdrawn: more
    likely the allowlist is wrong than all of them. Nor is one when some of them have left by
    themselves: the number has to be raised above `tripped_at`, what it was when the circuit breaker
    tripped, or None. `uninvited` are endpoints that a service without required acceptance let in by
    itself: to reject one of these is no loss.
    """
    by_age = sorted(connections, key=lambda c: (c.creation_timestamp, c.vpc_endpoint_id))
    counted = Counter(c.vpc_endpoint_owner for c in by_age if c.state in ESTABLISHED)
    decisions = []
    for connection in by_age:
        owner = connection.vpc_endpoint_owner
        case = Case(
            connection=connection,
            service=service,
            entry=service.consumer(owner),
            home=home,
            now=now,
            before=counted[owner],
        )
        decision = Decision.about(case)
        if decision.rule in {Rule.LISTED, Rule.OVER_CAP}:
            counted[owner] += 1
        decisions.append(decision)
    return AcceptancePlan(decisions=_within_the_breaker(decisions, service, uninvited, tripped_at))


def _within_the_breaker(
    decisions: Sequence[Decision],
    service: ServiceEntry,
    uninvited: Container[VpcEndpointId],
    tripped_at: int | None,
) -> tuple[Decision, ...]:
    withdrawn = (d.connection.vpc_endpoint_id for d in decisions if d.rule in WITHDRAWALS)
    breaker = Breaker(
        losses=frozenset(each for each in withdrawn if each not in uninvited),
        allowed=service.withdrawals_allowed,
        tripped_at=tripped_at,
    )
    return tuple(decision.within(breaker) for decision in decisions)
