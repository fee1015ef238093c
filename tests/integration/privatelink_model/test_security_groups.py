"""Security group rules, where an automation depends on how EC2 treats them."""

from typing import TYPE_CHECKING, Any

import pytest

from sandbox.accounts import CONSUMER
from tests.integration.privatelink_model.parties import Party, refusal

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


def quota_refuses(party: Party, group_id: str, *sources: str) -> bool:
    code = refusal(lambda: authorize(party, group_id, https(*sources)))
    return code == "RulesPerSecurityGroupLimitExceeded"


def cidrs(rules: list["SecurityGroupRuleTypeDef"]) -> list[str]:
    return sorted(each.get("CidrIpv4") or each["CidrIpv6"] for each in rules)


def test_every_rule_of_a_request_comes_back_with_its_particulars(consumer: Party) -> None:
    group_id = consumer.group()
    added = authorize(
        consumer, group_id, https("10.1.0.0/16"), https("10.2.0.0/16", port=80), Service="web"
    )
    assert cidrs(added) == ["10.1.0.0/16", "10.2.0.0/16"]
    assert sorted(each["FromPort"] for each in added) == [80, 443]
    for rule in added:
        assert rule["SecurityGroupRuleId"].startswith("sgr-")
        assert rule["GroupId"] == group_id
        assert rule["GroupOwnerId"] == CONSUMER
        assert rule["IsEgress"] is False
        assert rule["IpProtocol"] == "tcp"
        assert rule["Tags"] == [{"Key": "Service", "Value": "web"}]
    assert sorted(inbound(consumer, group_id), key=str) == sorted(added, key=str)


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("192.168.0.1/20", "192.168.0.0/20"),
        ("100.68.0.18/18", "100.68.0.0/18"),
        ("10.0.0.1/32", "10.0.0.1/32"),
        ("2001:DB8:0:0::1/64", "2001:db8::/64"),
    ],
)
def test_a_cidr_is_stored_without_its_host_bits(consumer: Party, written: str, stored: str) -> None:
    group_id = consumer.group()
    assert cidrs(authorize(consumer, group_id, https(written))) == [stored]
    assert cidrs(inbound(consumer, group_id)) == [stored]
    code = refusal(lambda: authorize(consumer, group_id, https(stored)))
    assert code == "InvalidPermission.Duplicate"


def test_the_short_form_of_a_request_is_stored_without_host_bits_too(consumer: Party) -> None:
    group_id = consumer.group()
    consumer.ec2.authorize_security_group_ingress(
        GroupId=group_id, IpProtocol="tcp", FromPort=1, ToPort=2, CidrIp="10.1.2.3/8"
    )
    assert cidrs(inbound(consumer, group_id)) == ["10.0.0.0/8"]


@pytest.mark.parametrize("cidr", ["10.0.0.0/33", "10.0.0.0"])
def test_what_is_no_cidr_is_refused(consumer: Party, cidr: str) -> None:
    group_id = consumer.group()
    assert refusal(lambda: authorize(consumer, group_id, https(cidr))) == "InvalidParameterValue"


def test_one_duplicate_refuses_the_whole_request(consumer: Party) -> None:
    group_id = consumer.group()
    authorize(consumer, group_id, https("10.1.0.0/16"))
    code = refusal(
        lambda: authorize(
            consumer, group_id, https("10.0.0.0/16"), https("10.1.0.0/16"), Service="web"
        )
    )
    assert code == "InvalidPermission.Duplicate"
    assert cidrs(inbound(consumer, group_id)) == ["10.1.0.0/16"]
    assert consumer.ec2.describe_tags()["Tags"] == []


def test_a_description_does_not_make_another_rule(consumer: Party) -> None:
    group_id = consumer.group()
    authorize(consumer, group_id, https("10.1.0.0/16"))
    described = https()
    described["IpRanges"] = [{"CidrIp": "10.1.0.0/16", "Description": "the SDDC"}]
    code = refusal(lambda: authorize(consumer, group_id, described))
    assert code == "InvalidPermission.Duplicate"


def test_the_same_rule_twice_in_a_request_is_refused(consumer: Party) -> None:
    group_id = consumer.group()
    code = refusal(lambda: authorize(consumer, group_id, https("10.1.0.1/16", "10.1.0.2/16")))
    assert code == "InvalidParameterValue"
    assert inbound(consumer, group_id) == []


def test_a_group_holds_sixty_rules_of_each_ip_family(consumer: Party) -> None:
    group_id = consumer.group()
    assert len(authorize(consumer, group_id, https(*numbered(60), *numbered_ipv6(60)))) == 120
    assert quota_refuses(consumer, group_id, "10.10.0.0/16")
    assert quota_refuses(consumer, group_id, "fd01::/16")


