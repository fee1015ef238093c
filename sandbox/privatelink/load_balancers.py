"""Load balancers and the health of their targets, where moto's ELBv2 differs from AWS's."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from moto.core.responses import ActionResult
from moto.elbv2.exceptions import (
    InvalidConfigurationRequest,
    LoadBalancerNotFoundError,
    ValidationError,
)
from moto.elbv2.models import FakeHealthStatus, FakeLoadBalancer, FakeTargetGroup, elbv2_backends
from moto.elbv2.responses import ELBV2Response

from sandbox.privatelink.listing import Pages
from sandbox.privatelink.models import behaviour_of

ONE_TO_FOUR_HUNDRED: Final = Pages(1, 400)
"""All descriptions of ELBv2 that have pages; that no size means the upper bound is inferred."""

ENFORCE: Final = "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"
_ENFORCEMENT: Final = "privatelink_enforcement"
_HEALTH: Final = "privatelink_health"


class TargetState(StrEnum):
    """The state of a target, as DescribeTargetHealth spells it."""

    INITIAL = "initial"
    HEALTHY = "healthy"
    UNHEALTHY = "unhealthy"
    UNHEALTHY_DRAINING = "unhealthy.draining"
    UNUSED = "unused"
    DRAINING = "draining"
    UNAVAILABLE = "unavailable"


class Health(NamedTuple):
    """What DescribeTargetHealth tells of a target."""

    state: str
    reason: str | None
    description: str | None


HEALTH: Final = {
    TargetState.INITIAL: Health(
        "initial", "Elb.InitialHealthChecking", "Initial health checks in progress"
    ),
    TargetState.HEALTHY: Health("healthy", None, None),
    TargetState.UNHEALTHY: Health("unhealthy", "Target.FailedHealthChecks", "Health checks failed"),
    TargetState.UNHEALTHY_DRAINING: Health(
        "unhealthy.draining", "Target.FailedHealthChecks", "Health checks failed"
    ),
    TargetState.UNUSED: Health(
        "unused",
        "Target.NotInUse",
        "Target group is not configured to receive traffic from the load balancer",
    ),
    TargetState.DRAINING: Health(
        "draining", "Target.DeregistrationInProgress", "Target deregistration is in progress"
    ),
    TargetState.UNAVAILABLE: Health(
        "unavailable", "Target.HealthCheckDisabled", "Health checks are disabled"
    ),
}
"""The reasons are those that the ELBv2 API's TargetHealth gives for each state."""


def describe_load_balancers(request: ELBV2Response) -> ActionResult:
    """Answer in pages, and refuse an unknown ARN next to a known one; moto does neither well."""
    backend, arns = request.elbv2_backend, request.params.get("LoadBalancerArns", [])
    for arn in arns:
        if arn not in backend.load_balancers:
            raise LoadBalancerNotFoundError
    found = backend.describe_load_balancers(arns, request.params.get("Names", []))
    return _paged(request, found, key="LoadBalancers")


def describe_listeners(request: ELBV2Response) -> ActionResult:
    """Answer in pages; moto has everything in one."""
    backend, params = request.elbv2_backend, request.params
    found = backend.describe_listeners(
        params.get("LoadBalancerArn"), params.get("ListenerArns", [])
    )
    return _paged(request, found, key="Listeners")


def describe_target_groups(request: ELBV2Response) -> ActionResult:
    """Answer in pages; moto has everything in one."""
    backend, params = request.elbv2_backend, request.params
    found = backend.describe_target_groups(
        params.get("LoadBalancerArn"), params.get("TargetGroupArns", []), params.get("Names", [])
    )
    return _paged(request, list(found), key="TargetGroups")


def set_security_groups(request: ELBV2Response) -> ActionResult:
    """Set the groups, and whether they are asked about traffic that comes through PrivateLink.

    A Network Load Balancer that was created without a group cannot get one. That a request
    without the setting leaves it as it is, is inferred.
    """
    backend, params = request.elbv2_backend, request.params
    balancer = backend.load_balancers.get(params["LoadBalancerArn"])
    if balancer is None:
        raise LoadBalancerNotFoundError
    if balancer.type == "network" and not balancer.security_groups:
        raise InvalidConfigurationRequest(
            "You cannot set security groups on a load balancer that was created without one"
        )
    wanted = params.get(ENFORCE, enforcement(balancer))
    if wanted not in {"on", "off", None}:
        raise ValidationError(f"'{wanted}' is not a valid value for {ENFORCE}")
    backend.set_security_groups(balancer.arn, params["SecurityGroups"])
    vars(balancer)[_ENFORCEMENT] = wanted
    return ActionResult(
        {"SecurityGroupIds": balancer.security_groups, ENFORCE: enforcement(balancer)}
    )


def enforcement(balancer: FakeLoadBalancer) -> str | None:
    """Return whether the groups are asked about PrivateLink traffic: `on` unless set `off`.

    None without a group, and for other load balancers than network ones.
    """
    if balancer.type != "network" or not balancer.security_groups:
        return None
    setting: str = vars(balancer).get(_ENFORCEMENT, "on")
    return setting


def describe_target_health(request: ELBV2Response) -> ActionResult:
    """Describe targets as they were put; the others are healthy if a listener uses the group."""
    backend, arn = request.elbv2_backend, request.params["TargetGroupArn"]
    found = backend.describe_target_health(arn, request.params.get("Targets", []))
    group = backend.target_groups[arn]
    for each in found:
        health = _health(group, each)
        each.status, each.reason, each.description = health
    return ActionResult({"TargetHealthDescriptions": found})


def put_target_in_state(target_group_arn: str, target_id: str, state: TargetState) -> None:
    """Let a registered target be in any state; LookupError if there is no such target."""
    region, account_id = target_group_arn.split(":")[3:5]
    group = elbv2_backends[account_id][region].target_groups.get(target_group_arn)
    if group is None or target_id not in group.targets:
        raise LookupError(target_group_arn, target_id)
    vars(group).setdefault(_HEALTH, {})[target_id] = HEALTH[TargetState(state)]


def _health(group: FakeTargetGroup, status: FakeHealthStatus) -> Health:
    found = Health(status.status, status.reason, status.description)
    if status.instance_id not in group.targets:
        return found
    if not group.load_balancer_arns:
        return HEALTH[TargetState.UNUSED]
    put: Health = vars(group).get(_HEALTH, {}).get(status.instance_id, found)
    return put


def _paged(request: ELBV2Response, rows: Sequence[object], *, key: str) -> ActionResult:
    """Return one page of `rows`; ELBv2 has its own names for the size and the token."""
    page, marker = ONE_TO_FOUR_HUNDRED(
        rows,
        max_results=request.params.get("PageSize"),
        next_token=request.params.get("Marker"),
        largest=behaviour_of(request.elbv2_backend.ec2_backend).largest_page,
    )
    return ActionResult({key: page, "NextMarker": marker})
