"""Services as the next sweep will find them: read and decided about, with nothing done."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from console.deployed import DeployedStack
from console.documents.findings import OpenFinding
from console.provider import Provider
from privatelink.acceptance import AcceptancePlan
from privatelink.gateways.parameters import Parameters
from privatelink.gateways.passes import Pass
from privatelink.gateways.records import OpenFinding as Recorded
from privatelink.gateways.records import ScopeRecord
from privatelink.hints import Look
from privatelink.model import Consumer, Parameter, VpcEndpointId
from privatelink.parameter_places import endpoint_id_of, is_claimed, shelf_of, sort_into_places


@dataclass(frozen=True, kw_only=True)
class Sight:
    """One service, and what is decided about its connections."""

    this: Pass
    plan: AcceptancePlan

    @property
    def name(self) -> str:
        """What people call the service."""
        return self.this.alias or self.this.service_id

    @property
    def service_name(self) -> str:
        """What AWS calls the service; empty if it has never been seen to exist."""
        known = self.this.service or self.this.tracked
        return known.service_name if known else ""

    def open_findings(self) -> Iterator[OpenFinding]:
        """Yield the open findings of the service and its consumers."""
        for part in self.this.record.parts.values():
            yield from self._findings(part, None)
        for scope, part in self.this.record.consumers.items():
            yield from self._findings(part, scope.consumer)

    def _findings(self, part: ScopeRecord, consumer: Consumer | None) -> Iterator[OpenFinding]:
        for finding_id, recorded in part.open_findings.items():
            yield _finding(finding_id, recorded, self.this.service_id, consumer)


def see_services(provider: Provider, deployed: DeployedStack, now: datetime) -> Iterator[Sight]:
    """Yield the services that are looked after, each as it is asked for."""
    allowlist = provider.allowlists.get()
    tracked = provider.ledger.read_tracked_services()
    for service_id in allowlist.looked_after(tracked):
        this = Pass(
            look=Look(service_id=service_id),
            allowlist=allowlist,
            observes=deployed.accept.mode == "observe",
            record=provider.ledger.read_service(service_id),
            service=provider.services.find_vpc_endpoint_service(service_id),
            tracked=tracked.get(service_id),
        )
        connections = provider.services.describe_vpc_endpoint_connections(service_id)
        plan = this.plan(connections, home=deployed.accept.read_owner().region, now=now)
        yield Sight(this=this, plan=plan)


def in_order(findings: Iterable[OpenFinding]) -> tuple[OpenFinding, ...]:
    """Put errors before warnings, and what has been open for long before what is new."""
    return tuple(sorted(findings, key=lambda f: (f.severity, f.since, f.kind, f.subject)))


def published(copies: Parameters, path: str) -> Mapping[VpcEndpointId, Mapping[str, Parameter]]:
    """Return what is published below a path of the copies: by endpoint, and then by leaf."""
    shelves: dict[str, list[Parameter]] = {}
    for parameter in copies.get_parameters_by_path(path):
        if shelf := shelf_of(parameter.name):
            shelves.setdefault(shelf, []).append(parameter)
    return {
        VpcEndpointId(str(endpoint_id_of(leaves))): leaves
        for shelf, parameters in shelves.items()
        for leaves in sort_into_places(shelf, parameters).values()
        if is_claimed(leaves)
    }


def _finding(
    finding_id: str, recorded: Recorded, service_id: str, consumer: Consumer | None
) -> OpenFinding:
    kind, _, subject = finding_id.partition("/")
    evidence = dict(recorded.attributes)
    evidence.pop("kind", None)
    return OpenFinding(
        severity=evidence.pop("severity", "error"),
        kind=kind,
        subject=subject,
        service_id=service_id,
        consumer=str(consumer) if consumer else None,
        since=recorded.raised,
        what_to_do=evidence.pop("what_to_do", ""),
        evidence=dict(sorted(evidence.items())),
    )
