"""What a consumer has to do with a service: gathered before its account is entered."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Self

import boto3

from privatelink.allowlist import Allowlist, ConsumerEntry, removed_service
from privatelink.errors import (
    ConsumerDeniedError,
    NotFoundError,
    PrivateLinkError,
    collected,
    raise_together,
)
from privatelink.findings import Finding, FindingKind, enumerated
from privatelink.gateways.calls import CLIENT_CONFIG
from privatelink.gateways.endpoint_services import EndpointServices
from privatelink.gateways.load_balancers import LoadBalancers
from privatelink.gateways.records import Scope, ScopeRecord
from privatelink.gateways.stack import Stack
from privatelink.hints import ConvergenceRequest
from privatelink.model import Consumer, EndpointService, Port, ServiceId

COPY: Final = "copy:"
"""What a trace holds is in the consumer's account, unless it begins so: then it is in ours."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What the allowlist says of a consumer and a service.

    `alias` is None for a service that has been taken out of the allowlist, `entry` for a consumer
    that is not listed, or whose entry has expired; `ports` is None if there is no such service, or
    no longer, and nothing is known of its ports.
    """

    alias: str | None
    service: EndpointService
    entry: ConsumerEntry | None
    ports: frozenset[Port] | None
    observing: bool

    @property
    def role_entry(self) -> ConsumerEntry | None:
        """The entry, if it says that there is a role for us in the consumer's account."""
        return self.entry if self.entry and self.entry.access == "role" else None


@dataclass(frozen=True, kw_only=True)
class Share(Claim):
    """A consumer's part in a service, with what is on record for one function's side of it."""

    consumer: Consumer
    allowlist: Allowlist
    scope: Scope
    record: ScopeRecord
    leaving: bool

    @property
    def holds(self) -> frozenset[str]:
        """What of ours may be with the consumer or for it, as far as it is on record."""
        return self.record.trace.holds if self.record.trace else frozenset()

    @property
    def held_by_consumer(self) -> frozenset[str]:
        """What of ours may be in the consumer's account."""
        return frozenset(each for each in self.holds if not each.startswith(COPY))

    @property
    def enters(self) -> bool:
        """Whether there is anything to do in the consumer's account.

        One that is not listed, or by `access: none` gives us no role, is entered only to look after
        what of ours is there already.
        """
        return self.role_entry is not None or bool(self.held_by_consumer)

    @property
    def name(self) -> str:
        """What people call the service."""
        return self.alias or self.service.service_id

    def denial(self, error: ConsumerDeniedError) -> Finding | None:
        """Say that the consumer's account does not let us in, or not let us do something.

        None: nothing has to be done there.
        """
        # Each function has a role of its own, which the consumer trusts or does not.
        place = f"{self.consumer}/{self.scope.part}"
        evidence = {"role": error.role_arn, "answer": error.message}
        if self.leaving:
            stays = {"stays": enumerated(self.held_by_consumer)}
            return Finding(kind=FindingKind.LEFT_BEHIND, subject=place, evidence=evidence | stays)
        if self.entry and self.role_entry is None:
            return None
        assuming = error.operation == "AssumeRole"
        return Finding(
            kind=FindingKind.ROLE_NOT_ASSUMABLE if assuming else FindingKind.PERMISSION_MISSING,
            subject=place if assuming else f"{place}/{error.operation}",
            evidence=evidence,
        )


@dataclass
class Outcome:
    """What came of a convergence: findings for people, and errors that a retry may mend."""

    findings: list[Finding] = field(default_factory=list)
    errors: list[PrivateLinkError] = field(default_factory=list)
    would: list[str] = field(default_factory=list)
    complete: bool = False
    """Whether all was seen that findings come from."""

    @contextmanager
    def collecting(self, share: Share) -> Iterator[None]:
        """Note what goes wrong within the block, and go on behind it."""
        with collected(self.errors):
            try:
                yield
            except ConsumerDeniedError as denied:
                if finding := share.denial(denied):
                    self.findings.append(finding)
                # Of one who has left, nothing else matters.
                self.complete |= share.leaving


@dataclass(frozen=True, kw_only=True)
class Shares:
    """Gathers shares from the allowlist, the provider's account and the ledger."""

    stack: Stack
    services: EndpointServices
    load_balancers: LoadBalancers
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

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
        would = tuple(outcome.would) if share.observing else ()
        if would != share.record.would:
            self.stack.ledger.record_would(share.scope, would)
        raise_together(f"{part} of {share.consumer} in {share.name}", outcome.errors)

    def gather(self, request: ConvergenceRequest, part: str) -> Share | None:
        """Return the share that a request is about; None: the service is none of ours."""
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
            observing=claim.observing,
            consumer=request.consumer,
            allowlist=allowlist,
            scope=scope,
            record=self.stack.ledger.read_scope(scope),
            leaving=request.leaving,
        )

    def of_other_services(self, share: Share) -> Iterator[Claim]:
        """Return what is to be said of the consumer of a share and the other services."""
        tracked = self.stack.ledger.read_tracked_services()
        for service_id in dict.fromkeys((*share.allowlist.service_ids, *sorted(tracked))):
            if service_id != share.service.service_id:
                claim = self._claim(share.allowlist, service_id, share.consumer)
                if claim is not None:
                    yield claim

    def _claim(
        self, allowlist: Allowlist, service_id: ServiceId, consumer: Consumer
    ) -> Claim | None:
        found = allowlist.service(service_id)
        alias, listed = found or (None, removed_service(service_id))
        service = self._service(service_id, is_listed=found is not None)
        if service is None:
            return None
        entry = listed.consumer(consumer.account_id)
        if entry is not None and entry.has_expired(self.clock()):
            entry = None
        return Claim(
            alias=alias,
            service=service,
            entry=entry,
            ports=self._ports(service, entry),
            observing=self.stack.observes or listed.mode == "observe",
        )

    def _ports(
        self, service: EndpointService, entry: ConsumerEntry | None
    ) -> frozenset[Port] | None:
        if entry is None:
            return frozenset()
        if entry.chosen_ports is not None:
            return entry.chosen_ports
        if not service.load_balancer_arns:
            return None
        return self.load_balancers.listening_ports(service)

    def _service(self, service_id: ServiceId, *, is_listed: bool) -> EndpointService | None:
        """Return a service that is in the allowlist, or has been; None: it is none of ours.

        Of one that does not exist any more the name is known from the ledger, by which its
        consumers' endpoints are found.
        """
        tracked = None if is_listed else self._tracked(service_id)
        if not is_listed and tracked is None:
            return None
        try:
            return self.services.describe_vpc_endpoint_service_configuration(service_id)
        except NotFoundError:
            # AcceptEndpointConnections raises a finding about it.
            return tracked or self._tracked(service_id)

    def _tracked(self, service_id: ServiceId) -> EndpointService | None:
        tracked = self.stack.ledger.read_tracked_services().get(service_id)
        if tracked is None or not tracked.service_name:
            return None
        return EndpointService(
            service_id=service_id, service_name=tracked.service_name, load_balancer_arns=()
        )
