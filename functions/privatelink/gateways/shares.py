"""What a consumer has to do with a service: gathered before its account is entered."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Self

import boto3

from privatelink.allowlist import Allowlist, ConsumerEntry
from privatelink.errors import (
    ConsumerDeniedError,
    NotFoundError,
    PrivateLinkError,
    collected,
    raise_together,
)
from privatelink.findings import Finding, FindingKind
from privatelink.gateways.calls import CLIENT_CONFIG
from privatelink.gateways.endpoint_services import EndpointServices
from privatelink.gateways.ledger import Scope, ScopeRecord
from privatelink.gateways.load_balancers import LoadBalancers
from privatelink.gateways.stack import Stack
from privatelink.hints import ConvergenceRequest
from privatelink.model import Consumer, EndpointService, Port, ServiceId


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What the allowlist says of a consumer and a service; `entry` is None: it is not listed."""

    alias: str
    service: EndpointService
    entry: ConsumerEntry | None
    ports: frozenset[Port]


@dataclass(frozen=True, kw_only=True)
class Share(Claim):
    """A consumer's part in a service, with what is on record for one function's side of it."""

    consumer: Consumer
    allowlist: Allowlist
    scope: Scope
    record: ScopeRecord

    def denial(self, error: ConsumerDeniedError) -> Finding:
        """Say that the consumer's account does not let us in, or not let us do something."""
        assuming = error.operation == "AssumeRole"
        # Each function has a role of its own, which the consumer trusts or does not.
        place = f"{self.consumer}/{self.scope.part}"
        return Finding(
            kind=FindingKind.ROLE_NOT_ASSUMABLE if assuming else FindingKind.PERMISSION_MISSING,
            subject=place if assuming else f"{place}/{error.operation}",
            evidence={"role": error.role_arn, "answer": error.message},
        )


@dataclass
class Outcome:
    """What came of a convergence: findings for people, and errors that a retry may mend."""

    findings: list[Finding] = field(default_factory=list)
    errors: list[PrivateLinkError] = field(default_factory=list)
    complete: bool = False
    """Whether all was seen that findings come from."""

    @contextmanager
    def collecting(self, share: Share) -> Iterator[None]:
        """Note what goes wrong within the block, and go on behind it."""
        with collected(self.errors):
            try:
                yield
            except ConsumerDeniedError as denied:
                self.findings.append(share.denial(denied))


@dataclass(frozen=True, kw_only=True)
class Shares:
    """Gathers shares from the allowlist, the provider's account and the ledger."""

    stack: Stack
    services: EndpointServices
    load_balancers: LoadBalancers

    @classmethod
    def connect(cls, stack: Stack) -> Self:
        """Make the clients."""
        return cls(
            stack=stack,
            services=EndpointServices(boto3.client("ec2", config=CLIENT_CONFIG)),
            load_balancers=LoadBalancers(boto3.client("elbv2", config=CLIENT_CONFIG)),
        )

    def attend(
        self, request: ConvergenceRequest, part: str, converge: Callable[[Share, Outcome], None]
    ) -> None:
        """Converge the share that a request is about, and report what came of it.

        What AWS refuses is raised at the end, when everything else has been done.
        """
        share = self.gather(request, part)
        if share is None:
            return
        outcome = Outcome()
        with outcome.collecting(share):
            converge(share, outcome)
        self.stack.reporter.report(
            share.scope,
            outcome.findings,
            share.record.open_findings,
            complete=outcome.complete,
        )
        raise_together(f"{part} of {share.consumer} in {share.alias}", outcome.errors)

    def gather(self, request: ConvergenceRequest, part: str) -> Share | None:
        """Return the share that a request is about; None: the service is not in the allowlist."""
        allowlist = self.stack.allowlists.at_version(request.allowlist_version)
        claim = self._claim(allowlist, request.service_id, request.consumer)
        if claim is None:
            return None
        scope = Scope(service_id=request.service_id, consumer=request.consumer, part=part)
        return Share(
            alias=claim.alias,
            service=claim.service,
            entry=claim.entry,
            ports=claim.ports,
            consumer=request.consumer,
            allowlist=allowlist,
            scope=scope,
            record=self.stack.ledger.read_scope(scope),
        )

    def of_other_services(self, share: Share) -> Iterator[Claim]:
        """Return what the allowlist says of the consumer of a share and the other services."""
        for service_id in share.allowlist.service_ids:
            if service_id != share.service.service_id:
                claim = self._claim(share.allowlist, service_id, share.consumer)
                if claim is not None:
                    yield claim

    def _claim(
        self, allowlist: Allowlist, service_id: ServiceId, consumer: Consumer
    ) -> Claim | None:
        found = allowlist.service(service_id)
        if found is None:
            return None
        alias, service_entry = found
        entry = service_entry.consumer(consumer.account_id)
        try:
            service = self.services.describe_vpc_endpoint_service_configuration(service_id)
        except NotFoundError:
            # AcceptEndpointConnections raises a finding about it.
            return None
        chosen = entry.chosen_ports if entry else frozenset[Port]()
        ports = self.load_balancers.listening_ports(service) if chosen is None else chosen
        return Claim(alias=alias, service=service, entry=entry, ports=ports)