def test_what_exceeds_the_quota_adds_nothing(consumer: Party) -> None:
    group_id = consumer.group()
    authorize(consumer, group_id, https(*numbered(58)))
    code = refusal(lambda: authorize(consumer, group_id, https(*numbered(3, start=100))))
    assert code == "RulesPerSecurityGroupLimitExceeded"
    assert cidrs(inbound(consumer, group_id)) == sorted(numbered(58))
    assert len(authorize(consumer, group_id, https(*numbered(2, start=100)))) == 2


def test_a_prefix_list_counts_as_many_rules_as_it_may_have_entries(consumer: Party) -> None:
    group_id = consumer.group()
    prefix_list = consumer.ec2.create_managed_prefix_list(
        PrefixListName="sddc", AddressFamily="IPv4", MaxEntries=50
    )["PrefixList"]["PrefixListId"]
    permission = https()
    permission["PrefixListIds"] = [{"PrefixListId": prefix_list}]
    authorize(consumer, group_id, permission, https(*numbered_ipv6(60)))
    code = refusal(lambda: authorize(consumer, group_id, https(*numbered(11))))
    assert code == "RulesPerSecurityGroupLimitExceeded"
    assert len(authorize(consumer, group_id, https(*numbered(10)))) == 10


def test_a_group_as_a_source_counts_in_both_ip_families(consumer: Party) -> None:
    group_id = consumer.group()
    permission = https()
    permission["UserIdGroupPairs"] = [{"GroupId": group_id}]
    authorize(consumer, group_id, permission)
    assert quota_refuses(consumer, group_id, *numbered(60))
    assert quota_refuses(consumer, group_id, *numbered_ipv6(60))


def test_outbound_rules_have_their_own_quota(consumer: Party) -> None:
    group_id = consumer.group()
    authorize(consumer, group_id, https(*numbered(60)))
    egress = consumer.ec2.authorize_security_group_egress
    egress(GroupId=group_id, IpPermissions=[https(*numbered(59))])
    code = refusal(lambda: egress(GroupId=group_id, IpPermissions=[https("10.0.0.0/8")]))
    assert code == "RulesPerSecurityGroupLimitExceeded"


def test_rules_are_revoked_by_id(consumer: Party) -> None:
    group_id = consumer.group()
    kept, gone = authorize(consumer, group_id, https("10.1.0.0/16", "10.2.0.0/16"))
    revoked = consumer.ec2.revoke_security_group_ingress(
        GroupId=group_id, SecurityGroupRuleIds=[gone["SecurityGroupRuleId"]]
    )["RevokedSecurityGroupRules"]
    assert [each["SecurityGroupRuleId"] for each in revoked] == [gone["SecurityGroupRuleId"]]
    assert inbound(consumer, group_id) == [kept]


def test_revoking_an_unknown_id_revokes_nothing(consumer: Party) -> None:
    group_id = consumer.group()
    (rule,) = authorize(consumer, group_id, https("10.1.0.0/16"))
    ids = [rule["SecurityGroupRuleId"], "sgr-00000000000000000"]
    revoke = consumer.ec2.revoke_security_group_ingress
    code = refusal(lambda: revoke(GroupId=group_id, SecurityGroupRuleIds=ids))
    assert code == "InvalidSecurityGroupRuleId.NotFound"
    assert inbound(consumer, group_id) == [rule]


def test_the_rule_of_another_group_is_unknown(consumer: Party) -> None:
    group_id, other = consumer.group(), consumer.group("other")
    (rule,) = authorize(consumer, other, https("10.1.0.0/16"))
    revoke = consumer.ec2.revoke_security_group_ingress
    ids = [rule["SecurityGroupRuleId"]]
    code = refusal(lambda: revoke(GroupId=group_id, SecurityGroupRuleIds=ids))
    assert code == "InvalidSecurityGroupRuleId.NotFound"
    assert inbound(consumer, other) == [rule]


def test_rules_are_revoked_by_permission_with_or_without_host_bits(consumer: Party) -> None:
    group_id = consumer.group()
    authorize(consumer, group_id, https("10.1.0.0/16"))
    revoked = consumer.ec2.revoke_security_group_ingress(
        GroupId=group_id, IpPermissions=[https("10.1.2.3/16")]
    )["RevokedSecurityGroupRules"]
    assert [each["CidrIpv4"] for each in revoked] == ["10.1.0.0/16"]
    assert inbound(consumer, group_id) == []


def test_revoking_an_absent_permission_revokes_nothing(consumer: Party) -> None:
    group_id = consumer.group()
    (rule,) = authorize(consumer, group_id, https("10.1.0.0/16"))
    absent = [https("10.1.0.0/16"), https("10.2.0.0/16")]
    revoke = consumer.ec2.revoke_security_group_ingress
    code = refusal(lambda: revoke(GroupId=group_id, IpPermissions=absent))
    assert code == "InvalidPermission.NotFound"
    assert inbound(consumer, group_id) == [rule]


