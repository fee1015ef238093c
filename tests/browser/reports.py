"""Reports of any size, as `privatelink report` writes them."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Final

from console.documents.findings import OpenFinding
from console.documents.report import (
    Admission,
    AllowlistEdits,
    LoadBalancerStatus,
    Report,
    Target,
    Topology,
)
from console.documents.status import (
    BreakerStatus,
    ConsumerStatus,
    EndpointStatus,
    ServiceStatus,
    StackStatus,
    Status,
)
from privatelink.allowlist import ConsumerEntry, ServiceEntry
from privatelink.allowlist_values import Cidr

AT: Final = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
SERVICE_ID: Final = "vpce-svc-0123456789abcdef0"
_CIDR: Final = "192.168.0.0/20"


def report_of(
    endpoints: int,
    *,
    stranger: str = "account 444455556666 is not listed",
    edits: tuple[str, ...] = (),
    before: str = "0123456789ab",
) -> Report:
    """Return a report on so many endpoints; every tenth waits, for the reason of `stranger`."""
    shown = tuple(sorted((_endpoint(n, stranger) for n in range(endpoints)), key=_waits_first))
    entries = tuple(
        ConsumerEntry(account_id=f"{n:012}", alias=f"sddc-{n}", source_cidrs=(Cidr(_CIDR),))
        for n in range(endpoints)
    )
    return Report(
        status=Status(
            at=AT,
            stack=StackStatus(
                name="privatelink-autopilot",
                account_id="123456789012",
                region="ap-northeast-1",
                version="0.1.0",
                mode="enforce",
                allowlist_version="ba9876543210",
            ),
            services=(_service(shown),),
            consumers=tuple(map(_consumer, entries)),
            endpoints=shown,
            findings=(_FINDING,),
        ),
        topologies=(
            Topology(
                service_id=SERVICE_ID,
                service_name=f"com.amazonaws.vpce.ap-northeast-1.{SERVICE_ID}",
                admissions={
                    entry.account_id: Admission(source_cidrs=(_CIDR,), ports=("tcp/80",))
                    for entry in entries
                },
                load_balancers=(
                    LoadBalancerStatus(
                        name="web",
                        ports=("tcp/80",),
                        targets=(
                            Target(name="i-0123456789abcdef0:80", state="healthy"),
                            Target(name="i-0123456789abcdef1:80", state="unhealthy"),
                        ),
                    ),
                ),
            ),
        ),
        allowlist={"web": ServiceEntry(service_id=SERVICE_ID, consumers=entries)},
        edits=AllowlistEdits(since=AT - timedelta(days=1), before=before, edits=edits),
    )


_FINDING: Final = OpenFinding(
    severity="error",
    kind="no-opted-in-group",
    subject="vpce-00000000000000000",
    service_id=SERVICE_ID,
    consumer="000000000000/ap-northeast-1",
    since=AT - timedelta(hours=3),
    what_to_do="Tag a security group of the endpoint.",
    evidence={"groups": "sg-0123456789abcdef0"},
)


def _waits_first(endpoint: EndpointStatus) -> bool:
    return endpoint.state == "available"


def _endpoint(number: int, stranger: str) -> EndpointStatus:
    waits = number % 10 == 9
    return EndpointStatus(
        vpc_endpoint_id=f"vpce-{number:017x}",
        service_id=SERVICE_ID,
        account_id=f"{number:012}",
        region="ap-northeast-1",
        state="pendingAcceptance" if waits else "available",
        action="hold" if waits else "keep",
        rule="unlisted-held" if waits else "live-listed",
        reason=stranger if waits else f"account {number:012} is listed as sddc-{number}",
        created=AT - timedelta(minutes=5),
        addresses=() if waits else (f"10.{number >> 8}.{number & 255}.181",),
    )


def _service(endpoints: tuple[EndpointStatus, ...]) -> ServiceStatus:
    return ServiceStatus(
        service_id=SERVICE_ID,
        alias="web",
        exists=True,
        acceptance_required=True,
        mode="enforce",
        connections=dict(Counter(each.state for each in endpoints)),
        breaker=BreakerStatus(is_open=False, waiting=0, withdrawals_allowed=3),
    )


def _consumer(entry: ConsumerEntry) -> ConsumerStatus:
    return ConsumerStatus(
        service_id=SERVICE_ID,
        account_id=entry.account_id,
        alias=entry.alias,
        standing="listed",
        regions=("ap-northeast-1",),
        endpoints=1,
        waiting=0,
        endpoints_max=None,
    )
