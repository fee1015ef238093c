"""Rehearsals in plain data."""

from collections.abc import Sequence
from typing import Final

from console.rehearsal.deeds import Deed, DeedKind, Stage
from console.rehearsal.sweep import Rehearsal
from privatelink.acceptance import plan_acceptance
from privatelink.allowlist import Allowlist, ServiceEntry
from privatelink.findings import Finding, FindingKind
from privatelink.gateways.records import Scope
from privatelink.model import Consumer, EndpointConnection
from tests.unit.builders import GROUP, HOME, LISTED, NOW, SERVICE_ID, service_entry

CONSUMER: Final = Consumer(account_id=LISTED, region=HOME)
SCOPE: Final = Scope(service_id=SERVICE_ID, consumer=CONSUMER, part="ingress")
QUOTA: Final = Finding(
    kind=FindingKind.SECURITY_GROUP_QUOTA, subject=GROUP, evidence={"quota": "60"}
)


def deed(
    kind: DeedKind = DeedKind.AUTHORIZE_INGRESS,
    subject: str = GROUP,
    value: str = "192.168.0.0/20 on tcp/80",
    *,
    stage: Stage = Stage.NOW,
    account: Consumer | None = CONSUMER,
) -> Deed:
    return Deed(
        stage=stage,
        service_id=SERVICE_ID,
        account=account,
        kind=kind,
        subject=subject,
        value=value,
    )


def allowlist(entry: ServiceEntry | None = None, version: str = "0123456789ab") -> Allowlist:
    return Allowlist(version=version, services={"web": entry or service_entry()})


def rehearsal(
    *deeds: Deed,
    connections: Sequence[EndpointConnection] = (),
    entry: ServiceEntry | None = None,
    version: str = "0123456789ab",
    findings: tuple[Finding, ...] = (),
    observing: bool = False,
) -> Rehearsal:
    document = allowlist(entry, version)
    plan = plan_acceptance(connections, document.services["web"], home=HOME, now=NOW)
    return Rehearsal(
        allowlist=document,
        deeds=() if observing else deeds,
        observing=frozenset({SERVICE_ID} if observing else ()),
        observed=deeds if observing else (),
        decisions={SERVICE_ID: plan},
        findings={SCOPE: findings},
        unseen={},
        unresolved={},
        errors={},
    )
