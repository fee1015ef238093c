"""What is kept in order about an endpoint service itself, apart from its connections."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Self

import boto3

from privatelink.allowlist import ServiceEntry
from privatelink.errors import PrivateLinkError, collected
from privatelink.findings import Finding, FindingKind
from privatelink.gateways.allowed_principals import AllowedPrincipals
from privatelink.gateways.calls import CLIENT_CONFIG
from privatelink.gateways.connection_notifications import ConnectionNotifications
from privatelink.gateways.load_balancers import LoadBalancers
from privatelink.gateways.records import Scope, ServiceRecord
from privatelink.gateways.stack import Stack
from privatelink.load_balancing import check_load_balancers
from privatelink.model import EndpointService
from privatelink.principals import PrincipalsPlan, plan_principals
from privatelink.telemetry import count, logger

_LOAD_BALANCERS: Final = "load-balancers"


@dataclass
class Inspection:
    """What came of looking a service over."""

    findings: list[Finding] = field(default_factory=list)
    would: list[str] = field(default_factory=list)
    errors: list[PrivateLinkError] = field(default_factory=list)

    @contextmanager
    def collecting(self) -> Iterator[None]:
        """Note what goes wrong within the block, and go on behind it."""
        with collected(self.errors):
            yield


@dataclass(frozen=True, kw_only=True)
class Upkeep:
    """Looks after a service's connection notification, allowed principals and load balancers."""

    stack: Stack
    notifications: ConnectionNotifications
    principals: AllowedPrincipals
    load_balancers: LoadBalancers
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    @classmethod
    def connect(cls, stack: Stack, topic_arn: str) -> Self:
        """Make the clients."""
        ec2 = boto3.client("ec2", config=CLIENT_CONFIG)
        return cls(
            stack=stack,
            notifications=ConnectionNotifications(ec2, topic_arn),
            principals=AllowedPrincipals(ec2),
            load_balancers=LoadBalancers(boto3.client("elbv2", config=CLIENT_CONFIG)),
        )

    def inspect(
        self,
        service: EndpointService,
        entry: ServiceEntry,
        record: ServiceRecord,
        *,
        observing: bool,
    ) -> Inspection:
        """Put in order what is ours to put in order, and say what is not."""
        inspection = Inspection()
        if not service.acceptance_required:
            count("AcceptanceNotRequired")
            inspection.findings.append(
                Finding(
                    kind=FindingKind.ACCEPTANCE_NOT_REQUIRED,
                    subject=service.service_id,
                    evidence={"service_name": service.service_name},
                )
            )
        with inspection.collecting():
            self._keep_notification(service, inspection, observing=observing)
        if entry.manage_principals:
            with inspection.collecting():
                self._keep_principals(service, entry, record, inspection, observing=observing)
        return inspection

    def check_load_balancers(self, service: EndpointService, record: ServiceRecord) -> None:
        """Report what is amiss about the load balancers of a service; nothing is changed."""
        scope = Scope(service_id=service.service_id, part=_LOAD_BALANCERS)
        findings = check_load_balancers(service, self.load_balancers.describe(service))
        already_open = record.part(scope).open_findings
        self.stack.reporter.report(scope, findings, already_open, complete=True)

    def _keep_notification(
        self, service: EndpointService, inspection: Inspection, *, observing: bool
    ) -> None:
        found = self.notifications.describe_vpc_endpoint_connection_notification(service.service_id)
        if found is None:
            inspection.would.append("would have connections notified")
            if not observing:
                self.notifications.create_vpc_endpoint_connection_notification(service.service_id)
        elif not found.is_enabled:
            inspection.findings.append(
                Finding(
                    kind=FindingKind.NOTIFICATION_DISABLED,
                    subject=service.service_id,
                    evidence={"notification": found.notification_id},
                )
            )
        elif not found.has_all_events:
            inspection.would.append("would have every kind of event notified")
            if not observing:
                self.notifications.modify_vpc_endpoint_connection_notification(
                    found.notification_id
                )

    def _keep_principals(
        self,
        service: EndpointService,
        entry: ServiceEntry,
        record: ServiceRecord,
        inspection: Inspection,
        *,
        observing: bool,
    ) -> None:
        service_id = service.service_id
        plan = plan_principals(
            entry,
            now=self.clock(),
            allowed=self.principals.describe_vpc_endpoint_service_permissions(service_id),
            ours=record.principals,
        )
        inspection.would += _sentences(plan)
        if observing:
            return
        # On record before they are allowed, so that those which are ours are always known.
        self.stack.ledger.note_principals(service_id, plan.add)
        if plan.add or plan.remove:
            self.principals.modify_vpc_endpoint_service_permissions(
                service_id, add=plan.add, remove=plan.remove
            )
            logger.info(
                "allowed principals",
                extra={
                    "service_id": service_id,
                    "added": list(plan.add),
                    "removed": list(plan.remove),
                },
            )
        self.stack.ledger.forget_principals(service_id, plan.forget)


def _sentences(plan: PrincipalsPlan) -> Iterable[str]:
    yield from (f"would allow account {account}" for account in plan.add)
    yield from (f"would not allow account {account} any more" for account in plan.remove)
