"""One convergence of the published addresses of a consumer: gather, plan, apply."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from privatelink.gateways.events import Event
from privatelink.gateways.interface_endpoints import InterfaceEndpoints
from privatelink.gateways.parameters import Parameters
from privatelink.gateways.sessions import ConsumerSessions
from privatelink.gateways.shares import Outcome, Share, Shares
from privatelink.gateways.stack import Stack
from privatelink.hints import ConvergenceRequest
from privatelink.model import VpcId
from privatelink.parameter_places import PublishedEndpoint, Publisher
from privatelink.publication import (
    Choice,
    PublicationPlan,
    choose_endpoints,
    plan_publication,
)
from privatelink.telemetry import count, logger

_PART: Final = "addresses"
PUBLISHED: Final = "Endpoint Address Published"
WITHDRAWN: Final = "Endpoint Address Withdrawn"


@dataclass(frozen=True, kw_only=True)
class PublishEndpointAddresses:
    """Publishes the addresses of a consumer's endpoints to the consumer, with a copy for us."""

    stack: Stack
    shares: Shares
    sessions: ConsumerSessions
    copies: Parameters
    parameter_prefix: str
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def __call__(self, request: ConvergenceRequest) -> None:
        """Bring the parameters of one consumer of one service to what is true."""
        self.shares.attend(request, _PART, self._converge)

    def _converge(self, share: Share, outcome: Outcome) -> None:
        with self.sessions.entering(share.consumer):
            parameters = Parameters(self.sessions.ssm(share.consumer))
            choice = self._choose(share)
            plan = self._plan(share, self._shelf(share), choice, parameters)
        copies = self._plan(share, self._copy_shelf(share), choice, self.copies)
        outcome.findings += (*choice.findings, *plan.findings, *copies.findings)
        outcome.complete = True
        leaves_nothing = plan.leaves_nothing and copies.leaves_nothing
        if not leaves_nothing and not share.record.has_trace:
            self.stack.ledger.leave_trace(share.scope, self.clock())
        with outcome.collecting(share):
            with self.sessions.entering(share.consumer):
                self._apply(share, plan, parameters)
            self._record(share, plan, choice.published)
        with outcome.collecting(share):
            self._apply(share, copies, self.copies)
        if leaves_nothing and share.record.has_trace:
            self._remove_trace(share, choice, parameters)

    def _choose(self, share: Share) -> Choice:
        ec2 = InterfaceEndpoints(self.sessions.ec2(share.consumer))
        endpoints = ec2.describe_vpc_endpoints(share.service.service_name)
        return choose_endpoints(endpoints, ec2.describe_network_interfaces(endpoints))

    def _shelf(self, share: Share) -> str:
        return f"{self.parameter_prefix}/{share.alias}"

    def _copy_shelf(self, share: Share) -> str:
        return f"{self._shelf(share)}/{share.consumer.account_id}"

    def _plan(
        self, share: Share, shelf: str, choice: Choice, parameters: Parameters
    ) -> PublicationPlan:
        publisher = Publisher(
            owner=self.stack.owner,
            service_id=share.service.service_id,
            region=share.consumer.region,
            ports=share.ports,
            allowlist_version=share.allowlist.version,
        )
        current = parameters.get_parameters_by_path(shelf)
        return plan_publication(
            shelf, choice, current, publisher, is_listed=share.entry is not None
        )

    def _apply(self, share: Share, plan: PublicationPlan, parameters: Parameters) -> None:
        description = f"{share.alias}: published by privatelink-autopilot {self.stack.owner}"
        for parameter in plan.create:
            parameters.create_parameter(parameter, description=description)
        for parameter in plan.overwrite:
            parameters.overwrite_parameter(parameter)
        parameters.delete_parameters(plan.delete)
        if plan.create or plan.overwrite:
            count("ParametersPut", len(plan.create) + len(plan.overwrite))
        if plan.delete:
            count("ParametersDeleted", len(plan.delete))

    def _remove_trace(self, share: Share, choice: Choice, parameters: Parameters) -> None:
        """Remove the trace once a look has found nothing of ours."""
        with self.sessions.entering(share.consumer):
            plan = self._plan(share, self._shelf(share), choice, parameters)
        copies = self._plan(share, self._copy_shelf(share), choice, self.copies)
        if plan.finds_nothing and copies.finds_nothing:
            self.stack.ledger.remove_trace(share.scope)

    def _record(
        self, share: Share, plan: PublicationPlan, published: Mapping[VpcId, PublishedEndpoint]
    ) -> None:
        events = []
        for vpc_id in sorted(plan.published):
            endpoint_id = published[vpc_id].endpoint.vpc_endpoint_id
            detail = {
                **self._detail(share, vpc_id),
                "vpc_endpoint_id": endpoint_id,
                "addresses": ",".join(published[vpc_id].addresses.values()),
            }
            logger.info("publish", extra=detail)
            self.stack.ledger.add_history(endpoint_id, self.clock(), "publish", detail)
            events.append(Event(PUBLISHED, detail))
        for vpc_id in sorted(plan.withdrawn):
            detail = self._detail(share, vpc_id)
            logger.info("withdraw", extra=detail)
            events.append(Event(WITHDRAWN, detail))
        self.stack.bus.put_events(events)

    def _detail(self, share: Share, vpc_id: VpcId) -> dict[str, str]:
        return {
            "service_id": share.service.service_id,
            "account_id": share.consumer.account_id,
            "region": share.consumer.region,
            "vpc_id": vpc_id,
            "path": f"{self._shelf(share)}/{vpc_id}",
            "allowlist_version": share.allowlist.version,
        }
