"""Sessions in consumers' accounts: how long, how many, what they are called and may do."""

from copy import replace
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError

from privatelink.errors import ConsumerDeniedError
from privatelink.gateways.calls import translated_errors
from privatelink.gateways.sessions import ConsumerSessions
from privatelink.model import AccountId, Consumer, Region, SecurityGroupId, ServiceId
from privatelink.session_policies import Purpose, to_read_rules, to_write_rules
from sandbox.accounts import CONSUMER, REGION
from sandbox.privatelink.clients import in_process_client
from tests.integration.functions.harness import before, clear_caches, failed, http_response
from tests.integration.functions.world import World
from tests.integration.privatelink_model.parties import Clock

WHO = Consumer(account_id=AccountId(CONSUMER), region=Region(REGION))
SERVICE = ServiceId("vpce-svc-0123456789abcdef0")
READING = to_read_rules(SERVICE)


def sessions_of(session: boto3.Session, clock: Clock, region: str = REGION) -> ConsumerSessions:
    return ConsumerSessions(
        sts=session.client("sts", region_name=region),
        role_name="privatelink-autopilot-consumer",
        external_id="an-external-id-of-tests",
        clock=clock,
    )


def writing(group_id: str) -> Purpose:
    return to_write_rules(SERVICE, [], SecurityGroupId(group_id), authorizes=True, revokes=False)


@pytest.mark.parametrize(
    ("minutes", "entries"), [(11, 1), (13, 2)], ids=["while it lasts", "before it ends"]
)
def test_a_session_is_used_while_it_lasts_and_renewed_before_it_ends(
    world: World, session: boto3.Session, minutes: int, entries: int
) -> None:
    clock = Clock(datetime.now(UTC))
    sessions = sessions_of(session, clock)
    sessions.ec2(WHO, READING)
    clock.advance(minutes=minutes)
    sessions.ssm(WHO, READING)
    assert world.calls.count("AssumeRole") == entries


def test_a_session_is_not_used_for_another_purpose(world: World, session: boto3.Session) -> None:
    sessions = sessions_of(session, Clock(datetime.now(UTC)))
    for purpose in (READING, writing("sg-1"), writing("sg-2"), writing("sg-1")):
        sessions.enter(WHO, purpose)
    assert world.calls.count("AssumeRole") == 3


def test_what_has_expired_is_not_kept(world: World, session: boto3.Session) -> None:
    clock = Clock(datetime.now(UTC))
    sessions = sessions_of(session, clock)
    for number in range(5):
        sessions.enter(WHO, writing(f"sg-{number}"))
    clock.advance(minutes=16)
    sessions.enter(WHO, READING)
    assert len(sessions._credentials) == 1  # noqa: SLF001 - that it is dropped shows nowhere else
    assert world.calls.count("AssumeRole") == 6


@pytest.mark.parametrize("code", ["UnauthorizedOperation", "AuthFailure", "InvalidClientTokenId"])
def test_a_session_that_was_refused_is_not_used_again(
    world: World, session: boto3.Session, code: str
) -> None:
    """The role may be gone, and a new one of that name has come with sessions of its own."""
    sessions = sessions_of(session, Clock(datetime.now(UTC)))
    somebody_else = replace(WHO, account_id=AccountId("444455556666"))
    for consumer in (WHO, somebody_else):
        sessions.enter(consumer, READING)
    refusal = ClientError({"Error": {"Code": code, "Message": "-"}}, "DescribeVpcEndpoints")
    with (
        pytest.raises(ConsumerDeniedError),
        sessions.entering(WHO),
        translated_errors("DescribeVpcEndpoints"),
    ):
        raise refusal
    for consumer in (WHO, somebody_else):
        sessions.enter(consumer, READING)
    assert world.calls.count("AssumeRole") == 3


def test_a_role_is_looked_for_in_the_partition_of_the_region(
    world: World, session: boto3.Session
) -> None:
    assert world.calls == []
    sessions = sessions_of(session, Clock(datetime.now(UTC)), "cn-north-1")
    role_arn = f"arn:aws-cn:iam::{CONSUMER}:role/privatelink-autopilot-consumer"
    assert sessions.role_arn(WHO) == role_arn


def test_a_pass_over_what_is_as_it_should_be_enters_once_and_only_looks(world: World) -> None:
    world.connect()
    world.sweep()
    world.narrowed.newly_opened()
    before_it = len(world.calls)
    for _ in range(2):
        clear_caches()
        world.sweep()
    opened = world.narrowed.newly_opened()
    subject = world.service_id
    assert [each.name for each in opened] == [f"ingress.{subject}", f"addresses.{subject}"] * 2
    assert world.calls[before_it:].count("AssumeRole") == 4
    reads = ("ec2:Describe", "ssm:GetParametersByPath")
    assert all(action.startswith(reads) for each in opened for action in each.granted)


def test_one_that_is_warm_does_not_enter_anew(world: World) -> None:
    world.connect()
    world.sweep()
    world.narrowed.newly_opened()
    world.sweep()
    assert world.narrowed.names() == []


def test_the_consumer_sees_for_which_endpoint_something_is_written(world: World) -> None:
    endpoint_id = world.connect()
    world.sweep()
    service_id = world.service_id
    assert world.narrowed.names() == [
        f"ingress.{service_id}",
        f"ingress.{service_id}.{endpoint_id}",
        f"addresses.{service_id}",
        f"addresses.{service_id}.{endpoint_id}",
    ]
    world.consumer.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint_id])
    world.sweep()
    assert world.narrowed.names() == [
        f"ingress.{service_id}.{endpoint_id}",
        f"addresses.{service_id}.{endpoint_id}",
    ]
    assert (world.ingress(), world.parameters()) == ([], {})


