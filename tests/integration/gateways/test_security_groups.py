"""The rules of a group and those with our tags are asked for in two ways, and are the same."""

from typing import TYPE_CHECKING

import pytest

from privatelink.gateways.security_groups import SecurityGroups
from privatelink.model import IngressRule, Port, SecurityGroup, SecurityGroupId
from sandbox.privatelink import PrivateLink
from tests.integration.gateways.requests import names, noted_requests
from tests.integration.privatelink_model.parties import Party
from tests.integration.privatelink_model.rules import authorize, https

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_ec2.type_defs import IpPermissionTypeDef

TAGS = {"Owner": "us"}
ALL = Port(protocol="-1", from_port=-1, to_port=-1)


@pytest.fixture
def gateway(ec2: "EC2Client") -> SecurityGroups:
    return SecurityGroups(ec2)


def of_every_kind(consumer: Party, group_id: str) -> tuple[str, list["IpPermissionTypeDef"]]:
    """Return permissions with sources of every kind, and the id of the prefix list among them."""
    list_id = consumer.ec2.create_managed_prefix_list(
        PrefixListName="sddc", MaxEntries=5, AddressFamily="IPv4"
    )["PrefixList"]["PrefixListId"]
    return list_id, [
        https("10.1.0.0/16", "10.2.0.1/16", "2001:db8::1/32"),
        {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "10.1.0.0/16"}]},
        {"IpProtocol": "icmp", "FromPort": 8, "ToPort": -1, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]},
        {
            "IpProtocol": "tcp",
            "FromPort": 0,
            "ToPort": 65535,
            "PrefixListIds": [{"PrefixListId": list_id}],
            "UserIdGroupPairs": [{"GroupId": group_id}],
        },
    ]


def test_rules_of_every_kind_are_the_same_by_their_group_and_by_their_tags(
    consumer: Party, gateway: SecurityGroups
) -> None:
    group_id = SecurityGroupId(consumer.group())
    list_id, permissions = of_every_kind(consumer, group_id)
    for permission in permissions:
        authorize(consumer, group_id, permission, **TAGS)
    (group,) = gateway.describe_security_groups([group_id]).values()
    tagged = gateway.describe_rules_with_tags(TAGS)
    secure = Port(protocol="tcp", from_port=443, to_port=443)
    any_tcp = Port(protocol="tcp", from_port=0, to_port=65535)
    echo = Port(protocol="icmp", from_port=8, to_port=-1)
    assert group.rules == {
        IngressRule(group_id=group_id, port=port, source=source)
        for port, source in (
            (secure, "10.1.0.0/16"),
            (secure, "10.2.0.0/16"),
            (secure, "2001:db8::/32"),
            (ALL, "10.1.0.0/16"),
            (echo, "0.0.0.0/0"),
            (any_tcp, list_id),
            (any_tcp, group_id),
        )
    }
    assert sorted(rule.ingress for rule in tagged) == sorted(group.rules)


def test_a_group_shows_its_inbound_rules_whoever_made_them_and_no_others(
    consumer: Party, gateway: SecurityGroups
) -> None:
    ids = [SecurityGroupId(consumer.group(name)) for name in ("one", "two")]
    authorize(consumer, ids[0], https("10.1.0.0/16"), **TAGS)
    authorize(consumer, ids[0], https("10.2.0.0/16"))
    consumer.ec2.authorize_security_group_egress(
        GroupId=ids[0], IpPermissions=[https("10.3.0.0/16")]
    )
    found = gateway.describe_security_groups(ids)
    assert {rule.source for rule in found[ids[0]].rules} == {"10.1.0.0/16", "10.2.0.0/16"}
    assert found[ids[1]] == SecurityGroup(group_id=ids[1], group_name="two", tags={})


def test_rules_are_found_by_all_of_the_tags_and_never_without_any(
    consumer: Party, gateway: SecurityGroups, ec2: "EC2Client"
) -> None:
    group_id = consumer.group()
    authorize(consumer, group_id, https("10.1.0.0/16"), Owner="us", Service="web")
    authorize(consumer, group_id, https("10.2.0.0/16"), Owner="us", Service="api")
    (found,) = gateway.describe_rules_with_tags({"Owner": "us", "Service": "web"})
    assert (found.ingress.source, found.tags) == ("10.1.0.0/16", {"Owner": "us", "Service": "web"})
    with noted_requests(ec2) as requests, pytest.raises(ValueError, match=r"\{\}"):
        gateway.describe_rules_with_tags({})
    assert not requests


def test_every_page_is_read(
    consumer: Party, gateway: SecurityGroups, ec2: "EC2Client", privatelink: PrivateLink
) -> None:
    ids = [SecurityGroupId(consumer.group(name)) for name in ("one", "two", "three")]
    for group_id in ids:
        authorize(consumer, group_id, https("10.1.0.0/16"), **TAGS)
    privatelink.largest_page = 1
    with noted_requests(ec2) as requests:
        assert gateway.describe_security_groups(ids).keys() == set(ids)
        assert {rule.group_id for rule in gateway.describe_rules_with_tags(TAGS)} == set(ids)
    assert names(requests) == [
        *["DescribeSecurityGroupRules"] * 3,
        *["DescribeSecurityGroups"] * 3,
    ]


def test_two_hundred_groups_are_asked_for_in_a_call(
    gateway: SecurityGroups, ec2: "EC2Client"
) -> None:
    with noted_requests(ec2) as requests:
        gateway.describe_security_groups(SecurityGroupId(f"sg-{n:017x}") for n in range(201))
    assert [len(params["Filters"][0]["Values"]) for _, params in requests] == [200, 1]
