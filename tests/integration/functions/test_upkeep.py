"""What is kept in order about the endpoint service itself."""

import boto3
import pytest

from sandbox.accounts import CONSUMER, REGION, STRANGER
from sandbox.privatelink import NotificationState, TargetState
from tests.integration.functions.harness import break_once, failed
from tests.integration.functions.world import World
from tests.integration.privatelink_model.parties import Clock

ROOT = "arn:aws:iam::{}:root"


def notifications(world: World) -> list[dict[str, object]]:
    answer = world.provider.ec2.describe_vpc_endpoint_connection_notifications()
    return [dict(row) for row in answer["ConnectionNotificationSet"]]


def principals(world: World) -> set[str]:
    answer = world.provider.ec2.describe_vpc_endpoint_service_permissions(
        ServiceId=world.service_id
    )
    return {row["Principal"] for row in answer["AllowedPrincipals"]}


def require_acceptance(world: World, *, required: bool) -> None:
    world.provider.ec2.modify_vpc_endpoint_service_configuration(
        ServiceId=world.service_id, AcceptanceRequired=required
    )


def manage_principals(world: World) -> None:
    world.edit("consumers:", "manage_principals: true\n    consumers:")


def test_a_notification_that_was_deleted_is_made_again(world: World) -> None:
    world.sweep()
    ids = [str(row["ConnectionNotificationId"]) for row in notifications(world)]
    world.provider.ec2.delete_vpc_endpoint_connection_notifications(ConnectionNotificationIds=ids)
    world.sweep()
    assert len(notifications(world)) == 1


def test_a_notification_that_lacks_events_gets_them(world: World) -> None:
    world.sweep()
    (before,) = notifications(world)
    world.provider.ec2.modify_vpc_endpoint_connection_notification(
        ConnectionNotificationId=str(before["ConnectionNotificationId"]),
        ConnectionEvents=["Accept"],
    )
    world.sweep()
    (after,) = notifications(world)
    assert after["ConnectionNotificationId"] == before["ConnectionNotificationId"]
    assert after["ConnectionEvents"] == ["Accept", "Connect", "Delete", "Reject"]


def test_the_notification_of_somebody_else_is_left(world: World) -> None:
    topic = f"arn:aws:sns:{REGION}:{CONSUMER}:of-somebody-else"
    world.provider.ec2.create_vpc_endpoint_connection_notification(
        ServiceId=world.service_id, ConnectionNotificationArn=topic, ConnectionEvents=["Accept"]
    )
    world.sweep()
    (foreign,) = [n for n in notifications(world) if n["ConnectionNotificationArn"] == topic]
    assert foreign["ConnectionEvents"] == ["Accept"]
    assert len(notifications(world)) == 2


def test_a_service_that_accepts_everybody_is_a_finding_with_a_metric(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    require_acceptance(world, required=False)
    world.sweep()
    assert world.findings() == {"acceptance-not-required"}
    assert '"AcceptanceNotRequired":[1.0]' in capsys.readouterr().out.replace(" ", "")


def test_strangers_that_the_service_lets_in_are_rejected_however_many_they_are(
    world: World, clock: Clock
) -> None:
    world.sweep()
    require_acceptance(world, required=False)
    clock.advance(days=30)
    listed = world.request()
    strangers = [world.request(world.stranger) for _ in range(6)]
    assert world.provider.states()[strangers[0]] == "available"
    world.sweep()
    states = world.provider.states()
    assert states.pop(listed) == "available"
    assert states == dict.fromkeys(strangers, "rejected")


def test_who_was_connected_before_is_within_the_breaker(world: World) -> None:
    require_acceptance(world, required=False)
    strangers = [world.request(world.stranger) for _ in range(4)]
    world.sweep()
    assert world.provider.states() == dict.fromkeys(strangers, "available")
    assert world.findings() == {"acceptance-not-required", "breaker-tripped"}


def test_principals_are_left_alone_unless_the_allowlist_says_so(world: World) -> None:
    world.sweep()
    assert principals(world) == {"*"}
    assert "DescribeVpcEndpointServicePermissions" not in world.calls


def test_the_roots_of_listed_accounts_are_allowed_and_removed_when_they_leave(
    world: World,
) -> None:
    foreign = {"*", ROOT.format("777788889999"), f"arn:aws:iam::{CONSUMER}:role/somebody"}
    world.provider.ec2.modify_vpc_endpoint_service_permissions(
        ServiceId=world.service_id, AddAllowedPrincipals=sorted(foreign - {"*"})
    )
    manage_principals(world)
    assert world.sweep() == []
    assert principals(world) == foreign | {ROOT.format(CONSUMER)}
    world.calls.clear()
    world.sweep()
    assert world.writes == []
    world.edit(CONSUMER, STRANGER)
    assert world.sweep() == []
    assert principals(world) == foreign | {ROOT.format(STRANGER)}


def test_a_principal_that_somebody_else_allowed_is_never_removed(world: World) -> None:
    world.provider.ec2.modify_vpc_endpoint_service_permissions(
        ServiceId=world.service_id, AddAllowedPrincipals=[ROOT.format(CONSUMER)]
    )
    manage_principals(world)
    world.sweep()
    world.edit(CONSUMER, STRANGER)
    world.sweep()
    assert ROOT.format(CONSUMER) in principals(world)


def test_a_principal_that_was_removed_by_hand_is_allowed_again(world: World) -> None:
    manage_principals(world)
    world.sweep()
    world.provider.ec2.modify_vpc_endpoint_service_permissions(
        ServiceId=world.service_id, RemoveAllowedPrincipals=[ROOT.format(CONSUMER)]
    )
    world.sweep()
    assert ROOT.format(CONSUMER) in principals(world)


def test_permissions_that_cannot_be_read_stop_nothing_else(
    world: World, session: boto3.Session
) -> None:
    manage_principals(world)
    endpoint_id = world.request()
    break_once(session, "ec2.DescribeVpcEndpointServicePermissions")
    assert failed(world.accept()) == ["m0"]
    assert world.provider.states() == {endpoint_id: "available"}
    assert notifications(world)


def test_a_service_without_a_healthy_target_is_a_finding_until_it_has_one(world: World) -> None:
    (group,) = world.provider.elbv2.describe_target_groups()["TargetGroups"]
    target = (group["TargetGroupArn"], "192.168.15.241")
    world.privatelink.put_target_in_state(*target, TargetState.UNHEALTHY)
    world.sweep()
    assert world.findings() == {"no-healthy-target"}
    world.privatelink.put_target_in_state(*target, TargetState.HEALTHY)
    world.sweep()
    assert world.findings() == set()


def test_a_notification_that_ec2_has_disabled_is_a_finding(world: World) -> None:
    world.sweep()
    (notification,) = notifications(world)
    world.privatelink.put_notification_in_state(
        str(notification["ConnectionNotificationId"]), NotificationState.DISABLED
    )
    world.sweep()
    assert world.findings() == {"notification-disabled"}
    assert len(notifications(world)) == 1
