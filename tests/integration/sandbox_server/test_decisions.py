from collections.abc import Callable
from uuid import uuid4

import pytest

from sandbox.accounts import CONSUMER, PROVIDER, REGION
from sandbox.emulator.decisions import Decision
from sandbox.emulator.policies import denies, permits
from sandbox.process import Sandbox
from tests.integration.sandbox_server.roles import Roles, Statement, allow, refusal, trust

type Of = Callable[..., list[Decision]]


@pytest.fixture
def of(sandbox: Sandbox) -> Of:
    """Return the decisions about a principal that are of the given kind."""

    def find(principal: str, kind: str) -> list[Decision]:
        found = sandbox.decisions()
        return [each for each in found if (each.principal, each.kind) == (principal, kind)]

    return find


def policy(*statements: Statement) -> dict[str, object]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def test_a_decision_names_the_role_its_session_and_the_keys_at_hand(
    sandbox: Sandbox, roles: Roles, of: Of
) -> None:
    root = sandbox.client("ec2", PROVIDER)
    vpc_id = root.describe_vpcs()["Vpcs"][0]["VpcId"]
    group_id = root.create_security_group(GroupName="g", Description="d", VpcId=vpc_id)["GroupId"]
    root.create_tags(Resources=[group_id], Tags=[{"Key": "opted", "Value": "in"}])
    role = roles.create(allow("ec2:RevokeSecurityGroupIngress"))

    refusal(
        roles.assume(role, "ec2").revoke_security_group_ingress,
        GroupId=group_id,
        IpPermissions=[{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}],
    )

    [decision] = of(role, "identity")
    assert decision.session == "tested"
    assert decision.action == "ec2:RevokeSecurityGroupIngress"
    assert decision.resource_arn.endswith(f":security-group/{group_id}")
    assert decision.allowed
    assert decision.keys["aws:ResourceTag/opted"] == "in"
    assert decision.keys["aws:SecureTransport"] == "true"
    assert decision.keys["aws:RequestedRegion"] == REGION


def test_equal_decisions_are_one_and_counted(roles: Roles, of: Of) -> None:
    role = roles.create(allow("ssm:GetParameter"))
    ssm = roles.assume(role, "ssm")

    for _ in range(3):
        refusal(ssm.get_parameter, Name="/counted")

    assert [decision.times for decision in of(role, "identity")] == [3]


def test_a_refusal_is_a_decision_too(roles: Roles, of: Of) -> None:
    role = roles.create()

    refusal(roles.assume(role, "ssm").get_parameter, Name="/refused")

    assert [decision.allowed for decision in of(role, "identity")] == [False]


def test_trust_is_decided_with_the_external_id(roles: Roles, of: Of) -> None:
    entering = roles.create(allow("sts:AssumeRole"))
    expects = trust(entering, StringEquals={"sts:ExternalId": "expected"})
    entered = roles.create(account_id=CONSUMER, trusts=expects)
    sts = roles.assume(entering, "sts")

    for external_id in ("expected", "guessed"):
        refusal(sts.assume_role, RoleArn=entered, RoleSessionName="visit", ExternalId=external_id)

    decisions = of(entering, "trust")
    assert {each.resource_arn for each in decisions} == {entered}
    outcomes = {each.keys["sts:ExternalId"]: each.allowed for each in decisions}
    assert outcomes == {"expected": True, "guessed": False}
    assert [permits(policy(expects), each) for each in decisions] == [True, False]
    assert not any(permits(policy(trust(f"{entering}-not")), each) for each in decisions)


def test_a_session_policy_is_a_decision_of_its_own(roles: Roles, of: Of) -> None:
    role = roles.create(allow("ssm:GetParameter"))
    narrowed = policy(allow("ssm:GetParameter", f"arn:aws:ssm:*:{PROVIDER}:parameter/ours/*"))
    ssm = roles.assume(role, "ssm", policy=narrowed)

    assert refusal(ssm.get_parameter, Name="/theirs/a") == "AccessDeniedException"
    assert [each.allowed for each in of(role, "identity")] == [True]
    [of_session] = of(role, "session")
    assert not of_session.allowed
    assert not permits(narrowed, of_session)


def test_a_policy_is_evaluated_for_a_decision_without_being_deployed(roles: Roles, of: Of) -> None:
    role = roles.create(allow("ssm:GetParameter"))
    refusal(roles.assume(role, "ssm").get_parameter, Name="/ours/a")

    [decision] = of(role, "identity")
    ours = f"arn:aws:ssm:{REGION}:{PROVIDER}:parameter/ours/*"
    here = {"StringEquals": {"aws:RequestedRegion": REGION}}
    elsewhere = {"StringNotEquals": {"aws:RequestedRegion": REGION}}
    assert permits(policy(allow("ssm:GetParameter", ours)), decision)
    assert permits(policy(allow("ssm:GetParameter", ours, **here)), decision)
    assert not permits(policy(allow("ssm:GetParameter", ours, **elsewhere)), decision)
    assert not permits(policy(allow("ssm:PutParameter", ours)), decision)
    denial = policy(allow("ssm:*"), allow("ssm:*") | {"Effect": "Deny"})
    assert denies(denial, decision)
    assert not permits(denial, decision)


def test_a_request_may_say_that_it_was_not_sent_by_tls(
    sandbox: Sandbox, roles: Roles, of: Of
) -> None:
    role = roles.create(allow("sqs:SendMessage"))
    sqs = roles.assume(role, "sqs")
    name = f"tls-{uuid4()}"
    queue = sandbox.client("sqs", PROVIDER).create_queue(QueueName=name)["QueueUrl"]

    sqs.send_message(QueueUrl=queue, MessageBody="by TLS")
    sqs.meta.events.register(
        "before-sign.sqs.SendMessage",
        lambda request, **_: request.headers.add_header("X-Forwarded-Proto", "http"),
    )
    sqs.send_message(QueueUrl=queue, MessageBody="in the clear")

    assert [each.keys["aws:SecureTransport"] for each in of(role, "identity")] == ["true", "false"]