def test_nothing_can_be_revoked_before_something_is_to_be(world: World) -> None:
    world.connect()
    world.authorize()
    assert not any(
        "ec2:RevokeSecurityGroupIngress" in each.granted for each in world.narrowed.newly_opened()
    )
    world.edit("192.168.0.0/20", "192.168.32.0/20")
    world.later(minutes=6)
    world.authorize()
    (opened,) = world.narrowed.newly_opened()
    group = f"arn:aws:ec2:{REGION}:{CONSUMER}:security-group"
    assert opened.allows("ec2:RevokeSecurityGroupIngress", f"{group}/{world.group_id}")
    assert not opened.allows("ec2:RevokeSecurityGroupIngress", f"{group}/sg-0123456789abcdef0")
    assert world.ingress() == ["192.168.32.0/20 tcp/80"]


def test_each_group_is_written_to_in_a_session_of_its_own(world: World) -> None:
    other = world.opted_in_group(world.consumer, "more")
    world.connect(SecurityGroupIds=[world.group_id, other])
    world.authorize()
    _, *opened = world.narrowed.newly_opened()
    arns = [
        f"arn:aws:ec2:{REGION}:{CONSUMER}:security-group/{each}"
        for each in sorted((world.group_id, other))
    ]
    assert [
        [each.allows("ec2:AuthorizeSecurityGroupIngress", arn) for arn in arns] for each in opened
    ] == [[True, False], [False, True]]


@pytest.mark.parametrize("text", ["no endpoint: ./\N{RIGHT-TO-LEFT OVERRIDE}", "", "v" * 256])
def test_a_rule_whose_tag_was_edited_is_revoked_all_the_same(world: World, text: str) -> None:
    endpoint_id = world.connect()
    world.sweep()
    rows = world.consumer.ec2.describe_security_group_rules(
        Filters=[{"Name": "tag:privatelink-autopilot:endpoint", "Values": [endpoint_id]}]
    )["SecurityGroupRules"]
    world.consumer.ec2.create_tags(
        Resources=[row["SecurityGroupRuleId"] for row in rows],
        Tags=[{"Key": "privatelink-autopilot:endpoint", "Value": text}],
    )
    world.consumer.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint_id])
    world.narrowed.newly_opened()
    assert failed(world.authorize()) == []
    assert world.ingress() == []
    assert world.narrowed.names() == [f"ingress.{world.service_id}"]


def test_a_place_that_lost_its_owner_meanwhile_is_claimed_in_a_session_to_put(
    world: World, session: boto3.Session
) -> None:
    endpoint_id = world.connect()
    world.publish()
    place = f"/privatelink/web/{world.consumer.vpc_id}"
    ssm = in_process_client("ssm", CONSUMER, REGION)
    ssm.put_parameter(Name=f"{place}/ip", Value="10.9.9.9", Overwrite=True)
    before(session, "ssm.PutParameter", lambda: ssm.delete_parameter(Name=f"{place}/endpoint"))
    assert failed(world.publish()) == []
    assert f"{place}/endpoint" in world.parameters()
    assert world.narrowed.names()[-1] == f"addresses.{world.service_id}.{endpoint_id}"


def refuse_to_write(session: boto3.Session, code: str) -> None:
    """Let no session be opened that is named for an endpoint."""

    def refuse(params: dict[str, Any], **_: object) -> tuple[AWSResponse, dict[str, Any]] | None:
        if ".vpce-svc-" in params["body"]["RoleSessionName"].rpartition(".vpce-")[0]:
            return http_response(400, b"", {}), {
                "Error": {"Code": code, "Message": "refused by the test"},
                "ResponseMetadata": {"HTTPStatusCode": 400},
            }
        return None

    handler: Any = refuse  # the stubs know no handlers that return
    session.events.register("before-call.sts.AssumeRole", handler)


def test_a_consumer_that_lets_us_look_and_not_write_is_a_finding(
    world: World, session: boto3.Session
) -> None:
    world.connect()
    refuse_to_write(session, "AccessDenied")
    assert failed(world.authorize()) == []
    assert failed(world.publish()) == []
    assert (world.ingress(), world.parameters()) == ([], {})
    assert world.findings() == {"role-not-assumable"}


def test_a_session_to_write_that_sts_does_not_give_is_asked_for_again(
    world: World, session: boto3.Session
) -> None:
    world.connect()
    refuse_to_write(session, "InternalFailure")
    assert failed(world.authorize()) == ["m0"]
    assert failed(world.publish()) == ["m0"]
    assert world.findings() == set()


def test_what_a_session_was_not_opened_for_is_noticed(world: World, session: boto3.Session) -> None:
    sessions = sessions_of(session, Clock(datetime.now(UTC)))
    ec2 = sessions.ec2(WHO, READING)
    ec2.describe_security_groups()
    assert world.narrowed.overstepped == []
    ec2.describe_vpcs()
    sessions.sts.assume_role(RoleArn=sessions.role_arn(WHO), RoleSessionName="as-wide-as-the-role")
    assert world.narrowed.overstepped == [
        f"ingress.{SERVICE}: ec2:DescribeVpcs on *",
        "as-wide-as-the-role is not narrowed",
    ]
    world.narrowed.overstepped.clear()
