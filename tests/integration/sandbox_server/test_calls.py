import pytest

from sandbox.accounts import CONSUMER, PROVIDER, REGION
from sandbox.emulator.calls import ApiCall
from sandbox.process import Sandbox, SandboxError
from tests.integration.sandbox_server.roles import Roles, allow, refusal


@pytest.fixture
def seen(sandbox: Sandbox) -> int:
    """Return the number of the last call before the test."""
    calls = sandbox.calls()
    return calls[-1].sequence if calls else 0


def test_a_call_is_recorded_with_its_caller_and_resource(sandbox: Sandbox, seen: int) -> None:
    sandbox.client("ssm", CONSUMER).put_parameter(Name="/calls/a", Value="x", Type="String")

    [call] = sandbox.calls(after=seen)
    assert call == ApiCall(
        sequence=seen + 1,
        account_id=CONSUMER,
        principal_arn=f"arn:aws:iam::{CONSUMER}:root",
        service="ssm",
        action="ssm:PutParameter",
        resource_arn=f"arn:aws:ssm:{REGION}:{CONSUMER}:parameter/calls/a",
        outcome="allowed",
    )


def test_a_refused_call_is_recorded_with_what_it_lacked(sandbox: Sandbox, roles: Roles) -> None:
    ec2 = roles.allowed("ec2", allow("ec2:AuthorizeSecurityGroupIngress"))
    before = sandbox.calls()[-1].sequence

    refused = refusal(
        ec2.authorize_security_group_ingress,
        GroupId="sg-0123456789abcdef0",
        IpPermissions=[{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}],
        TagSpecifications=[
            {"ResourceType": "security-group-rule", "Tags": [{"Key": "a", "Value": "b"}]}
        ],
    )

    [call] = sandbox.calls(after=before)
    assert refused == "UnauthorizedOperation"
    assert call.action == "ec2:AuthorizeSecurityGroupIngress"
    assert call.resource_arn.endswith("security-group/sg-0123456789abcdef0")
    assert ":assumed-role/tested-" in call.principal_arn
    assert call.outcome == "denied"
    rules = f"arn:aws:ec2:{REGION}:{PROVIDER}:security-group-rule/*"
    assert call.refusal == f"ec2:CreateTags on {rules}"


def test_a_call_that_is_checked_on_several_resources_is_one_call(
    sandbox: Sandbox, seen: int
) -> None:
    sandbox.client("ssm", PROVIDER).get_parameters(Names=["/a", "/b", "/c"])

    assert [call.action for call in sandbox.calls(after=seen)] == ["ssm:GetParameters"]


def test_a_session_with_a_wrong_secret_is_nobody(sandbox: Sandbox, roles: Roles) -> None:
    session = sandbox.client("sts", PROVIDER).assume_role(
        RoleArn=roles.create(allow("ssm:*")), RoleSessionName="tested"
    )
    ssm = sandbox.client_with(session["Credentials"] | {"SecretAccessKey": "wrong"}, "ssm")
    before = sandbox.calls()[-1].sequence

    assert refusal(ssm.describe_parameters) == "InvalidSignatureException"
    [call] = sandbox.calls(after=before)
    assert (call.outcome, call.refusal) == ("denied", "SignatureDoesNotMatch")


def test_the_sandboxs_own_doors_leave_no_trace(sandbox: Sandbox, seen: int) -> None:
    sandbox.configure(pending_seconds=0.0)
    sandbox.calls()

    assert sandbox.calls(after=seen) == ()


@pytest.mark.parametrize(
    ("action", "is_write"),
    [
        ("ec2:AcceptVpcEndpointConnections", True),
        ("ec2:CreateTags", True),
        ("ec2:DescribeVpcEndpointConnections", False),
        ("ssm:PutParameter", True),
        ("ssm:GetParametersByPath", False),
        ("dynamodb:BatchWriteItem", True),
        ("dynamodb:PutItem", True),
        ("dynamodb:Query", False),
        ("dynamodb:BatchGetItem", False),
        ("events:PutEvents", False),
        ("events:PutRule", True),
        ("sqs:SendMessage", False),
        ("sqs:CreateQueue", True),
        ("sts:AssumeRole", False),
        ("appconfig:StartConfigurationSession", False),
        ("appconfig:GetLatestConfiguration", False),
        ("appconfig:StartDeployment", True),
        ("cloudwatch:PutMetricData", False),
        ("logs:CreateLogStream", False),
    ],
)
def test_a_write_is_what_changes_a_resource(action: str, is_write: bool) -> None:  # noqa: FBT001 - a table
    call = ApiCall(
        sequence=1,
        account_id=PROVIDER,
        principal_arn="",
        service="",
        action=action,
        resource_arn="*",
        outcome="allowed",
    )

    assert call.is_write is is_write


@pytest.mark.parametrize(
    "settings", [{"no_such": 1.0}, {"pending_seconds": "soon"}, {"network_interfaces": "never"}]
)
def test_unknown_settings_are_refused(sandbox: Sandbox, settings: dict[str, str | float]) -> None:
    with pytest.raises(SandboxError, match="POST privatelink"):
        sandbox.configure(**settings)
