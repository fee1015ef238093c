from typing import TYPE_CHECKING

from privatelink.gateways.prefix_lists import PrefixLists
from privatelink.gateways.security_groups import SecurityGroups
from privatelink.model import PrefixList, SecurityGroupId
from privatelink.quotas import weight
from sandbox.privatelink import PrivateLink
from tests.integration.gateways.requests import names, noted_requests
from tests.integration.privatelink_model.parties import Party

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_ec2.type_defs import IpPermissionTypeDef


def prefix_list(consumer: Party, name: str = "sddc", entries: int = 5) -> str:
    created = consumer.ec2.create_managed_prefix_list(
        PrefixListName=name, MaxEntries=entries, AddressFamily="IPv6"
    )
    return created["PrefixList"]["PrefixListId"]


def id_of_aws_list(consumer: Party, name: str) -> str:
    """Return the id of a list that AWS manages."""
    rows = consumer.ec2.describe_managed_prefix_lists()["PrefixLists"]
    return next(row["PrefixListId"] for row in rows if row["PrefixListName"].endswith(name))


def test_reads_the_lists_that_the_account_sees(consumer: Party, ec2: "EC2Client") -> None:
    prefix_list(consumer, "another")
    sddc, aws = prefix_list(consumer), id_of_aws_list(consumer, "cloudfront.origin-facing")
    ids = (sddc, aws, "pl-0fedcba9876543210")
    assert PrefixLists(ec2).describe_managed_prefix_lists(ids) == {
        sddc: PrefixList(prefix_list_id=sddc, name="sddc", address_family="IPv6", max_entries=5),
        aws: PrefixList(
            prefix_list_id=aws,
            name="com.amazonaws.global.cloudfront.origin-facing",
            address_family="IPv4",
            max_entries=None,
        ),
    }


def test_asks_for_nothing_about_nothing(ec2: "EC2Client") -> None:
    with noted_requests(ec2) as requests:
        assert not PrefixLists(ec2).describe_managed_prefix_lists([])
    assert not requests


def test_reads_every_page(consumer: Party, ec2: "EC2Client", privatelink: PrivateLink) -> None:
    ids = {prefix_list(consumer, name) for name in ("one", "two", "three")}
    privatelink.largest_page = 1
    with noted_requests(ec2) as requests:
        assert PrefixLists(ec2).describe_managed_prefix_lists(ids).keys() == ids
    assert names(requests) == ["DescribeManagedPrefixLists"] * 3


def test_asks_for_two_hundred_ids_a_call(ec2: "EC2Client") -> None:
    with noted_requests(ec2) as requests:
        PrefixLists(ec2).describe_managed_prefix_lists(f"pl-{number:017x}" for number in range(201))
    assert [len(params["Filters"][0]["Values"]) for _, params in requests] == [200, 1]


def test_a_rule_of_any_protocol_has_the_weight_of_its_source(
    consumer: Party, ec2: "EC2Client"
) -> None:
    group_id, list_id = consumer.group(), prefix_list(consumer)
    permissions: list[IpPermissionTypeDef] = [
        {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "10.0.0.0/8"}]},
        {"IpProtocol": "-1", "Ipv6Ranges": [{"CidrIpv6": "fd00::/16"}]},
        {
            "IpProtocol": "tcp",
            "FromPort": 80,
            "ToPort": 80,
            "IpRanges": [{"CidrIp": "10.9.0.0/16"}],
        },
        {"IpProtocol": "-1", "PrefixListIds": [{"PrefixListId": list_id}]},
        {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": group_id}]},
    ]
    ec2.authorize_security_group_ingress(GroupId=group_id, IpPermissions=permissions)
    (group,) = SecurityGroups(ec2).describe_security_groups([SecurityGroupId(group_id)]).values()
    lists = PrefixLists(ec2).describe_managed_prefix_lists([list_id])
    assert {rule.source: weight(rule, lists) for rule in group.rules} == {
        "10.0.0.0/8": (1, 0),
        "fd00::/16": (0, 1),
        "10.9.0.0/16": (1, 0),
        list_id: (0, 5),
        group_id: (1, 1),
    }
