"""Filters and pages of the descriptions of security groups and their rules."""

from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.privatelink_model.parties import Party, refusal
from tests.integration.privatelink_model.rules import authorize, cidrs, https, numbered

if TYPE_CHECKING:
    from mypy_boto3_ec2.type_defs import FilterTypeDef


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
