import json
import re
from fnmatch import fnmatchcase
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privatelink.model import Consumer, Region
from privatelink.session_policies import (
    NAME_LENGTH,
    POLICY_LENGTH,
    Grant,
    Purpose,
    to_read_addresses,
    to_read_rules,
    to_write_addresses,
    to_write_rules,
)
from tests.unit.builders import GROUP, HOME, LISTED, SERVICE_ID

WHO = Consumer(account_id=LISTED, region=HOME)
FAR = Consumer(account_id=LISTED, region=Region("ap-southeast-99"))
SHELF = "/privatelink/web"
EC2 = f"arn:aws:ec2:{HOME}:{LISTED}"
SSM = f"arn:aws:ssm:{HOME}:{LISTED}"
NAME = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)
LONGEST_NAME = 1011 - len("arn:aws-us-gov:ssm:ap-southeast-99:123456789012:parameter")


def statements(purpose: Purpose) -> list[dict[str, Any]]:
    document = json.loads(purpose.policy("aws", WHO))
    assert document["Version"] == "2012-10-17"
    assert all(statement.pop("Effect") == "Allow" for statement in document["Statement"])
    found: list[dict[str, Any]] = document["Statement"]
    return found


def granted(purpose: Purpose) -> set[tuple[str, str]]:
    return {
        (action, resource)
        for statement in statements(purpose)
        for action in statement["Action"]
        for resource in statement["Resource"]
    }


def ids(count: int) -> list[str]:
    return [f"vpce-{number:017x}" for number in range(count)]


def to_write(*, authorizes: bool = True, revokes: bool = True, endpoints: int = 1) -> Purpose:
    return to_write_rules(SERVICE_ID, ids(endpoints), GROUP, authorizes=authorizes, revokes=revokes)


def to_put(shelf: str = SHELF, *, puts: bool = True, deletes: bool = True) -> Purpose:
    return to_write_addresses(SERVICE_ID, ids(1), shelf, puts=puts, deletes=deletes)


def test_looking_at_rules_is_describing_four_things() -> None:
    assert {action for action, _ in granted(to_read_rules(SERVICE_ID))} == {
        "ec2:DescribeManagedPrefixLists",
        "ec2:DescribeSecurityGroupRules",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeVpcEndpoints",
    }


def test_addresses_are_looked_at_on_the_shelves_at_hand_and_on_no_other() -> None:
    purpose = to_read_addresses(SERVICE_ID, [SHELF, "/privatelink/old"], "/privatelink")
    read = {resource for action, resource in granted(purpose) if action.startswith("ssm:")}
    assert read == {f"{SSM}:parameter{SHELF}", f"{SSM}:parameter/privatelink/old"}
    assert not any(fnmatchcase(f"{SSM}:parameter/privatelink/web2", each) for each in read)


def test_without_a_shelf_no_parameter_is_read() -> None:
    purpose = to_read_addresses(SERVICE_ID, [], "/privatelink")
    assert all(action.startswith("ec2:Describe") for action, _ in granted(purpose))


def test_more_shelves_than_there_is_room_for_are_read_by_their_prefix() -> None:
    shelves = [f"/privatelink/alias-{number}" for number in range(200)]
    read = to_read_addresses(SERVICE_ID, shelves, "/privatelink")
    assert ("ssm:GetParametersByPath", f"{SSM}:parameter/privatelink/*") in granted(read)
    assert len(read.policy("aws", WHO)) <= POLICY_LENGTH


def test_the_shelves_of_a_service_that_was_renamed_several_times_are_read_one_by_one() -> None:
    shelves = [f"/privatelink/name-{number}" for number in range(6)]
    read = granted(to_read_addresses(SERVICE_ID, shelves, "/privatelink"))
    assert {resource for action, resource in read if action.startswith("ssm:")} == {
        f"{SSM}:parameter{shelf}" for shelf in shelves
    }


