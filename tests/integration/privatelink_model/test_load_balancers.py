"""Load balancers: whom their security groups are asked about, and the health of their targets."""

from typing import Any

import pytest

from sandbox.privatelink import PrivateLink, TargetState
from tests.integration.privatelink_model.balancing import (
    create,
    described,
    health,
    listen,
    states,
    target_group,
)
from tests.integration.privatelink_model.parties import Provider, refusal

ADDRESS = "10.0.0.10"


def enforcement(provider: Provider, arn: str) -> str | None:
    return described(provider, arn).get("EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic")


def test_groups_are_asked_about_privatelink_traffic_unless_told_otherwise(
    provider: Provider,
) -> None:
    group_id = provider.group()
    created = create(provider, group_id)
    for balancer in (created, described(provider, created["LoadBalancerArn"])):
        assert balancer["SecurityGroups"] == [group_id]
        assert balancer["EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"] == "on"


def test_without_a_group_nothing_is_said_and_none_can_be_set(provider: Provider) -> None:
    arn, group_id = create(provider)["LoadBalancerArn"], provider.group()
    assert enforcement(provider, arn) is None
    set_groups = provider.elbv2.set_security_groups
    code = refusal(lambda: set_groups(LoadBalancerArn=arn, SecurityGroups=[group_id]))
    assert code == "InvalidConfigurationRequest"
    assert not described(provider, arn).get("SecurityGroups")


def test_the_enforcement_is_switched_off_and_stays_off_until_it_is_switched_on(
    provider: Provider,
) -> None:
    group_id, other = provider.group(), provider.group("other")
    arn = create(provider, group_id)["LoadBalancerArn"]
    answer = provider.elbv2.set_security_groups(
        LoadBalancerArn=arn,
        SecurityGroups=[group_id],
        EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic="off",
    )
    assert answer["SecurityGroupIds"] == [group_id]
    assert answer["EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"] == "off"
    assert enforcement(provider, arn) == "off"
    provider.elbv2.set_security_groups(LoadBalancerArn=arn, SecurityGroups=[other])
    assert described(provider, arn)["SecurityGroups"] == [other]
    assert enforcement(provider, arn) == "off"
    provider.elbv2.set_security_groups(
        LoadBalancerArn=arn,
        SecurityGroups=[other],
        EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic="on",
    )
    assert enforcement(provider, arn) == "on"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (
            {"EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic": "maybe"},
            "ValidationError",
        ),
        (
            {
                "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic": "off",
                "SecurityGroups": ["sg-0"],
            },
            "InvalidSecurityGroup",
        ),
        ({"LoadBalancerArn": "arn:aws:elasticloadbalancing:x:y:z"}, "LoadBalancerNotFound"),
    ],
)
def test_what_is_refused_changes_nothing(
    provider: Provider, change: dict[str, Any], code: str
) -> None:
    group_id, other = provider.group(), provider.group("other")
    arn = create(provider, group_id)["LoadBalancerArn"]
    asked: dict[str, Any] = {"LoadBalancerArn": arn, "SecurityGroups": [other]}
    assert refusal(lambda: provider.elbv2.set_security_groups(**(asked | change))) == code
    assert described(provider, arn)["SecurityGroups"] == [group_id]
    assert enforcement(provider, arn) == "on"


def test_application_load_balancers_know_no_such_setting(provider: Provider) -> None:
    arn = create(provider, provider.group(), Type="application")["LoadBalancerArn"]
    assert enforcement(provider, arn) is None


def test_an_unknown_load_balancer_is_refused_next_to_a_known_one(provider: Provider) -> None:
    arn = create(provider)["LoadBalancerArn"]
    describe = provider.elbv2.describe_load_balancers
    code = refusal(lambda: describe(LoadBalancerArns=[arn, arn + "0"]))
    assert code == "LoadBalancerNotFound"


def test_load_balancers_and_listeners_come_in_pages(provider: Provider) -> None:
    arns = [create(provider, Name=f"db-{number}")["LoadBalancerArn"] for number in range(3)]
    group_arn = target_group(provider)
    for port in range(5432, 5435):
        listen(provider, arns[0], group_arn, port)
    balancers = provider.elbv2.get_paginator("describe_load_balancers").paginate(
        LoadBalancerArns=arns, PaginationConfig={"PageSize": 2}
    )
    assert [len(page["LoadBalancers"]) for page in balancers] == [2, 1]
    listeners = provider.elbv2.get_paginator("describe_listeners").paginate(
        LoadBalancerArn=arns[0], PaginationConfig={"PageSize": 2}
    )
    ports = [[each["Port"] for each in page["Listeners"]] for page in listeners]
    assert ports == [[5432, 5433], [5434]]


def test_target_groups_come_in_pages(provider: Provider) -> None:
    arn = create(provider)["LoadBalancerArn"]
    for number in range(3):
        listen(provider, arn, target_group(provider, name=f"db-{number}"), 5432 + number)
    paginator = provider.elbv2.get_paginator("describe_target_groups")
    pages = list(paginator.paginate(LoadBalancerArn=arn, PaginationConfig={"PageSize": 2}))
    assert [len(page["TargetGroups"]) for page in pages] == [2, 1]


def test_targets_are_healthy_once_a_listener_uses_them(provider: Provider) -> None:
    arn = target_group(provider, ADDRESS)
    (target,) = health(provider, arn)
    assert target["TargetHealth"]["State"] == "unused"
    assert target["TargetHealth"]["Reason"] == "Target.NotInUse"
    listen(provider, create(provider)["LoadBalancerArn"], arn)
    (target,) = health(provider, arn)
    assert target["TargetHealth"] == {"State": "healthy"}


@pytest.mark.parametrize("state", TargetState)
def test_a_target_can_be_put_in_any_state_and_back(
    provider: Provider, privatelink: PrivateLink, state: TargetState
) -> None:
    arn = target_group(provider, ADDRESS, "10.0.1.10")
    listen(provider, create(provider)["LoadBalancerArn"], arn)
    privatelink.put_target_in_state(arn, ADDRESS, state)
    assert states(provider, arn) == {ADDRESS: state, "10.0.1.10": "healthy"}
    (target,) = health(provider, arn, ADDRESS)
    assert ("Reason" in target["TargetHealth"]) == (state != TargetState.HEALTHY)
    privatelink.put_target_in_state(arn, ADDRESS, TargetState.HEALTHY)
    assert set(states(provider, arn).values()) == {"healthy"}


def test_a_deregistered_target_is_gone(provider: Provider, privatelink: PrivateLink) -> None:
    arn = target_group(provider, ADDRESS)
    listen(provider, create(provider)["LoadBalancerArn"], arn)
    privatelink.put_target_in_state(arn, ADDRESS, TargetState.UNHEALTHY)
    provider.elbv2.deregister_targets(TargetGroupArn=arn, Targets=[{"Id": ADDRESS}])
    assert health(provider, arn) == []
    (target,) = health(provider, arn, ADDRESS)
    assert target["TargetHealth"]["State"] == "unused"
    assert target["TargetHealth"]["Reason"] == "Target.NotRegistered"
    with pytest.raises(LookupError):
        privatelink.put_target_in_state(arn, ADDRESS, TargetState.HEALTHY)


def test_the_health_of_an_unknown_group_is_refused(provider: Provider) -> None:
    arn = target_group(provider)
    assert refusal(lambda: health(provider, arn + "0")) == "TargetGroupNotFound"
