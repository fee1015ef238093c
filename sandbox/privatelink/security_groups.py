"""Where moto's security groups differ from EC2's in what an automation of rules relies on."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from moto.core.responses import ActionResult
from moto.ec2.exceptions import (
    InvalidGroupIdMalformedError,
    InvalidSecurityGroupNotFoundError,
    InvalidSecurityGroupRuleIdNotFoundError,
    RulesPerSecurityGroupLimitExceededError,
)
from moto.ec2.models import EC2Backend
from moto.ec2.models.security_groups import (
    SecurityGroup,
    SecurityGroupBackend,
    SecurityGroupRule,
)
from moto.ec2.responses import EC2Response
from moto.ec2.responses.security_groups import SecurityGroups
from moto.ec2.utils import is_valid_security_group_id

from sandbox.privatelink import refusals
from sandbox.privatelink.cidrs import canonical
from sandbox.privatelink.listing import STRICTLY_FIVE_TO_A_THOUSAND, Filters, paged, paged_answer
from sandbox.privatelink.models import tags_of
from sandbox.privatelink.prefix_lists import weight

RULES_PER_GROUP: Final = 60
"""The quota of inbound rules, which IPv4 and IPv6 have each for themselves (VPC user guide)."""

FILTERS: Final = Filters[SecurityGroupRule](
    {
        "group-id": lambda each: [each.group_id],
        "security-group-rule-id": lambda each: [each.id],
    },
    tags=tags_of,
    refusal="InvalidParameterValue",
)


def authorize_security_group_ingress(request: EC2Response) -> ActionResult:
    """Add rules, all of them or none, and answer with every one of them.

    CIDRs are stored as EC2 stores them, without host bits. That a request with one duplicate adds
    nothing is inferred: AWS documents it nowhere.
    """
    _drop_host_bits(request.params)
    permissions = list(_permissions(request.params))
    if len(permissions) != len(set(permissions)):
        raise refusals.repeated_permission()
    group = _group(request)
    before = {rule.id for rule in group.ingress_rules}
    with _all_or_nothing(group):
        SecurityGroups.authorize_security_group_ingress(request)
        _refuse_above_quota(group)
    added = [rule for rule in group.ingress_rules if rule.id not in before]
    return ActionResult({"Return": True, "SecurityGroupRules": added})


def revoke_security_group_ingress(request: EC2Response) -> ActionResult:
    """Remove rules, all of them or none, by id or by what they permit.

    An id that the group does not have is InvalidSecurityGroupRuleId.NotFound, a permission that
    it does not have InvalidPermission.NotFound (as in every VPC but the default one).
    """
    _drop_host_bits(request.params)
    group = _group(request)
    before = {rule.id: rule for rule in group.ingress_rules}
    for rule_id in request.params.get("SecurityGroupRuleIds", []):
        if rule_id not in before:
            raise InvalidSecurityGroupRuleIdNotFoundError(rule_id)
    with _all_or_nothing(group):
        SecurityGroups.revoke_security_group_ingress(request)
    left = {rule.id for rule in group.ingress_rules}
    revoked = [rule for rule_id, rule in before.items() if rule_id not in left]
    return ActionResult({"Return": True, "RevokedSecurityGroupRules": revoked})


def describe_security_group_rules(request: EC2Response) -> ActionResult:
    """Describe rules with filters and pages; moto fails on a filter that it does not know."""
    request.error_on_dryrun()
    filters = request.params.get("Filters", [])
    for group_id in (value for each in filters for value in _group_ids(each)):
        if not is_valid_security_group_id(group_id):
            raise InvalidGroupIdMalformedError(group_id)
    rules = request.ec2_backend.describe_security_group_rules(
        request.params.get("SecurityGroupRuleIds", []), {}
    )
    found = FILTERS(rules, filters)
    return paged(request, found, STRICTLY_FIVE_TO_A_THOUSAND, key="SecurityGroupRules")


def describe_security_groups(request: EC2Response) -> ActionResult:
    """Answer in pages; moto has everything in one."""
    everything = SecurityGroups.describe_security_groups(request)
    return paged_answer(request, everything, STRICTLY_FIVE_TO_A_THOUSAND, key="SecurityGroups")


def leave_the_ingress_quota_alone(  # noqa: PLR0913 - moto's signature
    backend: EC2Backend,
    group: SecurityGroup,
    current_rule_nb: int,
    ip_ranges: list[str],
    source_groups: list[dict[str, str]] | None = None,
    *,
    egress: bool = False,
) -> None:
    """Check outbound rules only: moto counts inbound ones of both IP families together."""
    if egress:
        SecurityGroupBackend._verify_group_will_respect_rule_count_limit(  # noqa: SLF001 - the original
            backend, group, current_rule_nb, ip_ranges, source_groups, egress=True
        )


def group_owner_id(rule: SecurityGroupRule) -> str:
    """Return the account of the rule's group."""
    return rule.owner_id


