"""Consumers' accounts: when they are entered, and what if they let us do less than all."""

import boto3
import pytest

from publish_endpoint_addresses import app as publish_app
from sandbox.accounts import CONSUMER, PROVIDER, STRANGER
from tests.integration.functions.harness import break_once, clear_caches, failed
from tests.integration.functions.leaving import leaving, settled
from tests.integration.functions.world import World


def test_a_consumer_that_may_not_open_its_group_any_more_still_closes_it(
    world: World, session: boto3.Session
) -> None:
    world.connect()
    world.authorize()
    world.edit("192.168.0.0/20", "10.99.0.0/16")
    clear_caches()
    break_once(session, "ec2.AuthorizeSecurityGroupIngress", "UnauthorizedOperation")
    event = world.convergence()
    event["detail"]["allowlist_version"] = "ffffffffffff"
    assert failed(world.authorize(event)) == []
    assert world.ingress() == []
    assert world.findings() == {"permission-missing"}


def test_a_role_of_an_older_template_still_has_rules_revoked(
    world: World, session: boto3.Session
) -> None:
    world.connect()
    prefix_list = world.consumer.ec2.create_managed_prefix_list(
        PrefixListName="management", MaxEntries=5, AddressFamily="IPv4"
    )["PrefixList"]["PrefixListId"]
    world.consumer.ec2.authorize_security_group_ingress(
        GroupId=world.group_id,
        IpPermissions=[
            {
                "IpProtocol": "tcp",
                "FromPort": 22,
                "ToPort": 22,
                "PrefixListIds": [{"PrefixListId": prefix_list}],
            }
        ],
    )
    break_once(session, "ec2.DescribeManagedPrefixLists", "UnauthorizedOperation")
    break_once(session, "ec2.DescribeRouteTables", "UnauthorizedOperation")
    assert failed(world.authorize()) == []
    assert "192.168.0.0/20 tcp/80" in world.ingress()
    assert failed(world.publish()) == []
    assert world.parameters()
    assert world.findings() == {"permission-missing"}


def test_an_unlisted_account_is_not_entered_whoever_asks(world: World) -> None:
    world.connect(world.stranger)
    assert failed(world.authorize(world.convergence(STRANGER))) == []
    assert failed(world.publish(world.convergence(STRANGER))) == []
    assert "AssumeRole" not in world.calls


def test_a_consumer_without_a_role_that_leaves_is_not_entered(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publish_app, "resolve", lambda _: ["10.0.3.181"])
    world.edit("alias: sddc-tokyo", "access: none")
    world.connect()
    world.sweep()
    assert world.parameters(PROVIDER)
    world.edit(CONSUMER, STRANGER)
    settled(world)
    assert world.parameters(PROVIDER) == {}
    assert "AssumeRole" not in world.calls
    assert world.findings() == set()


def test_connections_that_cannot_be_read_are_an_error_and_not_a_withdrawal(
    world: World, session: boto3.Session, caplog: pytest.LogCaptureFixture
) -> None:
    world.connect()
    world.sweep()
    copies = world.parameters(PROVIDER)
    world.edit("alias: sddc-tokyo", "access: none")
    clear_caches()
    break_once(session, "ec2.DescribeVpcEndpointConnections", "RequestLimitExceeded")
    event = world.convergence()
    event["detail"]["allowlist_version"] = "ffffffffffff"
    assert failed(world.publish(event)) == ["m0"]
    assert world.parameters(PROVIDER) == copies
    assert "RequestLimitExceeded" in caplog.text


def test_nothing_is_left_behind_with_a_consumer_that_is_back(
    world: World, session: boto3.Session
) -> None:
    world.connect()
    world.sweep()
    for _ in range(9):
        break_once(session, "sts.AssumeRole", "AccessDenied")
    clear_caches()
    assert failed(world.authorize(leaving(world))) == []
    assert world.findings() == {"left-behind"}
    clear_caches()
    assert failed(world.authorize()) == []
    assert world.findings() == {"role-not-assumable"}
