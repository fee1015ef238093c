"""Checks the load balancers of an endpoint service: what nobody notices until it hurts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from msgspec import Struct

from privatelink.findings import Finding, FindingKind, enumerated
from privatelink.model import (
    EndpointService,
    LoadBalancerArn,
    Port,
    SecurityGroupId,
    TargetGroupArn,
)

# https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html
_HEALTHY: Final = "healthy"
_UNHEALTHY: Final = "unhealthy"
_NOT_CHECKED: Final = "unavailable"
_GETS_NO_CONNECTION: Final = frozenset({"unused", "draining", "unhealthy.draining"})
"""Such a target is stopped, in a zone that is not enabled, or on its way out."""


class LoadBalancer(Struct, frozen=True, kw_only=True):
    """A Network Load Balancer with the ports it listens on and the target groups it forwards to.

    `enforcement` says whether its security groups judge PrivateLink traffic: on, off, or empty
    where AWS does not say, which without security groups it never does.
    """

    load_balancer_arn: LoadBalancerArn
    security_group_ids: tuple[SecurityGroupId, ...]
    enforcement: str
    ports: frozenset[Port]
    target_group_arns: frozenset[TargetGroupArn]


@dataclass(frozen=True, kw_only=True)
class TargetGroup:
    """A target group with the states of its targets, by their names."""

    target_group_arn: TargetGroupArn
    targets: Mapping[str, str] = field(hash=False)


class LoadBalancing(Struct, frozen=True, kw_only=True):
    """All load balancers of a service, and all target groups that they forward to."""

    load_balancers: tuple[LoadBalancer, ...]
    target_groups: tuple[TargetGroup, ...]


def check_load_balancers(
    service: EndpointService, load_balancing: LoadBalancing
) -> tuple[Finding, ...]:
    """Check the load balancers of one service."""
    return (
        *_enforcement(load_balancing),
        *_differing_listeners(service, load_balancing),
        *_targets_amiss(load_balancing),
    )


def _enforcement(load_balancing: LoadBalancing) -> Iterator[Finding]:
    for load_balancer in load_balancing.load_balancers:
        # AWS enforces unless it is told not to.
        if load_balancer.security_group_ids and load_balancer.enforcement != "off":
            yield Finding(
                kind=FindingKind.PRIVATELINK_RULES_ENFORCED,
                subject=load_balancer.load_balancer_arn,
                evidence={"security_groups": enumerated(load_balancer.security_group_ids)},
            )


def _differing_listeners(
    service: EndpointService, load_balancing: LoadBalancing
) -> Iterator[Finding]:
    ports = {each.load_balancer_arn: each.ports for each in load_balancing.load_balancers}
    if len(set(ports.values())) > 1:
        yield Finding(
            kind=FindingKind.LISTENERS_DIFFER,
            subject=service.service_id,
            evidence={arn: enumerated(map(_name, ports[arn])) for arn in sorted(ports)},
        )


def _name(port: Port) -> str:
    return f"{port.protocol}/{port.from_port}"


def _targets_amiss(load_balancing: LoadBalancing) -> Iterator[Finding]:
    for group in load_balancing.target_groups:
        if _answers_nobody(frozenset(group.targets.values())):
            forwarding = [
                each.load_balancer_arn
                for each in load_balancing.load_balancers
                if group.target_group_arn in each.target_group_arns
            ]
            yield Finding(
                kind=FindingKind.NO_HEALTHY_TARGET,
                subject=group.target_group_arn,
                evidence={
                    "load_balancers": enumerated(forwarding),
                    "targets": enumerated(
                        f"{name} {group.targets[name]}" for name in group.targets
                    ),
                },
            )


def _answers_nobody(states: frozenset[str]) -> bool:
    """Whether no target of these states answers a new connection, as far as is known.

    A target without a verdict yet, or in a state that AWS adds later, is given the benefit of the
    doubt as long as none beside it is unhealthy.
    """
    if states & {_HEALTHY, _NOT_CHECKED}:
        return False
    return _UNHEALTHY in states or states <= _GETS_NO_CONNECTION
