"""Managed prefix lists: the account's own, and those of AWS."""

from typing import TYPE_CHECKING, Any

import pytest

from sandbox.accounts import CONSUMER, REGION
from sandbox.privatelink.prefix_lists import WEIGHTS
from tests.integration.privatelink_model.parties import Party, refusal
from tests.integration.privatelink_model.rules import (
    authorize,
    https,
    numbered,
    numbered_ipv6,
)

if TYPE_CHECKING:
    from mypy_boto3_ec2.type_defs import FilterTypeDef, ManagedPrefixListTypeDef


def prefix_lists(party: Party, **filters: str) -> list["ManagedPrefixListTypeDef"]:
    """Return the lists, filtered by `prefix_list_name` and so on."""
    return party.ec2.describe_managed_prefix_lists(
        Filters=[
            {"Name": name.replace("_", "-"), "Values": [value]} for name, value in filters.items()
        ]
    )["PrefixLists"]


def create(party: Party, name: str, *, entries: int = 5, family: str = "IPv4") -> str:
    created = party.ec2.create_managed_prefix_list(
        PrefixListName=name, AddressFamily=family, MaxEntries=entries
    )
    return created["PrefixList"]["PrefixListId"]


def test_lists_of_the_account_have_a_maximum_of_entries(consumer: Party) -> None:
    create(consumer, "sddc", entries=7)
    (own,) = prefix_lists(consumer, owner_id=CONSUMER)
    assert (own["PrefixListName"], own["AddressFamily"], own["MaxEntries"]) == ("sddc", "IPv4", 7)


def test_lists_of_aws_have_none(consumer: Party) -> None:
    of_aws = prefix_lists(consumer, owner_id="AWS")
    names = {each["PrefixListName"] for each in of_aws}
    assert {f"com.amazonaws.{REGION}.s3", "com.amazonaws.global.groundstation"} <= names
    assert [each for each in of_aws if "MaxEntries" in each] == []


def test_lists_are_found_by_several_ids_and_unknown_ones_are_absent(consumer: Party) -> None:
    ids = [create(consumer, name) for name in ("first", "second", "third")]
    wanted = [*ids[:2], "pl-00000000000000000"]
    filters: list[FilterTypeDef] = [{"Name": "prefix-list-id", "Values": wanted}]
    found = consumer.ec2.describe_managed_prefix_lists(Filters=filters)["PrefixLists"]
    assert [each["PrefixListId"] for each in found] == ids[:2]
    describe = consumer.ec2.describe_managed_prefix_lists
    assert refusal(lambda: describe(PrefixListIds=wanted)) == "InvalidPrefixListID.NotFound"


def test_lists_come_in_pages(consumer: Party) -> None:
    for number in range(3):
        create(consumer, f"sddc-{number}")
    paginator = consumer.ec2.get_paginator("describe_managed_prefix_lists")
    filters: list[FilterTypeDef] = [{"Name": "prefix-list-name", "Values": ["sddc-*"]}]
    pages = list(paginator.paginate(Filters=filters, PaginationConfig={"PageSize": 2}))
    assert [len(page["PrefixLists"]) for page in pages] == [2, 1]


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        ({"Filters": [{"Name": "address-family", "Values": ["x"]}]}, "InvalidParameterValue"),
        ({"MaxResults": 101}, "InvalidParameterValue"),
        ({"DryRun": True}, "DryRunOperation"),
    ],
)
def test_a_description_that_does_not_fit_is_refused(
    consumer: Party, request_: dict[str, Any], code: str
) -> None:
    describe = consumer.ec2.describe_managed_prefix_lists
    assert refusal(lambda: describe(**request_)) == code


@pytest.mark.parametrize(
    ("name", "family", "weight"),
    [
        (f"com.amazonaws.{REGION}.s3", "IPv4", 1),
        (f"com.amazonaws.{REGION}.dynamodb", "IPv4", 1),
        (f"com.amazonaws.{REGION}.vpc-lattice", "IPv4", 10),
        (f"com.amazonaws.{REGION}.ipv6.vpc-lattice", "IPv6", 10),
        ("com.amazonaws.global.groundstation", "IPv4", 5),
        ("com.amazonaws.global.cloudfront.origin-facing", "IPv4", 55),
    ],
)
def test_a_list_of_aws_counts_by_its_weight_in_its_ip_family(
    consumer: Party, name: str, family: str, weight: int
) -> None:
    (listed,) = prefix_lists(consumer, prefix_list_name=name)
    assert listed["AddressFamily"] == family
    group_id, source = consumer.group(), https()
    source["PrefixListIds"] = [{"PrefixListId": listed["PrefixListId"]}]
    counted, other = (numbered, numbered_ipv6) if family == "IPv4" else (numbered_ipv6, numbered)
    authorize(consumer, group_id, source, https(*other(60)))
    too_many = https(*counted(61 - weight))
    code = refusal(lambda: authorize(consumer, group_id, too_many))
    assert code == "RulesPerSecurityGroupLimitExceeded"
    assert authorize(consumer, group_id, https(*counted(60 - weight)))


def test_the_weights_are_those_of_the_vpc_user_guide() -> None:
    assert WEIGHTS == {
        "cloudfront.origin-facing": 55,
        "dynamodb": 1,
        "ec2-instance-connect": 2,
        "groundstation": 5,
        "route53-healthchecks": 25,
        "s3": 1,
        "s3express": 6,
        "vpc-lattice": 10,
    }
