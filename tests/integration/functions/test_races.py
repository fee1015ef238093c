"""What two functions, or two steps, could do to each other; and views that are out of date."""

import boto3
import pytest

from sandbox.accounts import CONSUMER, PROVIDER, REGION, STRANGER
from sandbox.privatelink.clients import in_process_client
from tests.integration.functions.harness import before, break_once, clear_caches, failed
from tests.integration.functions.leaving import leaving, settled
from tests.integration.functions.world import World
from tests.integration.privatelink_model.rules import inbound

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("operation", "call"),
    [("ec2.AuthorizeSecurityGroupIngress", 1), *(("ssm.PutParameter", n) for n in range(1, 9))],
)
@pytest.mark.parametrize("history", ["new", "removed by hand", "changed by hand"])
def test_a_consumer_that_leaves_while_another_function_writes_is_cleaned_up_after(
    world: World, session: boto3.Session, operation: str, call: int, history: str
) -> None:
    endpoint_id = world.connect()
    if history != "new":
        # What is put again is on record already.
        world.sweep()
        if history == "removed by hand":
            remove_all_by_hand(world)
        else:
            change_all_by_hand(world)
        world.later(minutes=10)
        clear_caches()

    left: list[None] = []

    def leave() -> None:
        left.append(None)
        world.consumer.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint_id])
        world.edit(CONSUMER, STRANGER)
        world.authorize(leaving(world))
        world.publish(leaving(world))

    before(session, operation, leave, call=call)
    world.authorize()
    world.publish()
    if not left:
        # There were not so many calls.
        leave()
    settled(world)
    assert (world.ingress(), world.parameters(), world.parameters(PROVIDER)) == ([], {}, {})
    assert not [key for key in world.ledger() if key.endswith("TRACE")]


def remove_all_by_hand(world: World) -> None:
    rules = inbound(world.consumer, world.group_id)
    world.consumer.ec2.revoke_security_group_ingress(
        GroupId=world.group_id, SecurityGroupRuleIds=[r["SecurityGroupRuleId"] for r in rules]
    )
    for account_id in (CONSUMER, PROVIDER):
        in_process_client("ssm", account_id, REGION).delete_parameters(
            Names=list(world.parameters(account_id))
        )


def change_all_by_hand(world: World) -> None:
    for account_id in (CONSUMER, PROVIDER):
        for name in world.parameters(account_id):
            if name.endswith("/ip"):
                world.put_parameter(account_id, name, "203.0.113.9")


def test_a_look_that_is_out_of_date_does_not_forget_what_was_put_just_now(
    world: World, session: boto3.Session
) -> None:
    endpoint_id = world.connect()
    world.authorize()
    world.consumer.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint_id])

    def hide(parsed: dict[str, list[object]], **_: object) -> None:
        parsed["SecurityGroupRules"] = []

    session.events.register("after-call.ec2.DescribeSecurityGroupRules", hide)
    clear_caches()
    world.authorize(leaving(world))
    session.events.unregister("after-call.ec2.DescribeSecurityGroupRules", hide)
    clear_caches()
    settled(world)
    assert world.ingress() == []


def test_a_service_that_ec2_does_not_find_for_once_cuts_nobody(
    world: World, session: boto3.Session
) -> None:
    world.connect()
    world.sweep()
    rules, parameters = world.ingress(), world.parameters()
    clear_caches()
    for _ in range(3):
        break_once(
            session,
            "ec2.DescribeVpcEndpointServiceConfigurations",
            "InvalidVpcEndpointServiceId.NotFound",
        )
    assert world.sweep() == []
    assert (world.ingress(), world.parameters()) == (rules, parameters)
    assert {"service-not-found", "no-ports"} <= world.findings()
    clear_caches()
    for _ in range(3):
        world.sweep()
    assert world.findings() == set()


def test_listeners_that_are_being_replaced_cut_nobody(world: World) -> None:
    world.connect()
    world.sweep()
    rules = world.ingress()
    (listener,) = world.provider.elbv2.describe_listeners(
        LoadBalancerArn=world.provider.load_balancer_arn
    )["Listeners"]
    world.provider.elbv2.delete_listener(ListenerArn=listener["ListenerArn"])
    world.sweep()
    assert world.ingress() == rules
    assert world.findings() == {"no-ports"}
    world.listen(443, "TCP")
    world.sweep()
    assert world.ingress() == ["192.168.0.0/20 tcp/443"]


def test_nobody_is_let_in_whose_service_could_not_be_put_on_record(
    world: World, session: boto3.Session
) -> None:
    endpoint_id = world.request()
    break_once(session, "dynamodb.BatchWriteItem", "ThrottlingException")
    assert failed(world.accept()) == ["m0"]
    assert world.provider.states() == {endpoint_id: "pendingAcceptance"}
    assert failed(world.accept()) == []
    assert world.provider.states() == {endpoint_id: "available"}


