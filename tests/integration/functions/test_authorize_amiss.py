"""AuthorizeSecurityGroupIngress among others, and when something is amiss."""

import re
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError

from sandbox.accounts import CONSUMER, PROVIDER, REGION
from sandbox.privatelink.clients import in_process_client
from tests.integration.functions.harness import before, break_once, failed
from tests.integration.functions.world import World
from tests.integration.privatelink_model.rules import https, numbered


def test_rules_of_others_are_left_and_serve_where_they_are_the_same(world: World) -> None:
    world.connect()
    for cidr in ("192.168.0.0/20", "203.0.113.0/24"):
        world.consumer.ec2.authorize_security_group_ingress(
            GroupId=world.group_id,
            IpPermissions=[
                {
                    "IpProtocol": "tcp",
                    "FromPort": 80,
                    "ToPort": 80,
                    "IpRanges": [{"CidrIp": cidr}],
                }
            ],
        )
    world.authorize()
    assert world.ingress() == ["192.168.0.0/20 tcp/80", "203.0.113.0/24 tcp/80"]
    assert "AuthorizeSecurityGroupIngress" not in world.calls


def test_a_rule_that_somebody_else_adds_at_the_same_time_is_no_error(
    world: World, session: boto3.Session
) -> None:
    world.listen(443, "TCP")
    world.connect()
    permission = {
        "IpProtocol": "tcp",
        "FromPort": 443,
        "ToPort": 443,
        "IpRanges": [{"CidrIp": "192.168.0.0/20"}],
    }
    before(
        session,
        "ec2.AuthorizeSecurityGroupIngress",
        lambda: world.consumer.ec2.authorize_security_group_ingress(
            GroupId=world.group_id,
            IpPermissions=[permission],  # type: ignore[list-item] # a plain dict
        ),
    )
    assert failed(world.authorize()) == []
    assert world.ingress() == ["192.168.0.0/20 tcp/443", "192.168.0.0/20 tcp/80"]


def test_the_default_group_is_never_touched(world: World) -> None:
    endpoint_id = world.connect(SecurityGroupIds=[])
    (group,) = world.consumer.endpoint(endpoint_id)["Groups"]
    assert group["GroupName"] == "default"
    world.authorize()
    assert "AuthorizeSecurityGroupIngress" not in world.calls
    assert world.findings() == {"default-security-group"}


def test_a_group_that_is_not_opted_in_is_never_touched(world: World) -> None:
    group_id = world.consumer.group("closed")
    world.connect(SecurityGroupIds=[group_id])
    assert failed(world.authorize()) == []
    assert world.ingress(group_id) == []
    assert world.findings() == {"no-opted-in-group"}
    (raised,) = world.published_events("Finding Raised")
    assert "privatelink-autopilot:managed-ingress" in raised["what_to_do"]
    world.authorize()
    assert world.published_events("Finding Raised") == []


def test_an_endpoint_without_an_opted_in_group_stops_no_other(world: World) -> None:
    world.connect(SecurityGroupIds=[world.consumer.group("closed")])
    world.connect()
    world.authorize()
    assert world.ingress() == ["192.168.0.0/20 tcp/80"]