@pytest.mark.parametrize("authorizes", [True, False])
def test_one_group_is_opened_only_if_a_rule_is_missing(*, authorizes: bool) -> None:
    opened = {
        ("ec2:AuthorizeSecurityGroupIngress", f"{EC2}:security-group/{GROUP}"),
        ("ec2:AuthorizeSecurityGroupIngress", f"{EC2}:security-group-rule/*"),
        ("ec2:CreateTags", f"{EC2}:security-group-rule/*"),
    }
    revoked = {("ec2:RevokeSecurityGroupIngress", f"{EC2}:security-group/{GROUP}")}
    assert granted(to_write(authorizes=authorizes)) == (opened if authorizes else set()) | revoked


def test_nothing_can_be_revoked_where_nothing_is_to_be() -> None:
    actions = {action for action, _ in granted(to_write(revokes=False))}
    assert actions == {"ec2:AuthorizeSecurityGroupIngress", "ec2:CreateTags"}


@pytest.mark.parametrize(
    ("puts", "deletes", "actions"),
    [
        (True, False, {"ssm:PutParameter"}),
        (False, True, {"ssm:DeleteParameters"}),
        (True, True, {"ssm:PutParameter", "ssm:DeleteParameters"}),
    ],
)
def test_one_shelf_is_written_to_as_far_as_it_is_planned(
    actions: set[str], *, puts: bool, deletes: bool
) -> None:
    expected = {(action, f"{SSM}:parameter{SHELF}/*") for action in actions}
    assert granted(to_put(puts=puts, deletes=deletes)) == expected


def test_what_is_granted_is_of_the_partition_the_region_and_the_account() -> None:
    policy = to_write().policy("aws-cn", FAR)
    assert f"arn:aws-cn:ec2:{FAR.region}:{LISTED}:security-group/{GROUP}" in policy
    assert HOME not in policy


@pytest.mark.parametrize(
    "purpose",
    [
        to_read_rules(SERVICE_ID),
        to_write(endpoints=300),
        to_read_addresses(SERVICE_ID, [f"/{'p' * (LONGEST_NAME - 1)}"], "/p"),
        to_read_addresses(
            SERVICE_ID,
            [f"/{'p' * 800}/{'a' * 62}{number}" for number in range(9)],
            f"/{'p' * 800}",
        ),
        to_put(f"/{'p' * (LONGEST_NAME - 3)}"),
    ],
    ids=["read rules", "write rules", "one long shelf", "many long shelves", "write addresses"],
)
def test_no_policy_is_longer_than_sts_takes(purpose: Purpose) -> None:
    assert len(purpose.policy("aws-us-gov", FAR)) <= POLICY_LENGTH


@pytest.mark.parametrize(
    ("purpose", "name"),
    [
        (to_read_rules(SERVICE_ID), f"ingress.{SERVICE_ID}"),
        (to_read_addresses(SERVICE_ID, [], "/p"), f"addresses.{SERVICE_ID}"),
        (to_write(), f"ingress.{SERVICE_ID}.{ids(1)[0]}"),
        (to_write(endpoints=3), f"ingress.{SERVICE_ID}.{ids(1)[0]}+2"),
        (to_put(), f"addresses.{SERVICE_ID}.{ids(1)[0]}"),
    ],
)
def test_the_name_says_which_service_and_endpoint_it_is_about(purpose: Purpose, name: str) -> None:
    assert purpose.name == name


def test_a_parameter_store_full_of_endpoints_still_makes_a_name() -> None:
    purpose = to_write_addresses(SERVICE_ID, ids(3400), SHELF, puts=True, deletes=True)
    assert purpose.name.endswith("+3399")
    assert len(purpose.name) <= NAME_LENGTH


@given(st.lists(st.text() | st.sampled_from(ids(3)), max_size=5))
def test_what_is_no_endpoint_is_not_in_the_name(named: list[str]) -> None:
    purpose = to_write_addresses(SERVICE_ID, named, SHELF, puts=True, deletes=False)
    assert NAME.fullmatch(purpose.name)
    assert purpose.name.startswith(f"addresses.{SERVICE_ID}")


def test_a_grant_about_nothing_grants_nothing() -> None:
    nothing = Grant(actions=("ssm:PutParameter",), resources=())
    assert statements(Purpose(name="any", grants=(nothing,))) == []
