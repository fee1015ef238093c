"""What is kept in order about an endpoint service itself, apart from its connections."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Self

from privatelink.errors import PrivateLinkError, collected
from privatelink.findings import Finding, FindingKind
from privatelink.gateways.allowed_principals import AllowedPrincipals
from privatelink.gateways.clients import client
from privatelink.gateways.connection_notifications import ConnectionNotifications
from privatelink.gateways.load_balancers import LoadBalancers
from privatelink.gateways.passes import Pass
from privatelink.gateways.records import Scope
from privatelink.gateways.stack import Stack
from privatelink.load_balancing import check_load_balancers
from privatelink.model import AccountId, EndpointService
from privatelink.principals import PrincipalsPlan, plan_principals
from privatelink.telemetry import count, logger

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client

_LOAD_BALANCERS: Final = "load-balancers"


@dataclass
class Inspection:
    """What came of looking a service over."""

    findings: list[Finding] = field(default_factory=list)
    would: list[str] = field(default_factory=list)
    errors: list[PrivateLinkError] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Upkeep:
    """Looks after a service's connection notification, allowed principals and load balancers."""

    stack: Stack
    notifications: ConnectionNotifications
    principals: AllowedPrincipals
    load_balancers: LoadBalancers
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    @classmethod
    def connect(cls, stack: Stack, topic_arn: str, ec2: "EC2Client") -> Self:
        """Share the function's client of EC2, and make one of the load balancers' API."""
        return cls(
            stack=stack,
            notifications=ConnectionNotifications(ec2, topic_arn),
            principals=AllowedPrincipals(ec2),
            load_balancers=LoadBalancers(client("elbv2")),
        )

    def inspect(
        self, this: Pass, service: EndpointService, protected: Collection[AccountId]
    ) -> Inspection:
        """Put in order what is ours to put in order, and say what is not.

        From `protected` accounts nothing is taken.
        """
        inspection = Inspection()
        if this.is_listed:
            if not service.acceptance_required:
                count("AcceptanceNotRequired")
                inspection.findings.append(
                    Finding(
                        kind=FindingKind.ACCEPTANCE_NOT_REQUIRED,
                        subject=service.service_id,
                        evidence={"service_name": service.service_name},
                    )
                )
            with collected(inspection.errors):
                self._keep_notification(service, inspection, observing=this.observing)
        # Of a service that is not listed any more nobody is asked for, and ours go.
        if this.entry.manage_principals or (this.record.principals and not this.is_listed):
            with collected(inspection.errors):
                self._keep_principals(this, inspection, protected)
        return inspection

    def check_load_balancers(self, this: Pass) -> None:
        """Report what is amiss about the load balancers of a service; nothing is changed."""
        scope = Scope(service_id=this.service_id, part=_LOAD_BALANCERS)
        findings: tuple[Finding, ...] = ()
        if this.service is not None and this.is_listed:
            seen = self.load_balancers.describe(this.service)
            findings = check_load_balancers(this.service, seen)
        already_open = this.record.part(scope).open_findings
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
        self, this: Pass, inspection: Inspection, protected: Collection[AccountId]
    ) -> None:
        service_id, ledger = this.service_id, self.stack.ledger
        plan = plan_principals(
            this.entry,
            now=self.clock(),
            allowed=self.principals.describe_vpc_endpoint_service_permissions(service_id),
            ours=this.record.principals,
            protected=protected,
        )
        inspection.would += _sentences(plan)
        if this.observing:
            return
        # On record before they are allowed, so that those which are ours are always known.
        ledger.note_principals(service_id, plan.add, self.clock())
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
        ledger.forget_principals(service_id, plan.forget)


def _sentences(plan: PrincipalsPlan) -> Iterable[str]:
    yield from (f"would allow account {account}" for account in plan.add)
    yield from (f"would not allow account {account} any more" for account in plan.remove)
