from collections.abc import Callable
from typing import Any

import pytest

from sandbox.accounts import PROVIDER, REGION
from sandbox.process import Sandbox
from tests.integration.sandbox_server.roles import Roles, allow, refusal

DENIED = "UnauthorizedOperation"
OWNER = "privatelink-autopilot:owner"
RULES = f"arn:aws:ec2:{REGION}:{PROVIDER}:security-group-rule/*"
GROUPS = f"arn:aws:ec2:{REGION}:{PROVIDER}:security-group/*"

WEB = {
    "IpPermissions": [
        {
            "IpProtocol": "tcp",
            "FromPort": 80,
            "ToPort": 80,
            "IpRanges": [{"CidrIp": "10.0.0.0/8"}],
        }
    ]
}
TAGGED_BY_US = allow(
    "ec2:AuthorizeSecurityGroupIngress", RULES, StringEquals={f"aws:RequestTag/{OWNER}": "us"}
)
TAGS_NEW_RULES = allow(
    "ec2:CreateTags",
    RULES,
    StringEquals={
        "ec2:CreateAction": "AuthorizeSecurityGroupIngress",
        f"aws:RequestTag/{OWNER}": "us",
    },
)


def tag_specifications(**tags: str) -> list[dict[str, Any]]:
    listed = [
        {"Key": key.replace("__", ":").replace("_", "-"), "Value": value}
        for key, value in tags.items()
    ]
    return [{"ResourceType": "security-group-rule", "Tags": listed}]


