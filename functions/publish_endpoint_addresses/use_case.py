"""One convergence of the published addresses of a consumer: gather, plan, apply."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from privatelink.allowlist import ConsumerEntry
from privatelink.choice import (
    NOTHING,
    Choice,
    choose_blindly,
    choose_by_names,
    choose_endpoints,
)
from privatelink.errors import AwsError
from privatelink.gateways.events import Event
from privatelink.gateways.interface_endpoints import InterfaceEndpoints
from privatelink.gateways.networks import Networks
from privatelink.gateways.parameters import Parameters
from privatelink.gateways.sessions import ConsumerSessions
from privatelink.gateways.shares import Outcome, Share, Shares
from privatelink.gateways.stack import Stack
from privatelink.hints import ConvergenceRequest
from privatelink.model import ESTABLISHED, InterfaceEndpoint, NetworkInterface, NetworkInterfaceId
from privatelink.parameter_places import Publisher
from privatelink.publication import PublicationPlan, no_room, plan_publication
from privatelink.reachability import check_reachability
from privatelink.telemetry import count
from publish_endpoint_addresses.shelves import Shelves, Side
from publish_endpoint_addresses.telling import PUBLISHED, published_by, withdrawn_by, would

_PART: Final = "addresses"
_NO_ROOM: Final = "ParameterLimitExceeded"


@dataclass(frozen=True, kw_only=True)
class View:
    """What the consumer's account shows, and what is to be done there."""

    networks: Networks
    endpoints: tuple[InterfaceEndpoint, ...]
    interfaces: Mapping[NetworkInterfaceId, NetworkInterface]
    choice: Choice
    side: Side


