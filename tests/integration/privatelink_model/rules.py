"""Inbound rules of security groups, as the tests write, add and read them."""

from typing import TYPE_CHECKING, Any

from tests.integration.privatelink_model.parties import Party

if TYPE_CHECKING:
    from mypy_boto3_ec2.type_defs import (
        FilterTypeDef,
        IpPermissionTypeDef,
        SecurityGroupRuleTypeDef,
    )


def https(*cidrs: str, port: int = 443) -> "IpPermissionTypeDef":
    permission: IpPermissionTypeDef = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port}
    permission["IpRanges"] = [{"CidrIp": each} for each in cidrs if ":" not in each]
    permission["Ipv6Ranges"] = [{"CidrIpv6": each} for each in cidrs if ":" in each]
    return permission


def numbered(count: int, *, start: int = 0) -> list[str]:
    return [f"10.9.{number}.0/24" for number in range(start, start + count)]


def numbered_ipv6(count: int) -> list[str]:
    return [f"fd00:{number:x}::/32" for number in range(1, count + 1)]


def authorize(
    party: Party, group_id: str, *permissions: "IpPermissionTypeDef", **tags: str
) -> list["SecurityGroupRuleTypeDef"]:
    request: dict[str, Any] = {"GroupId": group_id, "IpPermissions": permissions}
    if tags:
        listed = [{"Key": key, "Value": value} for key, value in tags.items()]
        request["TagSpecifications"] = [{"ResourceType": "security-group-rule", "Tags": listed}]
    return party.ec2.authorize_security_group_ingress(**request)["SecurityGroupRules"]


def inbound(party: Party, group_id: str) -> list["SecurityGroupRuleTypeDef"]:
    filters: list[FilterTypeDef] = [{"Name": "group-id", "Values": [group_id]}]
    found = party.ec2.describe_security_group_rules(Filters=filters)["SecurityGroupRules"]
    return [each for each in found if not each["IsEgress"]]


def cidrs(rules: list["SecurityGroupRuleTypeDef"]) -> list[str]:
    return sorted(each.get("CidrIpv4") or each["CidrIpv6"] for each in rules)
