"""Puts together what a report says, for those who have no terminal."""

from collections.abc import Iterator
from datetime import datetime

from console.addresses import Addresses
from console.deployed import DeployedStack
from console.documents.report import (
    Admission,
    LoadBalancerStatus,
    Report,
    Target,
    Topology,
)
from console.overview import describe
from console.provider import Provider
from console.seeing import Sight, see_services
from privatelink.load_balancing import LoadBalancer, LoadBalancing


def read_report(provider: Provider, deployed: DeployedStack, now: datetime) -> Report:
    """Read how everything is, and what it runs over."""
    sights = tuple(see_services(provider, deployed, now))
    return Report(
        status=describe(sights, provider, deployed, now, Addresses()),
        topologies=tuple(topology_of(sight, _balancing(sight, provider), now) for sight in sights),
        allowlist=provider.allowlists.get().services,
        edits=None,
    )


def topology_of(sight: Sight, balancing: LoadBalancing, now: datetime) -> Topology:
    """Return what connections to a service run over."""
    listening = frozenset(port for each in balancing.load_balancers for port in each.ports)
    return Topology(
        service_id=sight.this.service_id,
        service_name=sight.service_name,
        admissions={
            entry.account_id: Admission(
                source_cidrs=entry.collapsed_cidrs,
                ports=tuple(map(str, sorted(entry.chosen_ports or listening))),
            )
            for entry in sight.this.entry.consumers
            if entry.access == "role" and not entry.has_expired(now)
        },
        load_balancers=tuple(_load_balancers(balancing)),
    )


def _balancing(sight: Sight, provider: Provider) -> LoadBalancing:
    service = sight.this.service
    if service is None:
        return LoadBalancing(load_balancers=(), target_groups=())
    return provider.load_balancers.describe(service)


def _load_balancers(balancing: LoadBalancing) -> Iterator[LoadBalancerStatus]:
    for each in balancing.load_balancers:
        yield LoadBalancerStatus(
            name=_name(each),
            ports=tuple(map(str, sorted(each.ports))),
            targets=tuple(
                Target(name=name, state=state)
                for group in balancing.target_groups
                if group.target_group_arn in each.target_group_arns
                for name, state in sorted(group.targets.items())
            ),
        )


def _name(load_balancer: LoadBalancer) -> str:
    """Return the name that people gave it, as its ARN has it: …:loadbalancer/net/NAME/ID."""
    return load_balancer.load_balancer_arn.split("/")[-2]
