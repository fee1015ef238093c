"""Sessions of roles: what STS refuses of them, and what they are narrowed to."""

import json
from typing import Any

import pytest

from sandbox.accounts import CONSUMER, PROVIDER, REGION
from sandbox.process import Client, Sandbox
from tests.integration.sandbox_server.roles import Roles, allow, refusal, trust

INVALID = "ValidationError"
DENIED = {"ec2": "UnauthorizedOperation", "ssm": "AccessDeniedException"}


@pytest.fixture
def role(roles: Roles) -> str:
    return roles.create(allow("*"))


@pytest.fixture
def sts(sandbox: Sandbox) -> Client:
    return sandbox.client("sts", PROVIDER)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ingress.vpce-svc-0123456789abcdef0.vpce-0123456789abcdef0+12", ""),
        ("a" * 64, ""),
        ("a" * 65, INVALID),
        ("with space", INVALID),
        ("slash/ed", INVALID),
        ("line\nbreak", INVALID),
        ("ümlaut", INVALID),
    ],
)
def test_a_name_has_64_letters_at_most_and_few_signs(
    sts: Client, role: str, name: str, expected: str
) -> None:
    assert refusal(sts.assume_role, RoleArn=role, RoleSessionName=name) == expected


@pytest.mark.parametrize(("seconds", "expected"), [(900, ""), (3600, ""), (3601, INVALID)])
def test_a_session_is_no_longer_than_its_role_allows(
    sts: Client, role: str, seconds: int, expected: str
) -> None:
    request = {"RoleArn": role, "RoleSessionName": "tested", "DurationSeconds": seconds}

    assert refusal(sts.assume_role, **request) == expected


def test_a_role_that_a_role_assumes_is_its_for_an_hour_at_most(
    sandbox: Sandbox, roles: Roles
) -> None:
    first = roles.create(allow("sts:AssumeRole"))
    second = roles.create(account_id=CONSUMER, trusts=trust(first))
    sandbox.client("iam", CONSUMER).update_role(
        RoleName=second.rpartition("/")[2], MaxSessionDuration=43_200
    )
    sts = roles.assume(first, "sts")
    request = {"RoleArn": second, "RoleSessionName": "chained"}

    assert not refusal(sts.assume_role, **request, DurationSeconds=3600)
    assert refusal(sts.assume_role, **request, DurationSeconds=7200) == INVALID


def test_a_session_policy_has_2048_letters_at_most(sts: Client, role: str) -> None:
    def sized(length: int) -> str:
        policy = json.dumps({"Version": "2012-10-17", "Statement": [allow("ssm:*", "arn:aws:")]})
        return policy.replace("arn:aws:", "arn:aws:" + "x" * (length - len(policy)))

    request = {"RoleArn": role, "RoleSessionName": "tested"}
    assert not refusal(sts.assume_role, **request, Policy=sized(2048))
    assert refusal(sts.assume_role, **request, Policy=sized(2049)) == INVALID


class TestNarrowing:
    @pytest.fixture(scope="class")
    @staticmethod
    def groups(sandbox: Sandbox) -> tuple[str, str]:
        """Return two security groups that have opted in."""
        ec2 = sandbox.client("ec2", PROVIDER)
        vpc_id = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
        one, other = (
            ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc_id)["GroupId"]
            for name in ("one", "other")
        )
        return one, other

    @staticmethod
    def arn(group_id: str) -> str:
        return f"arn:aws:ec2:{REGION}:{PROVIDER}:security-group/{group_id}"

    @pytest.mark.parametrize("verb", ["Authorize", "Revoke"])
    def test_a_session_for_one_group_touches_no_other(
        self, roles: Roles, groups: tuple[str, str], role: str, verb: str
    ) -> None:
        one, other = groups
        rules: dict[str, Any] = {
            "IpPermissions": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}]
        }
        statement = allow(f"ec2:{verb}SecurityGroupIngress", self.arn(one))
        ec2 = roles.assume(role, "ec2", {"Version": "2012-10-17", "Statement": [statement]})
        call = getattr(ec2, f"{verb.lower()}_security_group_ingress")

        assert refusal(call, GroupId=other, **rules) == DENIED["ec2"]
        assert refusal(call, GroupId=one, **rules) in {"", "InvalidPermission.NotFound"}

    def test_a_session_does_nothing_that_its_policy_does_not_say(
        self, roles: Roles, groups: tuple[str, str], role: str
    ) -> None:
        statement = allow("ssm:PutParameter", f"arn:aws:ssm:{REGION}:{PROVIDER}:parameter/a/*")
        narrowed = {"Version": "2012-10-17", "Statement": [statement]}
        ssm, ec2 = (roles.assume(role, service, narrowed) for service in ("ssm", "ec2"))
        value = {"Value": "x", "Type": "String"}

        assert not refusal(ssm.put_parameter, Name="/a/b", **value)
        assert refusal(ssm.put_parameter, Name="/b/b", **value) == DENIED["ssm"]
        assert refusal(ssm.delete_parameter, Name="/a/b") == DENIED["ssm"]
        assert refusal(ec2.describe_security_groups, GroupIds=[groups[0]]) == DENIED["ec2"]

    def test_a_session_policy_gives_nothing_that_the_role_has_not(self, roles: Roles) -> None:
        role = roles.create(allow("ssm:GetParameter"))
        everything = {"Version": "2012-10-17", "Statement": [allow("*")]}
        ssm = roles.assume(role, "ssm", everything)

        assert refusal(ssm.put_parameter, Name="/a", Value="x", Type="String") == DENIED["ssm"]
