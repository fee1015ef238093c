"""Whether endpoints stand in zones in which the service is reached."""

from collections.abc import Iterable, Mapping

from console.checks.check import Check, Question
from privatelink.model import InterfaceEndpoint, NetworkInterface, NetworkInterfaceId


def check_zones(
    question: Question,
    endpoints: Iterable[InterfaceEndpoint],
    interfaces: Mapping[NetworkInterfaceId, NetworkInterface],
    service_zones: frozenset[str],
) -> Iterable[Check]:
    """Check the zones of endpoints against those of the service's load balancers, by id.

    An endpoint is made in zones of the service, and those of a load balancer may change afterwards.
    """
    for endpoint in endpoints:
        visible = [interfaces[i] for i in endpoint.network_interface_ids if i in interfaces]
        zones = frozenset(interface.availability_zone_id for interface in visible)
        yield _check(question, endpoint, zones, service_zones)


def _check(
    question: Question,
    endpoint: InterfaceEndpoint,
    zones: frozenset[str],
    service_zones: frozenset[str],
) -> Check:
    where = f"{endpoint.vpc_endpoint_id} is in {_named(zones)}"
    if not zones or not service_zones:
        return question.unknown(
            f"{where}, the load balancers in {_named(service_zones)}",
            "AWS does not say more: compare the subnets of both yourself.",
        )
    if zones <= service_zones:
        return question.ok(f"{where}, where the load balancers are")
    outside = _named(zones - service_zones)
    mend = (
        f"Enable {outside} for the load balancers, or have the consumer give the endpoint subnets"
        f" in {_named(service_zones)} only."
    )
    if zones & service_zones:
        return question.warning(f"{where}, and no load balancer is in {outside}", mend)
    return question.problem(f"{where}, and no load balancer is there", mend)


def _named(zones: Iterable[str]) -> str:
    return ", ".join(sorted(zones)) or "no known zone"