def test_a_request_that_cannot_be_read_fails_alone(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.connect()
    broken = world.convergence()
    broken["detail"]["account_id"] = "../../etc"
    assert failed(world.authorize(broken, world.convergence())) == ["m0"]
    assert world.ingress() == ["192.168.0.0/20 tcp/80"]
    assert "message detail.account_id: found '../../etc', expected 12 digits" in caplog.text


def edited(world: World, cidrs: str) -> dict[str, Any]:
    """Put other sources into the allowlist; return a request that has it read anew."""
    assert world.allowlist is not None
    world.allowlist = re.sub(r"source_cidrs: \[.*\]", f"source_cidrs: [{cidrs}]", world.allowlist)
    event = world.convergence()
    event["detail"]["allowlist_version"] = "ffffffffffff"
    return event


def test_one_group_that_takes_no_rules_stops_no_other_and_nothing_stays_open(
    world: World, session: boto3.Session
) -> None:
    second = world.opted_in_group(world.consumer, "second")
    world.connect(SecurityGroupIds=[world.group_id, second])
    world.authorize()
    event = edited(world, "10.99.0.0/16")
    break_once(session, "ec2.AuthorizeSecurityGroupIngress")
    assert failed(world.authorize(event)) == ["m0"]
    groups = sorted([world.ingress(world.group_id), world.ingress(second)])
    assert groups == [[], ["10.99.0.0/16 tcp/80"]]
    assert failed(world.authorize(event)) == []
    assert world.ingress(world.group_id) == world.ingress(second) == ["10.99.0.0/16 tcp/80"]


def test_a_source_that_stays_listed_is_not_cut_while_its_new_rule_cannot_be_made(
    world: World, session: boto3.Session
) -> None:
    world.connect()
    world.authorize()
    event = edited(world, "192.168.0.0/21")
    break_once(session, "ec2.AuthorizeSecurityGroupIngress")
    assert failed(world.authorize(event)) == ["m0"]
    assert world.ingress() == ["192.168.0.0/20 tcp/80"]
    assert failed(world.authorize(event)) == []
    assert world.ingress() == ["192.168.0.0/21 tcp/80"]


def test_sources_are_added_before_others_are_revoked(world: World) -> None:
    world.connect()
    world.authorize()
    event = edited(world, "192.168.0.0/21, 10.99.0.0/16")
    world.calls.clear()
    world.authorize(event)
    assert [name for name in world.writes if "Ingress" in name] == [
        "AuthorizeSecurityGroupIngress",
        "RevokeSecurityGroupIngress",
    ]
    assert world.ingress() == ["10.99.0.0/16 tcp/80", "192.168.0.0/21 tcp/80"]


def test_a_group_that_ec2_finds_full_is_a_finding_and_stops_no_other(
    world: World, session: boto3.Session
) -> None:
    second = world.opted_in_group(world.consumer, "second")
    world.connect(SecurityGroupIds=[world.group_id, second])
    break_once(session, "ec2.AuthorizeSecurityGroupIngress", "RulesPerSecurityGroupLimitExceeded")
    assert failed(world.authorize()) == []
    assert world.findings() == {"security-group-quota"}
    assert sorted([world.ingress(), world.ingress(second)]) == [[], ["192.168.0.0/20 tcp/80"]]
    assert failed(world.authorize()) == []
    assert world.findings() == set()
    assert world.ingress() == world.ingress(second)


def test_what_does_not_fit_is_not_applied_in_part_and_the_other_group_goes_on(
    world: World,
) -> None:
    second = world.opted_in_group(world.consumer, "second")
    world.connect(SecurityGroupIds=[world.group_id, second])
    world.authorize()
    world.consumer.ec2.authorize_security_group_ingress(
        GroupId=world.group_id, IpPermissions=[https(*numbered(55))]
    )
    before = world.ingress()
    networks = ", ".join(f"10.{n}.0.0/24" for n in range(10, 30, 2))
    assert failed(world.authorize(edited(world, networks))) == []
    assert world.ingress() == before
    assert len(world.ingress(second)) == 10
    (raised,) = world.published_events("Finding Raised")
    assert raised["id"] == f"security-group-quota/{world.group_id}"
    assert raised["evidence"] == {
        "quota": "60",
        "ipv4": "56 there, 10 to add, 1 to remove: 65,"
        " and 65 on the way, where 1 can be removed before",
        "ipv6": "0 there, 0 to add, 0 to remove: 0,"
        " and 0 on the way, where 0 can be removed before",
    }


def test_room_is_made_first_where_old_and_new_rules_do_not_fit_together(world: World) -> None:
    world.connect()
    first = ", ".join(f"10.{n}.0.0/24" for n in range(10, 90, 2))
    world.authorize(edited(world, first))
    second = ", ".join(f"10.{n}.0.0/24" for n in range(110, 190, 2))
    world.calls.clear()
    assert failed(world.authorize(edited(world, second))) == []
    assert world.ingress() == sorted(f"10.{n}.0.0/24 tcp/80" for n in range(110, 190, 2))
    assert [name for name in world.writes if "Ingress" in name] == [
        "RevokeSecurityGroupIngress",
        "AuthorizeSecurityGroupIngress",
    ]
    assert world.findings() == set()


def test_a_rule_that_is_gone_already_is_no_error(world: World, session: boto3.Session) -> None:
    world.listen(443, "TCP")
    endpoint_id = world.connect()
    world.authorize()
    world.consumer.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint_id])
    rule_ids = [
        rule["SecurityGroupRuleId"]
        for rule in world.consumer.ec2.describe_security_group_rules(
            Filters=[{"Name": "group-id", "Values": [world.group_id]}]
        )["SecurityGroupRules"]
        if not rule["IsEgress"]
    ]
    before(
        session,
        "ec2.RevokeSecurityGroupIngress",
        lambda: world.consumer.ec2.revoke_security_group_ingress(
            GroupId=world.group_id, SecurityGroupRuleIds=rule_ids[:1]
        ),
    )
    assert failed(world.authorize()) == []
    assert world.ingress() == []


