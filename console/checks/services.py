"""Whether the endpoint services of the allowlist are as they should be."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from console.checks.check import Check, Question
from console.provider import Provider
from privatelink.allowlist import ServiceEntry
from privatelink.errors import NotFoundError
from privatelink.findings import Finding, FindingKind
from privatelink.load_balancing import LoadBalancing, check_load_balancers
from privatelink.model import EndpointService, ServiceId

_ABOUT: Final[Mapping[FindingKind, tuple[str, str, str]]] = {
    FindingKind.PRIVATELINK_RULES_ENFORCED: (
        "enforcement",
        "inbound rules on PrivateLink traffic of {alias}'s load balancers",
        "they are not enforced",
    ),
    FindingKind.LISTENERS_DIFFER: (
        "listeners",
        "listeners of {alias}'s load balancers",
        "all listen on {ports}",
    ),
    FindingKind.NO_HEALTHY_TARGET: (
        "targets",
        "target groups of {alias}'s load balancers",
        "none is without a target that answers",
    ),
}
"""Each kind with the name of its check, what is looked at, and what is said if it is not found."""


def check_services(provider: Provider, services: Mapping[str, ServiceEntry]) -> Iterable[Check]:
    """Check services, by their aliases."""
    for alias, entry in services.items():
        yield from check_service(provider, alias, ServiceId(entry.service_id))


def check_service(provider: Provider, alias: str, service_id: ServiceId) -> tuple[Check, ...]:
    """Check that a service exists and asks before it accepts, and its load balancers."""
    question = Question(f"services/{alias}/service", f"endpoint service {service_id}")

    def look() -> Iterator[Check]:
        try:
            service = provider.services.describe_vpc_endpoint_service_configuration(service_id)
        except NotFoundError as error:
            kind, evidence = FindingKind.SERVICE_NOT_FOUND, {"answer": error.message}
            yield question.amiss(Finding(kind=kind, subject=service_id, evidence=evidence))
            return
        yield question.ok(service.service_name)
        yield check_acceptance(alias, service)
        yield from _look_at_load_balancers(provider, alias, service)

    return question.answer(look)


def check_acceptance(alias: str, service: EndpointService) -> Check:
    """Check that nobody is let in unasked."""
    question = Question(f"services/{alias}/acceptance", f"acceptance of connections to {alias}")
    if service.acceptance_required:
        return question.ok("it is required")
    return question.amiss(
        Finding(
            kind=FindingKind.ACCEPTANCE_NOT_REQUIRED,
            subject=service.service_id,
            evidence={"service_name": service.service_name},
        )
    )


def _look_at_load_balancers(
    provider: Provider, alias: str, service: EndpointService
) -> tuple[Check, ...]:
    question = Question(f"services/{alias}/load-balancers", f"load balancers of {alias}")

    def look() -> Iterator[Check]:
        seen = provider.load_balancers.describe(service)
        yield from tell_load_balancing(alias, seen, check_load_balancers(service, seen))

    return question.answer(look)


def tell_load_balancing(
    alias: str, seen: LoadBalancing, findings: Iterable[Finding]
) -> Iterator[Check]:
    """Say what is amiss, and of which kinds nothing is."""
    amiss = list(findings)
    ports = sorted({port for each in seen.load_balancers for port in each.ports})
    facts = {
        "alias": alias,
        "ports": ", ".join(f"{port.protocol}/{port.from_port}" for port in ports) or "nothing",
    }
    for kind, (name, looked_at, otherwise) in _ABOUT.items():
        question = Question(f"services/{alias}/{name}", looked_at.format(**facts))
        found = [finding for finding in amiss if finding.kind is kind]
        if not found:
            yield question.ok(otherwise.format(**facts))
        yield from map(question.amiss, found)
