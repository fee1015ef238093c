"""Security groups and their inbound rules, in a service consumer's account."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import batched
from typing import TYPE_CHECKING

from privatelink.errors import AwsError, NotFoundError
from privatelink.gateways.calls import FILTER_VALUES, translated_errors
from privatelink.model import (
    IngressRule,
    Port,
    SecurityGroup,
    SecurityGroupId,
    SecurityGroupRule,
    SecurityGroupRuleId,
)

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_ec2.type_defs import (
        FilterTypeDef,
        IpPermissionTypeDef,
        SecurityGroupRuleTypeDef,
        TagTypeDef,
    )


class SecurityGroups:
    """The security groups of one account and Region."""

    def __init__(self, ec2: "EC2Client") -> None:
        self._ec2 = ec2

    def describe_security_groups(
        self, group_ids: Iterable[SecurityGroupId]
    ) -> Mapping[SecurityGroupId, SecurityGroup]:
        """Return the groups of these ids that exist."""
        found = {}
        for chunk in batched(sorted(set(group_ids)), FILTER_VALUES, strict=False):
            with translated_errors("DescribeSecurityGroups"):
                # A filter and not the ids themselves: one unknown id would fail the whole call.
                pages = self._ec2.get_paginator("describe_security_groups").paginate(
                    Filters=[{"Name": "group-id", "Values": list(chunk)}]
                )
                rows = [row for page in pages for row in page["SecurityGroups"]]
            for row in rows:
                group_id = SecurityGroupId(row["GroupId"])
                found[group_id] = SecurityGroup(
                    group_id=group_id, group_name=row["GroupName"], tags=_tags(row.get("Tags", ()))
                )
        return found

    def describe_rules_on_groups(
        self, group_ids: Iterable[SecurityGroupId]
    ) -> tuple[SecurityGroupRule, ...]:
        """Return the inbound rules of groups, whoever made them."""
        return tuple(
            rule
            for chunk in batched(sorted(set(group_ids)), FILTER_VALUES, strict=False)
            for rule in self._describe_rules([{"Name": "group-id", "Values": list(chunk)}])
        )

    def describe_rules_with_tags(self, tags: Mapping[str, str]) -> tuple[SecurityGroupRule, ...]:
        """Return the inbound rules that carry all of these tags, on whatever group they stand."""
        # Without a filter these would be all rules of the account.
        if not tags:
            raise ValueError(tags)
        return self._describe_rules(
            [{"Name": f"tag:{key}", "Values": [value]} for key, value in tags.items()]
        )

    def _describe_rules(self, filters: "list[FilterTypeDef]") -> tuple[SecurityGroupRule, ...]:
        with translated_errors("DescribeSecurityGroupRules"):
            pages = self._ec2.get_paginator("describe_security_group_rules").paginate(
                Filters=filters
            )
            return tuple(
                _rule(row)
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
                IpPermissions=[_permission(rule, description) for rule in rules],
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


def _rule(row: "SecurityGroupRuleTypeDef") -> SecurityGroupRule:
    group_id = SecurityGroupId(row["GroupId"])
    cidr = row.get("CidrIpv4") or row.get("CidrIpv6") or ""
    protocol = row["IpProtocol"]
    ingress = None
    if cidr and protocol in {"tcp", "udp"}:
        port = Port(protocol=protocol, from_port=row["FromPort"], to_port=row["ToPort"])
        ingress = IngressRule(group_id=group_id, port=port, cidr=cidr)
    return SecurityGroupRule(
        rule_id=SecurityGroupRuleId(row["SecurityGroupRuleId"]),
        group_id=group_id,
        ingress=ingress,
        tags=_tags(row.get("Tags", ())),
        cidr=cidr,
        prefix_list_id=row.get("PrefixListId", ""),
    )


def _permission(rule: IngressRule, description: str) -> "IpPermissionTypeDef":
    permission: IpPermissionTypeDef = {
        "IpProtocol": rule.port.protocol,
        "FromPort": rule.port.from_port,
        "ToPort": rule.port.to_port,
    }
    if ":" in rule.cidr:
        permission["Ipv6Ranges"] = [{"CidrIpv6": rule.cidr, "Description": description}]
    else:
        permission["IpRanges"] = [{"CidrIp": rule.cidr, "Description": description}]
    return permission


def _tags(rows: "Iterable[TagTypeDef]") -> Mapping[str, str]:
    return {row["Key"]: row["Value"] for row in rows}
