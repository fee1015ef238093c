"""The circuit breaker, and who is protected by it."""

from datetime import UTC, datetime

import boto3
import pytest

from sandbox.accounts import CONSUMER, STRANGER
from tests.integration.functions.harness import break_once, clear_caches
from tests.integration.functions.world import World
from tests.integration.privatelink_model.parties import Clock


def test_who_was_known_before_acceptance_was_switched_off_is_within_the_breaker(
    world: World,
) -> None:
    world.sweep()
    strangers = [world.request(world.stranger) for _ in range(4)]
    world.sweep()
    world.provider.accept(world.service_id, *strangers)
    world.provider.ec2.modify_vpc_endpoint_service_configuration(
        ServiceId=world.service_id, AcceptanceRequired=False
    )
    for _ in range(2):
        world.sweep()
    assert world.provider.states() == dict.fromkeys(strangers, "available")
    assert "breaker-tripped" in world.findings()


def test_the_breaker_stays_open_when_some_leave_by_themselves(world: World) -> None:
    ids = [world.connect() for _ in range(4)]
    world.sweep()
    world.edit(CONSUMER, STRANGER)
    world.sweep()
    world.consumer.ec2.delete_vpc_endpoints(VpcEndpointIds=ids[:2])
    for _ in range(2):
        world.sweep()
    assert [world.provider.states()[i] for i in ids[2:]] == ["available", "available"]
    world.edit("consumers:", "max_withdrawals: 4\n    consumers:")
    world.sweep()
    assert [world.provider.states()[i] for i in ids[2:]] == ["rejected", "rejected"]
    assert world.findings() == set()


def test_an_expired_entry_behind_the_breaker_opens_nothing_new(world: World) -> None:
    for _ in range(4):
        world.connect()
    world.sweep()
    world.edit("alias: sddc-tokyo", "expires: 2026-01-31")
    world.edit("192.168.0.0/20", "10.99.0.0/16")
    world.sweep()
    assert world.ingress() == ["192.168.0.0/20 tcp/80"]
    assert world.findings() == {"breaker-tripped"}


def test_an_error_of_the_upkeep_keeps_no_breaker_open(world: World, session: boto3.Session) -> None:
    for _ in range(4):
        world.connect()
    world.edit("consumers:", "manage_principals: true\n    consumers:")
    world.sweep()
    world.edit(CONSUMER, STRANGER)
    world.sweep()
    assert world.findings() == {"breaker-tripped"}
    answer = world.provider.ec2.describe_vpc_endpoint_service_permissions(
        ServiceId=world.service_id
    )
    roots = {row["Principal"] for row in answer["AllowedPrincipals"]}
    assert f"arn:aws:iam::{CONSUMER}:root" in roots, "nothing is taken from whom it protects"
    world.edit(STRANGER, CONSUMER)
    clear_caches()
    break_once(session, "ec2.DescribeVpcEndpointServicePermissions")
    assert world.sweep() == ["m0"]
    assert world.findings() == set()


def test_a_service_of_which_nothing_came_but_plans_is_forgotten_once_it_is_removed(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    ids = [world.connect() for _ in range(4)]
    world.edit(CONSUMER, STRANGER)
    world.edit("consumers:", "mode: observe\n    consumers:")
    world.sweep()
    assert world.findings() == {"breaker-tripped"}
    capsys.readouterr()
    world.allowlist, world.calls = "services: {}", []
    world.sweep()
    assert world.provider.states() == dict.fromkeys(ids, "available")
    assert "BreakerTripped" not in capsys.readouterr().out
    assert world.findings() == set()
    world.calls = []
    world.sweep()
    assert "DescribeVpcEndpointConnections" not in world.calls


def test_a_service_that_is_observed_again_stays_within_the_breaker_once_it_is_removed(
    world: World,
) -> None:
    endpoint_id = world.connect()
    world.sweep()
    world.edit("consumers:", "mode: observe\n    consumers:")
    world.sweep()
    world.allowlist = "services: {}"
    for _ in range(2):
        world.sweep()
    assert world.provider.states() == {endpoint_id: "available"}
    assert world.findings() == {"breaker-tripped"}


def test_what_observe_mode_would_do_makes_nobody_uninvited(world: World) -> None:
    world.provider.ec2.modify_vpc_endpoint_service_configuration(
        ServiceId=world.service_id, AcceptanceRequired=False
    )
    world.sweep()
    world.later(minutes=1)
    ids = [world.request(), world.request()]
    world.sweep()
    world.edit("consumers:", "mode: observe\n    max_withdrawals: 0\n    consumers:")
    world.edit(CONSUMER, STRANGER)
    world.sweep()
    world.edit("mode: observe", "mode: enforce")
    world.sweep()
    assert world.provider.states() == dict.fromkeys(ids, "available")
    assert "breaker-tripped" in world.findings()


def test_a_follow_up_sees_that_a_service_lets_everybody_in_since_a_moment_ago(
    world: World, clock: Clock
) -> None:
    clock.now = datetime.now(UTC)
    world.privatelink.pending_seconds = 3600
    world.edit("consumers:", "max_withdrawals: 0\n    consumers:")
    world.request()
    world.accept()
    ((_, follow_up),) = world.follow_ups()
    world.provider.ec2.modify_vpc_endpoint_service_configuration(
        ServiceId=world.service_id, AcceptanceRequired=False
    )
    clock.advance(minutes=1)
    uninvited = world.request(world.stranger)
    world.accept(follow_up)
    assert world.provider.states()[uninvited] == "rejected"
    assert world.findings() == set()