def test_a_service_id_that_is_corrected_closes_the_finding(world: World) -> None:
    good = world.service_id
    world.edit(good, "vpce-svc-0fffffffffffffff0")
    world.sweep()
    assert world.findings() == {"service-not-found"}
    world.edit("vpce-svc-0fffffffffffffff0", good)
    world.sweep()
    assert world.findings() == set()


def test_the_principals_of_a_service_that_is_removed_go_if_they_are_ours(world: World) -> None:
    world.edit("consumers:", "manage_principals: true\n    consumers:")
    world.sweep()
    world.allowlist = "services: {}"
    world.sweep()
    answer = world.provider.ec2.describe_vpc_endpoint_service_permissions(
        ServiceId=world.service_id
    )
    assert [row["Principal"] for row in answer["AllowedPrincipals"]] == ["*"]
    world.sweep()
    world.calls.clear()
    world.sweep()
    assert "DescribeVpcEndpointConnections" not in world.calls


def test_parameters_under_a_former_alias_stay_while_something_foreign_is_in_the_way(
    world: World,
) -> None:
    world.connect()
    world.sweep()
    before_that = world.parameters()
    foreign = f"/privatelink/shop/{world.consumer.vpc_id}/ip"
    world.put_parameter(CONSUMER, foreign, "203.0.113.9")
    world.edit("  web:", "  shop:")
    world.sweep()
    assert world.parameters() == before_that | {foreign: "203.0.113.9"}
    assert world.findings() == {"parameter-clash"}
    in_process_client("ssm", CONSUMER, REGION).delete_parameter(Name=foreign)
    world.sweep()
    assert all(name.startswith("/privatelink/shop/") for name in world.parameters())


def test_a_single_foreign_parameter_with_the_right_address_is_not_taken_over(
    world: World,
) -> None:
    endpoint_id = world.connect()
    name = f"/privatelink/web/{world.consumer.vpc_id}/ip"
    world.put_parameter(CONSUMER, name, world.consumer.addresses(endpoint_id)[0])
    world.sweep()
    assert set(world.parameters()) == {name}
    assert world.findings() == {"parameter-clash"}


def test_our_rule_that_was_widened_by_hand_goes_only_after_its_successor(
    world: World, session: boto3.Session
) -> None:
    world.connect()
    world.authorize()
    (own,) = inbound(world.consumer, world.group_id)
    world.consumer.ec2.modify_security_group_rules(
        GroupId=world.group_id,
        SecurityGroupRules=[
            {
                "SecurityGroupRuleId": own["SecurityGroupRuleId"],
                "SecurityGroupRule": {
                    "IpProtocol": "-1",
                    "FromPort": -1,
                    "ToPort": -1,
                    "CidrIpv4": "192.168.0.0/20",
                },
            }
        ],
    )
    clear_caches()
    break_once(session, "ec2.AuthorizeSecurityGroupIngress")
    assert failed(world.authorize()) == ["m0"]
    assert [rule["IpProtocol"] for rule in inbound(world.consumer, world.group_id)] == ["-1"]
    assert failed(world.authorize()) == []
    assert world.ingress() == ["192.168.0.0/20 tcp/80"]


def test_a_look_that_fails_does_not_take_back_what_would_be_done(
    world: World, session: boto3.Session
) -> None:
    world.connect()
    world.edit("consumers:", "mode: observe\n    consumers:")
    world.sweep()
    would = {key: item["would"] for key, item in world.ledger().items() if key.endswith("WOULD")}
    clear_caches()
    break_once(session, "ec2.DescribeVpcEndpoints", "RequestLimitExceeded")
    assert failed(world.authorize()) == ["m0"]
    again = {key: item["would"] for key, item in world.ledger().items() if key.endswith("WOULD")}
    assert again == would


def test_what_stands_under_another_prefix_is_listed_when_its_consumer_leaves(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint_id = world.connect()
    world.sweep()
    monkeypatch.setenv("PARAMETER_PREFIX", "/elsewhere")
    clear_caches()
    assert world.sweep() == []
    world.consumer.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint_id])
    assert world.sweep() == []
    (raised,) = world.published_events("Finding Raised")
    assert raised["id"] == f"left-behind/{CONSUMER}/{REGION}/addresses"
    assert f"/privatelink/web/{world.consumer.vpc_id}/ip" in raised["evidence"]["stays"]
    assert set(world.parameters()) == {
        name for name in world.parameters() if name.startswith("/privatelink/")
    }