def _group(request: EC2Response) -> SecurityGroup:
    name = request.params.get("GroupId") or request.params.get("GroupName", "")
    group = request.ec2_backend.get_security_group_by_name_or_id(name)
    if not isinstance(group, SecurityGroup):
        raise InvalidSecurityGroupNotFoundError(name)
    return group


@contextmanager
def _all_or_nothing(group: SecurityGroup) -> Iterator[None]:
    """Put the inbound rules back, and forget the tags of new ones, if the block raises."""
    rules, tagged = list(group.ingress_rules), set(group.ec2_backend.tags)
    try:
        yield
    except Exception:
        group.ingress_rules = rules
        for resource_id in set(group.ec2_backend.tags) - tagged:
            del group.ec2_backend.tags[resource_id]
        raise


def _refuse_above_quota(group: SecurityGroup) -> None:
    weights = [_weight(rule) for rule in group.ingress_rules]
    for family in zip(*weights, strict=True):
        if sum(family) > RULES_PER_GROUP:
            raise RulesPerSecurityGroupLimitExceededError


def _weight(rule: SecurityGroupRule) -> tuple[int, int]:
    """Return how much a rule counts for IPv4 and for IPv6.

    A group counts one in both families, a prefix list its own weight in its own.
    """
    if rule.cidr_ipv4:
        return 1, 0
    if rule.cidr_ipv6:
        return 0, 1
    prefix_list = rule.ec2_backend.managed_prefix_lists.get(rule.prefix_list_id)
    if prefix_list is None:
        return 1, 1
    rules = weight(prefix_list)
    return (0, rules) if prefix_list.address_family == "IPv6" else (rules, 0)


def _drop_host_bits(params: dict[str, Any]) -> None:
    """Rewrite the CIDRs of a request: `192.168.0.1/20` is the same rule as `192.168.0.0/20`."""
    for holder in (params, *(each for _, each in _sources(params))):
        for name in ("CidrIp", "CidrIpv6"):
            if "/" in holder.get(name, ""):
                holder[name] = canonical(holder[name])


def _sources(params: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], dict[str, Any]]]:
    for permission in params.get("IpPermissions", []):
        for kind in ("IpRanges", "Ipv6Ranges", "UserIdGroupPairs", "PrefixListIds"):
            for source in permission.get(kind, []):
                yield permission, source


def _permissions(params: Mapping[str, Any]) -> Iterator[tuple[object, ...]]:
    """Yield what makes each rule of a request the rule it is; a description does not."""
    for permission, source in _sources(params):
        ports = (permission.get(each) for each in ("IpProtocol", "FromPort", "ToPort"))
        keys = ("CidrIp", "CidrIpv6", "GroupId", "GroupName", "PrefixListId")
        yield *ports, *(source.get(each) for each in keys)


def _group_ids(each: Mapping[str, Any]) -> list[str]:
    return [value for value in each.get("Values", []) if value and each["Name"] == "group-id"]
