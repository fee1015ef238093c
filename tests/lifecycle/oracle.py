"""What the world should come to, said a second time and in another way than the plans say it.

Everything here is computed from the draft of the allowlist and from what is true in the emulated
AWS. Nothing is taken from the functions but the ledger's record of what it has seen, where the
rules themselves refer to it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Self

from sandbox.accounts import REGION
from sandbox.privatelink.models import InterfaceEndpoint
from tests.lifecycle import views
from tests.lifecycle.estate import PORTS
from tests.lifecycle.listing import Draft, Entry, Listed
from tests.lifecycle.views import Ingress, Place

LIVE: Final = frozenset({"pending", "available"})
UNCLEAR: Final = frozenset({"partial"})
"""States of the model that say nothing about what to do."""


class Standing(StrEnum):
    """What a service is to the stack."""

    ENFORCED = "enforced"
    OBSERVED = "observed"
    REMOVED = "taken out of the allowlist, and still on record"
    UNKNOWN = "never in the allowlist, or done with"


@dataclass(frozen=True)
class Oracle:
    """Reads a draft at a time."""

    draft: Draft
    now: datetime
    aliases: Mapping[str, str]
    """The alias that says which ports a service has, by service id."""
    on_record: frozenset[str]
    """The services that the ledger knows of."""
    locked: AbstractSet[str] = frozenset()
    """The accounts whose roles let nobody in."""

    @classmethod
    def of(
        cls,
        draft: Draft,
        now: datetime,
        aliases: Mapping[str, str],
        locked: AbstractSet[str] = frozenset(),
    ) -> Self:
        """Read a draft, with what is on record now."""
        return cls(draft, now, aliases, views.services_on_record(), frozenset(locked))

    def standing(self, service_id: str) -> Standing:
        """Return what a service is to the stack."""
        if service_id in self.draft.services:
            observed = self.draft.services[service_id].mode == "observe"
            return Standing.OBSERVED if observed else Standing.ENFORCED
        return Standing.REMOVED if service_id in self.on_record else Standing.UNKNOWN

    def entry(self, service_id: str) -> Entry:
        """Return the entry of a service; a removed one has nobody in it and may lose nobody."""
        return self.draft.services.get(service_id) or Entry("", service_id, max_withdrawals=0)

    def valid(self, service_id: str, account_id: str) -> Listed | None:
        """Return the entry of a consumer if it counts."""
        listed = self.entry(service_id).consumers.get(account_id)
        return listed if listed is not None and listed.is_valid(self.now) else None

    def admits(self, each: InterfaceEndpoint) -> bool:
        """Whether an entry lets an endpoint in, apart from how many there are."""
        listed = self.valid(each.service.id, each.owner_id)
        return listed is not None and views.place_of(each)[1] in (listed.regions or (REGION,))

    def connections(self, service_id: str) -> Mapping[str, str]:
        """Return the state that the connection of each endpoint should come to."""
        endpoints = views.endpoints(service_id)
        states = {each.id: str(each.state) for each in endpoints}
        if self.standing(service_id) in {Standing.OBSERVED, Standing.UNKNOWN}:
            return states | {i: "available" for i, state in states.items() if state == "pending"}
        counted = Counter(each.owner_id for each in endpoints if each.state in LIVE)
        losses = self.losses(service_id)
        stopped = self.is_stopped(service_id)
        for each in endpoints:
            if each.state in LIVE:
                cut = each.id in self.uninvited(service_id) or (each.id in losses and not stopped)
                states[each.id] = "rejected" if cut else "available"
            elif each.state == "pendingAcceptance":
                states[each.id] = self._requested(each, counted)
        return states

    def losses(self, service_id: str) -> AbstractSet[str]:
        """Return the live endpoints that no valid entry lets in, apart from uninvited ones."""
        return {
            each.id
            for each in views.endpoints(service_id)
            if each.state in LIVE and self.valid(service_id, each.owner_id) is None
        } - self.uninvited(service_id)

    def is_stopped(self, service_id: str) -> bool:
        """Whether more would be lost than may be, or more were to be, and nobody has confirmed."""
        losses, most = self.losses(service_id), self.entry(service_id).max_withdrawals
        tripped_at = views.tripped_at(service_id)
        unconfirmed = tripped_at is not None and most <= tripped_at
        return bool(losses) and (unconfirmed or len(losses) > most)

    def uninvited(self, service_id: str) -> AbstractSet[str]:
        """Return the endpoints to cut because the service let them in by itself."""
        if (
            views.services()[service_id].acceptance_required
            or service_id not in self.on_record
            or self.standing(service_id) is Standing.REMOVED
        ):
            return frozenset()
        since = datetime.fromisoformat(views.ledger()["SERVICES", service_id]["since"])
        return {
            each.id
            for each in views.endpoints(service_id)
            if each.state in LIVE
            and self.valid(service_id, each.owner_id) is None
            and each.creation_timestamp > since
            and views.decided(each.id) <= {"live-unlisted"}
        }

    def _requested(self, each: InterfaceEndpoint, counted: Counter[str]) -> str:
        """Return what becomes of a request, and count it if it takes one of the places."""
        service_id, account_id = each.service.id, each.owner_id
        entry = self.entry(service_id)
        if account_id not in entry.consumers:
            waited = self.now - each.creation_timestamp
            timed_out = entry.hold_timeout is not None and waited > entry.hold_timeout
            refused = entry.unlisted == "reject" or timed_out
            return "rejected" if refused else "pendingAcceptance"
        if not self.admits(each):
            return "pendingAcceptance"
        counted[account_id] += 1
        most = entry.consumers[account_id].endpoints_max
        within = most is None or counted[account_id] <= most
        return "available" if within else "pendingAcceptance"

    def ports(self, service_id: str, listed: Listed) -> AbstractSet[int]:
        """Return the ports that a consumer reaches."""
        return frozenset(listed.ports or PORTS[self.aliases[service_id]])

    def wanted(self, place: Place, *standings: Standing) -> AbstractSet[Ingress]:
        """Return the rules that endpoints of services of these standings live by."""
        return {
            Ingress(group_id, "tcp", port, cidr)
            for each in self.entitled(place, *standings)
            if (listed := self.valid(each.service.id, each.owner_id)) and listed.access == "role"
            for group_id in each.security_group_ids
            if group_id in views.groups(place) and views.is_opted_in(views.groups(place)[group_id])
            for port in self.ports(each.service.id, listed)
            for cidr in listed.collapsed
        }

    def entitled(self, place: Place, *standings: Standing) -> Iterator[InterfaceEndpoint]:
        """Yield the live endpoints at a place that a valid entry lets in."""
        for service_id in self.aliases:
            if self.standing(service_id) in standings:
                for each in views.endpoints(service_id):
                    is_live = views.place_of(each) == place and each.state in LIVE
                    if is_live and self.valid(service_id, place[0]) is not None:
                        yield each

    def is_blind(self, account_id: str, service_id: str) -> bool:
        """Whether a consumer should let us in and does not: only the provider's list tells."""
        listed = self.valid(service_id, account_id)
        has_role = listed is None or listed.access == "role"
        return has_role and account_id in self.locked

    def untouchable(
        self, place: Place, service_id: str, *, of_copies: bool = False
    ) -> Iterator[InterfaceEndpoint]:
        """Yield the endpoints from under which nothing of a service is taken.

        In the account of a consumer that has no role for us any more everything stays, too, for
        as long as its endpoints live.
        """
        for each in views.endpoints(service_id):
            if views.place_of(each) != place or each.state == "deleted":
                continue
            listed = self.valid(service_id, place[0])
            has_role = listed is not None and (of_copies or listed.access == "role")
            if of_copies and self.is_blind(place[0], service_id):
                has_role = False
            if each.state in UNCLEAR or (each.state in LIVE and not has_role):
                yield each
