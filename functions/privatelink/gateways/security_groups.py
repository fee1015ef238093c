"""Security groups and their inbound rules, in a service consumer's account."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import batched
from typing import TYPE_CHECKING

from privatelink.errors import AwsError, NotFoundError
from privatelink.gateways.calls import FILTER_VALUES, LARGEST_PAGE, translated_errors
from privatelink.gateways.inbound_rules import permission_of, read_group, read_rule
from privatelink.model import (
    IngressRule,
    SecurityGroup,
    SecurityGroupId,
    SecurityGroupRule,
    SecurityGroupRuleId,
)

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_ec2.type_defs import FilterTypeDef, TagTypeDef


class SecurityGroups:
    """The security groups of one account and Region."""

    def __init__(self, ec2: "EC2Client") -> None:
        self._ec2 = ec2

    def describe_security_groups(
        self, group_ids: Iterable[SecurityGroupId]
    ) -> Mapping[SecurityGroupId, SecurityGroup]:
        """Return the groups of these ids that exist, with their inbound rules."""
        found: dict[SecurityGroupId, SecurityGroup] = {}
        for chunk in batched(sorted(set(group_ids)), FILTER_VALUES, strict=False):
            with translated_errors("DescribeSecurityGroups"):
                # A filter and not the ids themselves: one unknown id would fail the whole call.
                pages = self._ec2.get_paginator("describe_security_groups").paginate(
                    Filters=[{"Name": "group-id", "Values": list(chunk)}],
                    PaginationConfig=LARGEST_PAGE,
                )
                rows = [row for page in pages for row in page["SecurityGroups"]]
            found |= {group.group_id: group for group in map(read_group, rows)}
        return found

    def describe_rules_with_tags(self, tags: Mapping[str, str]) -> tuple[SecurityGroupRule, ...]:
        """Return the inbound rules that carry all of these tags, on whatever group they stand."""
        # Without a filter these would be all rules of the account.
        if not tags:
            raise ValueError(tags)
        filters: list[FilterTypeDef] = [
            {"Name": f"tag:{key}", "Values": [value]} for key, value in tags.items()
        ]
        with translated_errors("DescribeSecurityGroupRules"):
            pages = self._ec2.get_paginator("describe_security_group_rules").paginate(
                Filters=filters, PaginationConfig=LARGEST_PAGE
            )
            return tuple(
                read_rule(row)
                for page in pages
                for row in page["SecurityGroupRules"]
                if not row["IsEgress"]
            )

    def authorize_security_group_ingress(
        self,
        group_id: SecurityGroupId,
        rules: Sequence[IngressRule],
        *,
        description: str,
        tags: Mapping[str, str],
    ) -> None:
        """Add rules to one group in one call; a rule that is there already is fine.

        Whether EC2 applies the rest of a request with one duplicate is documented nowhere, so in
        that case each rule is sent by itself.
        """
        try:
            self._authorize(group_id, rules, description=description, tags=tags)
        except AwsError as error:
            if error.code != "InvalidPermission.Duplicate":
                raise
            if len(rules) > 1:
                for rule in rules:
                    self.authorize_security_group_ingress(
                        group_id, [rule], description=description, tags=tags
                    )

    def _authorize(
        self,
        group_id: SecurityGroupId,
        rules: Sequence[IngressRule],
        *,
        description: str,
        tags: Mapping[str, str],
    ) -> None:
        tag_list: list[TagTypeDef] = [{"Key": key, "Value": tags[key]} for key in tags]
        with translated_errors("AuthorizeSecurityGroupIngress"):
            self._ec2.authorize_security_group_ingress(
                GroupId=group_id,
                IpPermissions=[permission_of(rule, description) for rule in rules],
                TagSpecifications=[{"ResourceType": "security-group-rule", "Tags": tag_list}],
            )

    def revoke_security_group_ingress(
        self, group_id: SecurityGroupId, rule_ids: Sequence[SecurityGroupRuleId]
    ) -> None:
        """Remove rules of one group by their ids; a rule that is gone already is fine."""
        # Without ids the call would be about permissions, and match other people's rules.
        if not rule_ids:
            raise ValueError(rule_ids)
        try:
            with translated_errors("RevokeSecurityGroupIngress"):
                self._ec2.revoke_security_group_ingress(
                    GroupId=group_id, SecurityGroupRuleIds=list(rule_ids)
                )
        except NotFoundError:
            # One unknown id fails the call for all.
            if len(rule_ids) > 1:
                for rule_id in rule_ids:
                    self.revoke_security_group_ingress(group_id, [rule_id])
