"""One convergence of the published addresses of a consumer: gather, plan, apply."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from privatelink.errors import AddressesNotVisibleError, ConsumerDeniedError
from privatelink.findings import Finding
from privatelink.gateways.events import Event
from privatelink.gateways.interface_endpoints import InterfaceEndpoints
from privatelink.gateways.parameters import Parameters
from privatelink.gateways.sessions import ConsumerSessions
from privatelink.gateways.shares import Share, Shares
from privatelink.gateways.stack import Stack
from privatelink.hints import ConvergenceRequest
from privatelink.model import VpcId
from privatelink.publication import (
    PublicationPlan,
    PublishedEndpoint,
    Publisher,
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
        """Bring the parameters of one consumer of one service to what is true.

        Raises AddressesNotVisibleError once everything else has been published.
        """
        share = self.shares.gather(request, _PART)
        if share is None:
            return
        unready: frozenset[VpcId] = frozenset()
        try:
            findings, unready = self._converge(share)
        except ConsumerDeniedError as denied:
            findings = (share.denial(denied),)
        self.stack.reporter.report(share.scope, findings, share.record.open_findings)
        if unready:
            raise AddressesNotVisibleError(tuple(sorted(unready)))

    def _converge(self, share: Share) -> tuple[Sequence[Finding], frozenset[VpcId]]:
        with self.sessions.entering(share.consumer):
            ec2 = InterfaceEndpoints(self.sessions.ec2(share.consumer))
            endpoints = ec2.describe_vpc_endpoints(share.service.service_name)
            if share.must_stay(endpoints):
                return (), frozenset()
            parameters = Parameters(self.sessions.ssm(share.consumer))
            chosen = choose_endpoints(endpoints, ec2.describe_network_interfaces(endpoints))
            shelf = f"{self.parameter_prefix}/{share.alias}"
            plan = self._plan(share, shelf, chosen, parameters)
        copy_shelf = f"{shelf}/{share.consumer.account_id}"
        copy_plan = self._plan(share, copy_shelf, chosen, self.copies)
        if (plan.create or copy_plan.create) and not share.record.has_trace:
            self.stack.ledger.leave_trace(share.scope, self.clock())
        with self.sessions.entering(share.consumer):
            self._apply(share, plan, parameters)
        self._apply(share, copy_plan, self.copies)
        self._record(share, shelf, plan, chosen)
        if plan.leaves_nothing and copy_plan.leaves_nothing and share.record.has_trace:
            self.stack.ledger.remove_trace(share.scope)
        return (*plan.findings, *copy_plan.findings), plan.unready

    def _plan(
        self,
        share: Share,
        shelf: str,
        chosen: Mapping[VpcId, PublishedEndpoint],
        parameters: Parameters,
    ) -> PublicationPlan:
        publisher = Publisher(
            owner=self.stack.owner,
            service_id=share.service.service_id,
            region=share.consumer.region,
            ports=share.ports,
            allowlist_version=share.allowlist_version,
        )
        return plan_publication(shelf, chosen, parameters.get_parameters_by_path(shelf), publisher)

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

    def _record(
        self,
        share: Share,
        shelf: str,
        plan: PublicationPlan,
        chosen: Mapping[VpcId, PublishedEndpoint],
    ) -> None:
        events = []
        for vpc_id in sorted(plan.published):
            detail = {
                **_detail(share, shelf, vpc_id),
                "vpc_endpoint_id": chosen[vpc_id].endpoint.vpc_endpoint_id,
                "addresses": ",".join(chosen[vpc_id].addresses.values()),
            }
            logger.info("publish", extra=detail)
            self.stack.ledger.add_history(
                chosen[vpc_id].endpoint.vpc_endpoint_id, self.clock(), "publish", detail
            )
            events.append(Event(PUBLISHED, detail))
        for vpc_id in sorted(plan.withdrawn):
            detail = _detail(share, shelf, vpc_id)
            logger.info("withdraw", extra=detail)
            events.append(Event(WITHDRAWN, detail))
        self.stack.bus.put_events(events)


def _detail(share: Share, shelf: str, vpc_id: VpcId) -> dict[str, str]:
    return {
        "service_id": share.service.service_id,
        "account_id": share.consumer.account_id,
        "region": share.consumer.region,
        "vpc_id": vpc_id,
        "path": f"{shelf}/{vpc_id}",
        "allowlist_version": share.allowlist_version,
    }