@dataclass(frozen=True, kw_only=True)
class PublishEndpointAddresses:
    """Publishes the addresses of a consumer's endpoints to the consumer, with a copy for us.

    `resolve` answers a DNS name with its IPv4 addresses.
    """

    stack: Stack
    shares: Shares
    sessions: ConsumerSessions
    copies: Parameters
    resolve: Callable[[str], Iterable[str]]
    parameter_prefix: str
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def __call__(self, request: ConvergenceRequest) -> None:
        """Bring the parameters of one consumer of one service to what is true."""
        self.shares.attend(request, _PART, self._converge)

    def _converge(self, share: Share, outcome: Outcome) -> None:
        shelves = Shelves(prefix=self.parameter_prefix, share=share)
        enters = not share.keeps_out or bool(shelves.held_by_consumer)
        view, copies = None, None
        if enters:
            with outcome.collecting(share):
                view = self._enter(share, shelves)
        with outcome.collecting(share):
            choice = self._choose(share, view)
            copies = self._plan_copies(share, shelves, choice)
            outcome.findings += choice.findings
        theirs = view.side if view else None
        sides = [side for side in (theirs, copies) if side is not None]
        outcome.findings += (f for side in sides for _, plan in side.plans for f in plan.findings)
        seen = (view is not None or not enters) and copies is not None
        if share.observing:
            outcome.would += would(sides)
        else:
            self._apply(share, shelves, outcome, sides, choice)
        if view and share.role_entry:
            seen &= self._cross_check(share, view, share.role_entry, outcome)
        outcome.complete |= seen

    def _enter(self, share: Share, shelves: Shelves) -> View:
        with self.sessions.entering(share.consumer):
            ec2 = self.sessions.ec2(share.consumer)
            gateway = InterfaceEndpoints(ec2)
            endpoints = gateway.describe_vpc_endpoints(share.service.service_name)
            interfaces = gateway.describe_network_interfaces(endpoints)
            choice = choose_endpoints(endpoints, interfaces)
            parameters = Parameters(self.sessions.ssm(share.consumer))
            is_listed = share.role_entry is not None
            plans = {
                shelf: self._plan(share, shelves, shelf, choice, parameters, is_listed=is_listed)
                for shelf in shelves.consumers
            }
        side = Side(parameters=parameters, plans=tuple(plans.items()))
        return View(
            networks=Networks(ec2),
            endpoints=endpoints,
            interfaces=interfaces,
            choice=choice,
            side=side,
        )

    def _choose(self, share: Share, view: View | None) -> Choice:
        """Choose what is copied: what the consumer sees, or else what the provider does."""
        if view and not share.keeps_out:
            return view.choice
        connections = self.shares.services.describe_vpc_endpoint_connections(
            share.service.service_id, owner=share.consumer.account_id
        )
        if share.keeps_out:
            return choose_by_names(connections, share.consumer, self.resolve)
        return choose_blindly(connections, share.consumer)

    def _plan_copies(self, share: Share, shelves: Shelves, choice: Choice) -> Side:
        is_listed = share.entry is not None
        plans = {
            shelf: self._plan(share, shelves, shelf, choice, self.copies, is_listed=is_listed)
            for shelf in shelves.copies
        }
        return Side(parameters=self.copies, plans=tuple(plans.items()))

    def _plan(  # noqa: PLR0913 - what is planned where, by what, for whom
        self,
        share: Share,
        shelves: Shelves,
        shelf: str,
        choice: Choice,
        parameters: Parameters,
        *,
        is_listed: bool,
    ) -> PublicationPlan:
        publisher = Publisher(
            owner=self.stack.owner,
            service_id=share.service.service_id,
            region=share.consumer.region,
            ports=share.ports,
            allowlist_version=share.allowlist.version,
        )
        # What has moved to another alias goes; what nobody may put anew stays while it is live.
        moved = not shelves.is_present(shelf) and is_listed and not choice.is_blind
        current = parameters.get_parameters_by_path(shelf)
        return plan_publication(
            shelf, NOTHING if moved else choice, current, publisher, is_listed=is_listed
        )

    def _apply(
        self,
        share: Share,
        shelves: Shelves,
        outcome: Outcome,
        sides: Sequence[Side],
        choice: Choice,
    ) -> None:
        """Apply plans, with the trace laid before and brought to what is there afterwards."""
        now, complaints = self.clock(), len(outcome.findings)
        # Where the consumer did not let us in, what has been put there before is there still.
        unseen = frozenset() if len(sides) > 1 else shelves.held_by_consumer
        holds = unseen.union(*(side.holds for side in sides))
        leaves_nothing = not unseen and all(side.leaves_nothing for side in sides)
        if not leaves_nothing:
            self.shares.hold(share, holds, now)
        for side in sides:
            with outcome.collecting(share):
                self._apply_side(share, outcome, side, choice, is_told=side is sides[0])
        if outcome.errors or len(outcome.findings) > complaints:
            return
        if not leaves_nothing:
            leaves = unseen.union(*(side.leaves for side in sides))
            self.shares.settle(share, leaves, share.holds | holds, now)
        elif share.record.trace and self._is_gone(share, shelves, sides):
            self.stack.ledger.remove_trace(share.scope)

    def _apply_side(
        self, share: Share, outcome: Outcome, side: Side, choice: Choice, *, is_told: bool
    ) -> None:
        for shelf, plan in side.plans:
            try:
                with self._within(share, side):
                    self._write(share, side.parameters, plan)
            except AwsError as error:
                if error.code != _NO_ROOM:
                    raise
                outcome.findings.append(no_room(shelf, error.message))
            else:
                if is_told:
                    self._record(share, shelf, plan, choice)

    def _write(self, share: Share, parameters: Parameters, plan: PublicationPlan) -> None:
        description = f"{share.name}: published by privatelink-autopilot {self.stack.owner}"
        for parameter in plan.create:
            parameters.create_parameter(parameter, description=description)
        for parameter in plan.overwrite:
            parameters.overwrite_parameter(parameter)
        parameters.delete_parameters(plan.delete)
        if plan.create or plan.overwrite:
            count("ParametersPut", len(plan.create) + len(plan.overwrite))
        if plan.delete:
            count("ParametersDeleted", len(plan.delete))

    def _within(self, share: Share, side: Side) -> AbstractContextManager[None]:
        is_copy = side.parameters is self.copies
        return nullcontext() if is_copy else self.sessions.entering(share.consumer)

    def _record(self, share: Share, shelf: str, plan: PublicationPlan, choice: Choice) -> None:
        events = []
        for endpoint_id, detail in published_by(share, shelf, plan, choice):
            self.stack.ledger.add_history(endpoint_id, self.clock(), "publish", detail)
            events.append(Event(PUBLISHED, detail))
        events += withdrawn_by(share, shelf, plan)
        self.stack.bus.put_events(events)

    def _is_gone(self, share: Share, shelves: Shelves, sides: Iterable[Side]) -> bool:
        """Look again, and tell whether nothing of ours is there."""
        for side in sides:
            for shelf, plan in side.plans:
                with self._within(share, side):
                    now = (
                        self._plan(share, shelves, shelf, NOTHING, side.parameters, is_listed=False)
                        if plan.delete
                        else plan
                    )
                if not now.finds_nothing:
                    return False
        return True

    def _cross_check(
        self, share: Share, view: View, entry: ConsumerEntry, outcome: Outcome
    ) -> bool:
        """Say what keeps the consumer's sources from the endpoints; tell whether it was seen."""
        with outcome.collecting(share):
            with self.sessions.entering(share.consumer):
                surroundings = view.networks.describe(
                    e.vpc_id for e in view.endpoints if e.state in ESTABLISHED
                )
            outcome.findings += check_reachability(
                view.endpoints, view.interfaces, entry.source_cidrs, surroundings
            )
            return True
        return False