@pytest.fixture(scope="module")
def vpc_id(sandbox: Sandbox) -> str:
    return str(sandbox.client("ec2", PROVIDER).create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"])


@pytest.fixture(scope="module")
def create_group(sandbox: Sandbox, vpc_id: str) -> Callable[..., str]:
    made: list[str] = []

    def create(**tags: str) -> str:
        ec2 = sandbox.client("ec2", PROVIDER)
        group = ec2.create_security_group(GroupName=f"g{len(made)}", Description="-", VpcId=vpc_id)
        made.append(group["GroupId"])
        if tags:
            ec2.create_tags(
                Resources=made[-1:], Tags=[{"Key": k, "Value": v} for k, v in tags.items()]
            )
        return made[-1]

    return create


class TestSecurityGroups:
    @pytest.mark.parametrize("key", ["aws:ResourceTag/managed", "ec2:ResourceTag/managed"])
    def test_a_rule_may_be_authorized_only_on_groups_with_the_required_tag(
        self, roles: Roles, create_group: Callable[..., str], key: str
    ) -> None:
        on_managed = allow("ec2:AuthorizeSecurityGroupIngress", GROUPS, StringEquals={key: "yes"})
        authorize = roles.allowed("ec2", on_managed).authorize_security_group_ingress

        assert not refusal(authorize, GroupId=create_group(managed="yes"), **WEB)
        assert refusal(authorize, GroupId=create_group(managed="no"), **WEB) == DENIED
        assert refusal(authorize, GroupId=create_group(), **WEB) == DENIED

    def test_a_tag_key_with_colons_and_hyphens_is_matched(
        self, roles: Roles, create_group: Callable[..., str]
    ) -> None:
        key = f"aws:ResourceTag/{OWNER}"
        ec2 = roles.allowed(
            "ec2", allow("ec2:RevokeSecurityGroupIngress", GROUPS, StringEquals={key: "us"})
        )
        ours, theirs = create_group(**{OWNER: "us"}), create_group(**{OWNER: "them"})
        revoke = ec2.revoke_security_group_ingress

        assert refusal(revoke, GroupId=theirs, **WEB) == DENIED
        assert refusal(revoke, GroupId=ours, **WEB) != DENIED

    def test_revoking_is_not_checked_on_the_rules(
        self, roles: Roles, create_group: Callable[..., str]
    ) -> None:
        group_id = create_group()
        ec2 = roles.allowed("ec2", allow("ec2:RevokeSecurityGroupIngress", GROUPS))

        refused = refusal(ec2.revoke_security_group_ingress, GroupId=group_id, **WEB)
        assert refused == "InvalidPermission.NotFound"

    def test_a_tagged_rule_needs_the_group_the_rule_and_the_tagging_to_be_allowed(
        self, roles: Roles, create_group: Callable[..., str]
    ) -> None:
        on_groups = allow("ec2:AuthorizeSecurityGroupIngress", GROUPS)
        request = WEB | {"TagSpecifications": tag_specifications(privatelink_autopilot__owner="us")}
        every = [on_groups, TAGGED_BY_US, TAGS_NEW_RULES]

        assert not refusal(
            roles.allowed("ec2", *every).authorize_security_group_ingress,
            GroupId=create_group(),
            **request,
        )
        for missing in every:
            ec2 = roles.allowed(
                "ec2", *(statement for statement in every if statement is not missing)
            )
            refused = refusal(
                ec2.authorize_security_group_ingress, GroupId=create_group(), **request
            )
            assert refused == DENIED, missing

    def test_a_rule_without_tags_is_checked_on_the_group_alone(
        self, roles: Roles, create_group: Callable[..., str]
    ) -> None:
        ec2 = roles.allowed("ec2", allow("ec2:AuthorizeSecurityGroupIngress", GROUPS))

        assert not refusal(ec2.authorize_security_group_ingress, GroupId=create_group(), **WEB)

    @pytest.mark.parametrize(
        "tags",
        [
            pytest.param({"privatelink_autopilot__owner": "them"}, id="another value"),
            pytest.param({"Owner": "us"}, id="another key"),
        ],
    )
    def test_a_rule_may_not_be_tagged_otherwise_than_the_policy_says(
        self, roles: Roles, create_group: Callable[..., str], tags: dict[str, str]
    ) -> None:
        ec2 = roles.allowed(
            "ec2", allow("ec2:AuthorizeSecurityGroupIngress", GROUPS), TAGGED_BY_US, TAGS_NEW_RULES
        )

        refused = refusal(
            ec2.authorize_security_group_ingress,
            GroupId=create_group(),
            **WEB,
            TagSpecifications=tag_specifications(**tags),
        )
        assert refused == DENIED

    def test_other_tags_than_the_listed_ones_can_be_forbidden(
        self, roles: Roles, create_group: Callable[..., str]
    ) -> None:
        only_ours = {"ForAllValues:StringEquals": {"aws:TagKeys": [OWNER]}}
        ec2 = roles.allowed(
            "ec2",
            allow("ec2:AuthorizeSecurityGroupIngress"),
            allow("ec2:CreateTags", RULES, **only_ours),
        )
        authorize = ec2.authorize_security_group_ingress

        request = WEB | {"GroupId": create_group()}
        more = tag_specifications(privatelink_autopilot__owner="us", Name="x")
        ours = tag_specifications(privatelink_autopilot__owner="us")
        assert refusal(authorize, **request, TagSpecifications=more) == DENIED
        assert not refusal(authorize, **request, TagSpecifications=ours)


class TestTags:
    def test_tagging_at_creation_does_not_include_tagging_later(self, roles: Roles) -> None:
        ec2 = roles.allowed("ec2", TAGS_NEW_RULES)

        refused = refusal(
            ec2.create_tags,
            Resources=["sgr-0123456789abcdef0"],
            Tags=[{"Key": OWNER, "Value": "us"}],
        )
        assert refused == DENIED

    def test_every_resource_to_be_tagged_is_checked(
        self, roles: Roles, create_group: Callable[..., str]
    ) -> None:
        ec2 = roles.allowed(
            "ec2", allow("ec2:CreateTags", GROUPS, StringEquals={"aws:ResourceTag/managed": "yes"})
        )
        ours, theirs = create_group(managed="yes"), create_group()
        tags = [{"Key": "seen", "Value": "today"}]

        assert refusal(ec2.create_tags, Resources=[ours, theirs], Tags=tags) == DENIED
        assert not refusal(ec2.create_tags, Resources=[ours], Tags=tags)

    def test_untagging_is_checked_on_the_resource(
        self, roles: Roles, create_group: Callable[..., str]
    ) -> None:
        ec2 = roles.allowed(
            "ec2", allow("ec2:DeleteTags", GROUPS, StringEquals={"aws:ResourceTag/managed": "yes"})
        )

        assert not refusal(
            ec2.delete_tags, Resources=[create_group(managed="yes")], Tags=[{"Key": "managed"}]
        )
        assert (
            refusal(ec2.delete_tags, Resources=[create_group()], Tags=[{"Key": "managed"}])
            == DENIED
        )


def test_a_refusal_names_what_is_missing_as_ec2_words_it(
    roles: Roles, create_group: Callable[..., str]
) -> None:
    group_id = create_group()
    ec2 = roles.allowed("ec2", allow("ec2:AuthorizeSecurityGroupIngress"))

    with pytest.raises(ec2.exceptions.ClientError) as refused:
        ec2.authorize_security_group_ingress(
            GroupId=group_id,
            **WEB,
            TagSpecifications=tag_specifications(Name="x"),
        )

    message = refused.value.response["Error"]["Message"]
    assert message.startswith(
        "You are not authorized to perform this operation. User: arn:aws:sts::"
    )
    assert f"is not authorized to perform: ec2:CreateTags on resource: {RULES}" in message