@pytest.mark.parametrize("group_id", ["sg-00000000000000000", "nobody"])
def test_the_rules_of_an_unknown_group_cannot_be_changed(consumer: Party, group_id: str) -> None:
    assert refusal(lambda: authorize(consumer, group_id, https("10.0.0.0/8"))) == (
        "InvalidGroup.NotFound"
    )
    revoke = consumer.ec2.revoke_security_group_ingress
    code = refusal(lambda: revoke(GroupId=group_id, SecurityGroupRuleIds=["sgr-0"]))
    assert code == "InvalidGroup.NotFound"


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("tag:Service", ["web"], {"10.1.0.0/16"}),
        ("tag:Service", ["web", "api"], {"10.1.0.0/16", "10.2.0.0/16"}),
        ("tag:Service", ["*"], {"10.1.0.0/16", "10.2.0.0/16"}),
        ("tag:Owner", ["web"], set()),
    ],
)
def test_rules_are_found_by_their_tags(
    consumer: Party, name: str, values: list[str], expected: set[str]
) -> None:
    group_id, other = consumer.group(), consumer.group("other")
    authorize(consumer, group_id, https("10.1.0.0/16"), Service="web")
    authorize(consumer, other, https("10.2.0.0/16"), Service="api")
    authorize(consumer, other, https("10.3.0.0/16"))
    filters: list[FilterTypeDef] = [{"Name": name, "Values": values}]
    found = consumer.ec2.describe_security_group_rules(Filters=filters)["SecurityGroupRules"]
    assert set(cidrs(found)) == expected


def test_rules_are_found_by_several_groups_and_by_id(consumer: Party) -> None:
    ids = [consumer.group(name) for name in ("first", "second", "third")]
    rules = [authorize(consumer, each, https("10.1.0.0/16"))[0] for each in ids]
    filters: list[FilterTypeDef] = [{"Name": "group-id", "Values": ids[:2]}]
    found = consumer.ec2.describe_security_group_rules(Filters=filters)["SecurityGroupRules"]
    assert [each["GroupId"] for each in found if not each["IsEgress"]] == ids[:2]
    rule_id = rules[2]["SecurityGroupRuleId"]
    (rule,) = consumer.ec2.describe_security_group_rules(SecurityGroupRuleIds=[rule_id])[
        "SecurityGroupRules"
    ]
    assert rule == rules[2]


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        ({"Filters": [{"Name": "cidr", "Values": ["x"]}]}, "InvalidParameterValue"),
        ({"Filters": [{"Name": "group-id", "Values": ["sg-x"]}]}, "InvalidGroupId.Malformed"),
        ({"SecurityGroupRuleIds": ["sgr-0"]}, "InvalidSecurityGroupRuleId.NotFound"),
        ({"MaxResults": 1001}, "InvalidParameterValue"),
        ({"DryRun": True}, "DryRunOperation"),
    ],
)
def test_a_description_that_does_not_fit_is_refused(
    consumer: Party, request_: dict[str, Any], code: str
) -> None:
    describe = consumer.ec2.describe_security_group_rules
    assert refusal(lambda: describe(**request_)) == code


def test_rules_come_in_pages(consumer: Party) -> None:
    group_id = consumer.group()
    authorize(consumer, group_id, https(*numbered(11)))
    filters: list[FilterTypeDef] = [{"Name": "group-id", "Values": [group_id]}]
    paginator = consumer.ec2.get_paginator("describe_security_group_rules")
    pages = list(paginator.paginate(Filters=filters, PaginationConfig={"PageSize": 5}))
    assert [len(page["SecurityGroupRules"]) for page in pages] == [5, 5, 2]


def test_groups_are_found_by_several_ids_and_unknown_ones_are_absent(consumer: Party) -> None:
    ids = [consumer.group(name) for name in ("first", "second", "third")]
    wanted = [*ids[:2], "sg-00000000000000000"]
    filters: list[FilterTypeDef] = [{"Name": "group-id", "Values": wanted}]
    found = consumer.ec2.describe_security_groups(Filters=filters)["SecurityGroups"]
    assert [each["GroupId"] for each in found] == ids[:2]
    code = refusal(lambda: consumer.ec2.describe_security_groups(GroupIds=wanted))
    assert code == "InvalidGroup.NotFound"


def test_groups_come_in_pages(consumer: Party) -> None:
    ids = [consumer.group(str(number)) for number in range(7)]
    filters: list[FilterTypeDef] = [{"Name": "group-id", "Values": ids}]
    paginator = consumer.ec2.get_paginator("describe_security_groups")
    pages = list(paginator.paginate(Filters=filters, PaginationConfig={"PageSize": 5}))
    assert [len(page["SecurityGroups"]) for page in pages] == [5, 2]