def test_services_that_share_a_group_do_not_cut_each_other_off(world: World) -> None:
    second_id, second_name = world.provider.service("*")
    assert world.allowlist is not None
    world.allowlist += (
        world.allowlist.replace("services:", "")
        .replace(world.service_id, second_id)
        .replace("web:", "db:")
    )
    first = world.connect()
    second = world.consumer.request(
        second_name, SubnetIds=world.consumer.subnet_ids[:1], SecurityGroupIds=[world.group_id]
    )
    world.provider.accept(second_id, second)
    of_second = world.convergence()
    of_second["detail"]["service_id"] = second_id
    world.authorize(world.convergence(), of_second)
    assert world.ingress() == ["192.168.0.0/20 tcp/80"]
    world.consumer.ec2.delete_vpc_endpoints(VpcEndpointIds=[first])
    world.authorize()
    assert world.ingress() == ["192.168.0.0/20 tcp/80"]
    world.consumer.ec2.delete_vpc_endpoints(VpcEndpointIds=[second])
    world.authorize(world.convergence(), of_second)
    assert world.ingress() == []


def test_an_unlisted_share_in_another_service_keeps_what_it_lives_by(world: World) -> None:
    second_id, second_name = world.provider.service("*")
    assert world.allowlist is not None
    world.allowlist += f"  db:\n    service_id: {second_id}\n"
    first = world.connect()
    second = world.consumer.request(
        second_name, SubnetIds=world.consumer.subnet_ids[:1], SecurityGroupIds=[world.group_id]
    )
    world.provider.accept(second_id, second)
    world.authorize()
    world.consumer.ec2.delete_vpc_endpoints(VpcEndpointIds=[first])
    world.authorize()
    assert world.ingress() == ["192.168.0.0/20 tcp/80"]


@pytest.mark.parametrize("code", ["RequestLimitExceeded", "UnauthorizedOperation"])
def test_a_look_that_fails_closes_no_finding(
    world: World, session: boto3.Session, code: str
) -> None:
    world.connect(SecurityGroupIds=[world.consumer.group("closed")])
    world.authorize()
    break_once(session, "ec2.DescribeVpcEndpoints", code)
    world.authorize()
    assert "no-opted-in-group" in world.findings()
    world.published_events("Finding Raised")
    world.authorize()
    assert world.findings() == {"no-opted-in-group"}
    assert world.published_events("Finding Raised") == []


def test_trouble_with_another_service_keeps_nobody_from_being_let_in(
    world: World, session: boto3.Session
) -> None:
    second_id, _ = world.provider.service("*")
    assert world.allowlist is not None
    other = world.allowlist.replace("services:", "").replace(world.service_id, second_id)
    world.allowlist += other.replace("web:", "db:")
    looked: list[None] = []

    def fail_fourth(**_: object) -> None:
        looked.append(None)
        if len(looked) == 4:
            raise EndpointConnectionError(endpoint_url="https://ec2")

    operation = "before-call.ec2.DescribeVpcEndpointServiceConfigurations"
    session.events.register(operation, fail_fourth)
    world.connect()
    world.authorize()
    world.allowlist = world.allowlist.replace("192.168.0.0/20", "10.99.0.0/16")
    event = world.convergence()
    event["detail"]["allowlist_version"] = "ffffffffffff"
    # The second look at services is for this one, the third once more before anything is revoked,
    # the fourth for the other.
    assert failed(world.authorize(event)) == ["m0"]
    assert world.ingress() == ["10.99.0.0/16 tcp/80", "192.168.0.0/20 tcp/80"]
    assert failed(world.authorize(event)) == []
    assert world.ingress() == ["10.99.0.0/16 tcp/80"]


def test_a_trace_that_was_lost_is_laid_again(world: World) -> None:
    world.connect()
    world.authorize()
    trace = f"CONSUMER#{CONSUMER}/{REGION}#ingress#TRACE"
    in_process_client("dynamodb", PROVIDER, REGION).delete_item(
        TableName="ledger",
        Key={"pk": {"S": f"SERVICE#{world.service_id}"}, "sk": {"S": trace}},
    )
    world.authorize()
    assert trace in world.ledger()
