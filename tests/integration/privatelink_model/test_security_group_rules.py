"""Security group rules, where an automation depends on how EC2 treats them."""

import pytest

from sandbox.accounts import CONSUMER
from tests.integration.privatelink_model.parties import Party, refusal
from tests.integration.privatelink_model.rules import authorize, cidrs, https, inbound


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
