"""One convergence of the published addresses of a consumer: gather, plan, apply."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from privatelink.allowlist import ConsumerEntry
from privatelink.batches import CREW, Crew
from privatelink.choice import (
    NOTHING,
    Choice,
    choose_blindly,
    choose_by_names,
    choose_endpoints,
)
from privatelink.errors import AwsError
from privatelink.gateways.accounts import ConsumerAccount
from privatelink.gateways.claims import Outcome, Share
from privatelink.gateways.events import Event
from privatelink.gateways.parameters import Parameters, is_put_meanwhile
from privatelink.gateways.sessions import ConsumerSessions
from privatelink.gateways.shares import Shares
from privatelink.gateways.stack import Stack
from privatelink.gateways.traces import Traces
from privatelink.hints import ConvergenceRequest
from privatelink.model import (
    ESTABLISHED,
    InterfaceEndpoint,
    NetworkInterface,
    NetworkInterfaceId,
    VpcEndpointId,
)
from privatelink.parameter_places import PlaceId, Publisher
from privatelink.publication import PublicationPlan, no_room, ownerless, plan_publication
from privatelink.reachability import Surroundings, check_reachability
from privatelink.session_policies import Purpose
from privatelink.telemetry import count, measure_seconds
from publish_endpoint_addresses import purposes
from publish_endpoint_addresses.measuring import drift, is_first, seconds_to_ready
from publish_endpoint_addresses.shelves import Shelves, Side
from publish_endpoint_addresses.telling import PUBLISHED, published_by, withdrawn_by, would

_PART: Final = "addresses"
_NO_ROOM: Final = "ParameterLimitExceeded"


@dataclass(frozen=True, kw_only=True)
class View:
    """What the consumer's account shows, and what is to be done there.

    `interfaces` are those of the endpoints and those that the routes around them lead to;
    `surroundings` is None if they are not looked at, or could not be seen: then `around` has why.
    """

    endpoints: tuple[InterfaceEndpoint, ...]
    interfaces: Mapping[NetworkInterfaceId, NetworkInterface]
    surroundings: Surroundings | None
    around: Outcome
    choice: Choice
    side: Side


@dataclass(frozen=True, kw_only=True)
class PublishEndpointAddresses:
    """Publishes the addresses of a consumer's endpoints to the consumer, with a copy for us.

    `resolve` answers a DNS name with its IPv4 addresses.
    """

    stack: Stack
    shares: Shares
    traces: Traces
    sessions: ConsumerSessions
    copies: Parameters
    resolve: Callable[[str], Iterable[str]]
    parameter_prefix: str
    crew: Crew = CREW
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def __call__(self, request: ConvergenceRequest) -> None:
        """Bring the parameters of one consumer of one service to what is true.

        If somebody puts a parameter at the same time, as another request has it done, it is looked
        at again at once: what stands there may be ours, or in the way.
        """
        try:
            self.shares.attend(request, _PART, self._converge)
        except ExceptionGroup as failure:
            if not all(map(is_put_meanwhile, failure.exceptions)):
                raise
            self.shares.attend(request, _PART, self._converge)

    def _converge(self, share: Share, outcome: Outcome) -> None:
        publisher = Publisher(
            owner=self.stack.owner,
            service_id=share.service.service_id,
            region=share.consumer.region,
            ports=share.ports,
            allowlist_version=share.allowlist.version,
        )
        shelves = Shelves(prefix=self.parameter_prefix, share=share, publisher=publisher)
        view = None
        if share.enters:
            with outcome.collecting(share):
                view = self._enter(share, shelves)
        choice, copies = NOTHING, None
        with outcome.collecting(share):
            choice = self._choose(share, view)
            copies = self._plan_copies(share, shelves, choice)
        sides = [side for side in (view and view.side, copies) if isinstance(side, Side)]
        outcome.findings += choice.findings
        outcome.findings += (f for side in sides for _, plan in side.plans for f in plan.findings)
        seen = len(sides) == (2 if share.enters else 1)
        if share.observing:
            outcome.would += would(sides)
        else:
            self._apply(share, shelves, outcome, sides, choice)
        if share.leaving and shelves.unreachable:
            outcome.findings.append(share.left_behind(shelves.unreachable))
        if view and share.role_entry:
            seen &= self._cross_check(view, share.role_entry, outcome)
        outcome.complete |= seen

    def _enter(self, share: Share, shelves: Shelves) -> View:
        with self.sessions.entering(share.consumer):
            account = self.sessions.enter(share.consumer, purposes.to_read(shelves))
            endpoints = account.endpoints.describe_vpc_endpoints(share.service.service_name)
            around = Outcome()
            surroundings = self._look_around(share, account, endpoints, around)
            interfaces = account.endpoints.describe_network_interfaces(
                endpoints, surroundings.network_interface_ids if surroundings else ()
            )
            choice = choose_endpoints(endpoints, interfaces)
            plans = shelves.plan(shelves.consumers, choice, account.parameters, share.role_entry)
        side = Side(parameters=account.parameters, plans=plans, is_copy=False)
        return View(
            endpoints=endpoints,
            interfaces=interfaces,
            surroundings=surroundings,
            around=around,
            choice=choice,
            side=side,
        )

    def _look_around(
        self,
        share: Share,
        account: ConsumerAccount,
        endpoints: Iterable[InterfaceEndpoint],
        around: Outcome,
    ) -> Surroundings | None:
        """Return the networks of a consumer's endpoints, whose sources have to be reached.

        What is refused is kept for the end: it does not keep addresses from being published.
        """
        if share.role_entry is None:
            return None
        with around.collecting(share), self.sessions.entering(share.consumer):
            return account.networks.describe(e.vpc_id for e in endpoints if e.state in ESTABLISHED)
        return None

    def _choose(self, share: Share, view: View | None) -> Choice:
        """Choose what is copied: what the consumer sees, or else what the provider does."""
        by_names = share.entry is not None and share.role_entry is None
        if view and not by_names:
            return view.choice
        connections = self.shares.services.describe_vpc_endpoint_connections(
            share.service.service_id, owner=share.consumer.account_id
        )
        if by_names:
            return choose_by_names(connections, share.consumer, self.resolve)
        return choose_blindly(connections, share.consumer)

    def _plan_copies(self, share: Share, shelves: Shelves, choice: Choice) -> Side:
        plans = shelves.plan(shelves.copies, choice, self.copies, share.entry)
        return Side(parameters=self.copies, plans=plans, is_copy=True)

    def _apply(
        self,
        share: Share,
        shelves: Shelves,
        outcome: Outcome,
        sides: Sequence[Side],
        choice: Choice,
    ) -> None:
        """Apply plans, with the trace laid before and brought to what is there afterwards."""
        complaints = len(outcome.findings)
        # What could not be looked at is there still, as far as it is on record.
        unseen = shelves.unseen(sides)
        holds = unseen.union(*(side.holds for side in sides))
        self.traces.hold(share, holds, writes=any(side.puts for side in sides))
        for side in sides:
            with outcome.collecting(share):
                self._apply_side(share, outcome, side, choice, is_told=side is sides[0])
        if outcome.errors or len(outcome.findings) > complaints:
            return
        leaves_nothing = not unseen and all(side.leaves_nothing for side in sides)
        if not leaves_nothing:
            self.traces.settle(share, unseen.union(*(side.leaves for side in sides)))
        elif self.traces.is_settled(share) and self._is_gone(share, shelves, sides):
            self.traces.release(share)

    def _apply_side(
        self, share: Share, outcome: Outcome, side: Side, choice: Choice, *, is_told: bool
    ) -> None:
        for shelf, plan in side.plans:
            try:
                with self._within(share, side):
                    self._write(share, side, shelf, plan)
                    self._keep_owned(share, side, shelf, plan)
            except AwsError as error:
                if error.code != _NO_ROOM:
                    raise
                outcome.findings.append(no_room(shelf, error.message))
            else:
                if is_told:
                    self._record(share, shelf, plan, choice)

    def _write(self, share: Share, side: Side, shelf: str, plan: PublicationPlan) -> None:
        if not plan.writes:
            return
        parameters = self._writing(share, side, purposes.to_write(share, shelf, plan))
        for parameter in plan.create:
            parameters.create_parameter(parameter, description=self._description(share))
        for parameter in plan.overwrite:
            parameters.overwrite_parameter(parameter)
        parameters.delete_parameters(plan.delete)
        if plan.create or plan.overwrite:
            count("ParametersPut", len(plan.create) + len(plan.overwrite))
        if repaired := drift(self.traces, share, side, shelf, plan):
            count("DriftRepaired", repaired)
        if plan.delete:
            count("ParametersDeleted", len(plan.delete))

    def _description(self, share: Share) -> str:
        return f"{share.name}: published by privatelink-autopilot {self.stack.owner}"

    def _keep_owned(self, share: Share, side: Side, shelf: str, plan: PublicationPlan) -> None:
        """Have a name stand where another function has given a place up while this one put it.

        The next sweep sees what is true, and gives it up for good.
        """
        if not plan.writes:
            return
        current = side.parameters.get_parameters_by_path(shelf)
        for leaf in ownerless(shelf, plan, current):
            self.traces.hold(share, side.traced([leaf.name]), writes=True)
            parameters = self._writing(share, side, purposes.to_claim(share, shelf, leaf))
            parameters.ensure_parameter(leaf, description=self._description(share))

    def _writing(self, share: Share, side: Side, purpose: Purpose) -> Parameters:
        """Return the parameters of a side, in the consumer's account by a session to write."""
        if side.is_copy:
            return side.parameters
        return self.sessions.enter(share.consumer, purpose).parameters

    def _within(self, share: Share, side: Side) -> AbstractContextManager[None]:
        return nullcontext() if side.is_copy else self.sessions.entering(share.consumer)

    def _record(self, share: Share, shelf: str, plan: PublicationPlan, choice: Choice) -> None:
        events, first = [], []
        for endpoint_id, detail in published_by(share, shelf, plan, choice):
            self.stack.ledger.add_history(endpoint_id, self.clock(), "publish", detail)
            events.append(Event(PUBLISHED, detail))
            if is_first(share, shelf, PlaceId(detail["path"].rpartition("/")[2])):
                first.append(endpoint_id)
        events += withdrawn_by(share, shelf, plan)
        self.stack.bus.put_events(events)
        for endpoint_id in first:
            self._tell_time_to_ready(share, endpoint_id)

    def _tell_time_to_ready(self, share: Share, endpoint_id: VpcEndpointId) -> None:
        entry = self.stack.ledger.read_endpoint(share.service.service_id, endpoint_id)
        seconds = seconds_to_ready(entry, self.clock())
        if seconds is not None:
            measure_seconds("TimeToReadySeconds", seconds)

    def _is_gone(self, share: Share, shelves: Shelves, sides: Iterable[Side]) -> bool:
        """Look again where something has been deleted, and tell whether nothing of ours is left."""
        for side in sides:
            for shelf, plan in side.plans:
                if plan.delete:
                    with self._within(share, side):
                        current = side.parameters.get_parameters_by_path(shelf)
                    if plan_publication(shelf, NOTHING, current, shelves.publisher).ours:
                        return False
        return True

    def _cross_check(self, view: View, entry: ConsumerEntry, outcome: Outcome) -> bool:
        """Say what keeps the consumer's sources from the endpoints; tell whether it was seen."""
        outcome.add(view.around)
        if view.surroundings is None:
            return False
        outcome.findings += check_reachability(
            view.endpoints, view.interfaces, entry.source_cidrs, view.surroundings
        )
        return True
