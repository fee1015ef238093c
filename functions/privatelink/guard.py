"""Guards live connections and security groups against a new allowlist.

Only what the new allowlist makes worse counts, compared with the one that is deployed: what is
amiss already never keeps anything else from being changed. Nothing is objected to about a service
that the new allowlist only observes.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from msgspec import UNSET, Struct

from privatelink.acceptance import AcceptancePlan
from privatelink.allowlist import ConsumerEntry, ServiceEntry
from privatelink.findings import enumerated
from privatelink.model import AccountId, Port, ServiceId, VpcEndpointId
from privatelink.objections import Objection, ObjectionKind
from privatelink.quotas import RULES_PER_GROUP
from privatelink.rules import Rule

_FAMILIES: Final = ("IPv4", "IPv6")


class Outlook(Struct, frozen=True, kw_only=True):
    """What an allowlist makes of a service, at a time; `alias` is None if it is not listed."""

    alias: str | None
    entry: ServiceEntry
    observing: bool
    plan: AcceptancePlan
    now: datetime

    @property
    def is_listed(self) -> bool:
        """Whether the service is in the allowlist."""
        return self.alias is not None

    @property
    def is_empty(self) -> bool:
        """Whether the service is listed, and no entry of a consumer counts."""
        return self.is_listed and all(e.has_expired(self.now) for e in self.entry.consumers)

    @property
    def losses(self) -> frozenset[VpcEndpointId]:
        """Endpoints that lose their connection, if the circuit breaker lets them."""
        breakers = (d.breaker for d in self.plan.decisions if d.breaker)
        return next((breaker.losses for breaker in breakers), frozenset())

    @property
    def stopped(self) -> frozenset[VpcEndpointId]:
        """Endpoints that the circuit breaker keeps connected."""
        return frozenset(
            d.connection.vpc_endpoint_id
            for d in self.plan.decisions
            if d.rule is Rule.WITHDRAWAL_STOPPED
        )

    @property
    def enough_withdrawals(self) -> int:
        """The max_withdrawals by which all losses would be withdrawn."""
        breakers = (d.breaker for d in self.plan.decisions if d.breaker)
        tripped_at = next((breaker.tripped_at for breaker in breakers), None)
        return max(len(self.losses), -1 if tripped_at is None else tripped_at + 1)

    def named(self, vpc_endpoint_ids: Iterable[VpcEndpointId]) -> str:
        """Return endpoints with their owners, in words."""
        owners = {
            d.connection.vpc_endpoint_id: d.connection.vpc_endpoint_owner
            for d in self.plan.decisions
        }
        return enumerated(f"{each} of {owners[each]}" for each in vpc_endpoint_ids)

    def rules_needed(self, consumer: ConsumerEntry, ports: frozenset[Port]) -> tuple[int, int]:
        """Return how many IPv4 and IPv6 rules a group of the consumer's has to hold.

        `ports` are those that the service's load balancers listen on.
        """
        if consumer.has_expired(self.now) or consumer.access != "role":
            return (0, 0)
        opened = len(ports if consumer.chosen_ports is None else consumer.chosen_ports)
        cidrs = consumer.collapsed_cidrs
        sixes = sum(":" in cidr for cidr in cidrs)
        return ((len(cidrs) - sixes) * opened, sixes * opened)


class Change(Struct, frozen=True, kw_only=True):
    """What becomes of a service; `before` is None if no allowlist is deployed.

    `ports` are those that the service's load balancers listen on.
    """

    service_id: ServiceId
    before: Outlook | None
    after: Outlook
    ports: frozenset[Port] = frozenset()

    @property
    def service(self) -> str:
        """What people call the service."""
        return self.after.alias or (self.before and self.before.alias) or self.service_id


def object_to(changes: Iterable[Change]) -> tuple[Objection, ...]:
    """Return what speaks against changes, in their order."""
    return tuple(
        objection
        for change in changes
        if not change.after.observing
        for objection in (*_about_connections(change), *_about_rules(change))
    )


def _about_connections(change: Change) -> Iterator[Objection]:
    """Object to what is lost, or would be if the circuit breaker did not trip."""
    before, after = change.before, change.after
    # As long as a service is only observed, nothing is kept connected by a breaker.
    stopped_before = before.stopped if before and not before.observing else frozenset()
    values = {
        "losses": str(len(after.losses)),
        "enough": str(after.enough_withdrawals),
        "connections": after.named(after.losses),
    }
    if not after.is_listed and after.losses and (before is None or before.is_listed):
        kind = ObjectionKind.SERVICE_REMOVED
    elif after.is_empty and after.losses and not _is_confirmed(after) and not _was_empty(before):
        kind = ObjectionKind.SERVICE_EMPTIED
    elif after.stopped - stopped_before:
        kind = ObjectionKind.BREAKER_TRIPS
        values["max_withdrawals"] = str(after.entry.withdrawals_allowed)
    else:
        return
    yield Objection(kind=kind, service=change.service, values=values)


def _is_confirmed(after: Outlook) -> bool:
    """Whether the document itself says that so many may be withdrawn."""
    written = after.entry.max_withdrawals
    return written is not UNSET and written >= after.enough_withdrawals


def _was_empty(before: Outlook | None) -> bool:
    # As long as a service was only observed, nothing has come of it.
    return before is not None and before.is_empty and not before.observing


def _about_rules(change: Change) -> Iterator[Objection]:
    """Object to entries whose rules no group of the usual quota holds.

    One that needed more already has been given a larger quota, which is not known here, or has been
    told: EC2 is left to judge.
    """
    for consumer in change.after.entry.consumers:
        needed = change.after.rules_needed(consumer, change.ports)
        too_many = [
            f"{rules} {family}"
            for family, rules in zip(_FAMILIES, needed, strict=True)
            if rules > RULES_PER_GROUP
        ]
        if too_many and not _was_too_large(change, AccountId(consumer.account_id)):
            yield Objection(
                kind=ObjectionKind.QUOTA_EXCEEDED,
                service=change.service,
                values={
                    "consumer": consumer.name,
                    "needed": " and ".join(too_many),
                    "quota": str(RULES_PER_GROUP),
                },
            )


def _was_too_large(change: Change, account_id: AccountId) -> bool:
    before = change.before
    old = before.entry.consumer(account_id) if before else None
    return bool(before and old and max(before.rules_needed(old, change.ports)) > RULES_PER_GROUP)
