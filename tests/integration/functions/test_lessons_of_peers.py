"""What tools of this kind are known to get wrong, each named after what it teaches."""

from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse

from privatelink.ingress import OWNER_TAG
from sandbox.accounts import CONSUMER, PROVIDER, STRANGER
from sandbox.privatelink import ConnectionState
from tests.integration.functions.harness import before, failed, http_response
from tests.integration.functions.world import World
from tests.integration.privatelink_model.rules import authorize, https, inbound


def refuse(session: boto3.Session, operation: str, endpoint_id: str) -> None:
    """Have EC2 refuse one item of the next call, in an answer of success."""
    done: list[None] = []

    def answer(**_: object) -> tuple[AWSResponse, dict[str, Any]] | None:
        if done:
            return None
        done.append(None)
        error = {"Code": "InternalError", "Message": "refused by the test"}
        return http_response(200, b"", {}), {
            "Unsuccessful": [{"ResourceId": endpoint_id, "Error": error}],
            "ResponseMetadata": {"HTTPStatusCode": 200},
        }

    handler: Any = answer  # the stubs know no handlers that return
    session.events.register(f"before-call.ec2.{operation}", handler)


@pytest.mark.parametrize(
    "operation", ["AcceptVpcEndpointConnections", "RejectVpcEndpointConnections"]
)
def test_a_refusal_may_hide_in_an_answer_of_success(
    world: World, session: boto3.Session, operation: str
) -> None:
    accepting = operation.startswith("Accept")
    endpoint_id = world.request() if accepting else world.connect(world.stranger)
    refuse(session, operation, endpoint_id)
    assert failed(world.accept()) == ["m0"]
    assert f"ENDPOINT#{endpoint_id}" not in world.ledger()
    assert world.published_events("Endpoint Connection Accepted") == []
    assert world.published_events("Endpoint Connection Rejected") == []
    assert failed(world.accept()) == []
    expected = "available" if accepting else "rejected"
    assert world.provider.states() == {endpoint_id: expected}


def test_the_request_that_matters_may_be_on_the_second_page(world: World) -> None:
    ids = [world.request(), world.request(), world.request()]
    world.privatelink.largest_page = 1
    world.sweep()
    world.privatelink.largest_page = 1000
    assert world.provider.states() == dict.fromkeys(ids, "available")


@pytest.mark.parametrize("spelling", ["PendingAcceptance", "PENDINGACCEPTANCE"])
def test_a_state_is_spelled_in_more_than_one_way(
    world: World, session: boto3.Session, spelling: str
) -> None:
    endpoint_id = world.request()

    def respell(parsed: dict[str, list[dict[str, object]]], **_: object) -> None:
        for row in parsed["VpcEndpointConnections"]:
            row["VpcEndpointState"] = spelling

    session.events.register("after-call.ec2.DescribeVpcEndpointConnections", respell)
    assert failed(world.accept()) == []
    assert world.provider.states() == {endpoint_id: "available"}


def test_a_state_spelled_as_nobody_spells_it_changes_nothing_and_is_said(
    world: World, session: boto3.Session
) -> None:
    endpoint_id = world.request()

    def respell(parsed: dict[str, list[dict[str, object]]], **_: object) -> None:
        for row in parsed["VpcEndpointConnections"]:
            row["VpcEndpointState"] = "pending-acceptance"

    session.events.register("after-call.ec2.DescribeVpcEndpointConnections", respell)
    assert failed(world.accept()) == []
    assert world.provider.states() == {endpoint_id: "pendingAcceptance"}
    assert world.findings() == {"unknown-state"}


def test_a_group_that_is_only_ever_added_to_stays_open(world: World) -> None:
    world.connect()
    world.sweep()
    world.edit("192.168.0.0/20", "10.99.0.0/16")
    world.sweep()
    assert world.ingress() == ["10.99.0.0/16 tcp/80"]


def test_an_endpoint_may_be_deleted_in_mid_flight(world: World, session: boto3.Session) -> None:
    doomed, other = world.connect(), world.connect()
    before(
        session,
        "ec2.AuthorizeSecurityGroupIngress",
        lambda: world.consumer.ec2.delete_vpc_endpoints(VpcEndpointIds=[doomed]),
    )
    before(
        session,
        "ssm.PutParameter",
        lambda: world.consumer.ec2.delete_vpc_endpoints(VpcEndpointIds=[other]),
    )
    world.sweep()
    assert world.sweep() == []
    assert (world.ingress(), world.parameters(), world.parameters(PROVIDER)) == ([], {}, {})
    world.later(minutes=10)
    world.sweep()
    assert not [key for key in world.ledger() if key.endswith("TRACE")]


def test_rejected_rows_linger_and_are_neither_decided_again_nor_counted(world: World) -> None:
    world.edit("alias: sddc-tokyo", "endpoints_max: 1")
    for _ in range(3):
        world.provider.reject(world.service_id, world.request())
    endpoint_id = world.request()
    assert world.sweep() == []
    states = world.provider.states()
    assert states.pop(endpoint_id) == "available"
    assert set(states.values()) == {"rejected"}
    world.sweep()
    world.calls.clear()
    world.sweep()
    assert world.writes == []


def test_a_row_that_ends_by_itself_is_cleaned_up_after(world: World) -> None:
    endpoint_id = world.connect()
    world.sweep()
    world.privatelink.put_connection_in_state(endpoint_id, ConnectionState.FAILED)
    assert world.sweep() == []
    assert (world.ingress(), world.parameters()) == ([], {})


def test_a_source_that_is_added_later_needs_the_allowlist_as_the_first_did(world: World) -> None:
    world.connect()
    world.sweep()
    (own,) = inbound(world.consumer, world.group_id)
    # Whoever widens our rule by hand has not been approved.
    world.consumer.ec2.modify_security_group_rules(
        GroupId=world.group_id,
        SecurityGroupRules=[
            {
                "SecurityGroupRuleId": own["SecurityGroupRuleId"],
                "SecurityGroupRule": {
                    "IpProtocol": "tcp",
                    "FromPort": 80,
                    "ToPort": 80,
                    "CidrIpv4": "0.0.0.0/0",
                },
            }
        ],
    )
    assert world.ingress() == ["0.0.0.0/0 tcp/80"]
    assert world.sweep() == []
    assert world.ingress() == ["192.168.0.0/20 tcp/80"]


def test_a_foreign_rule_with_the_same_cidr_is_not_ours_to_remove(world: World) -> None:
    endpoint_id = world.connect()
    world.sweep()
    other = {OWNER_TAG: "210987654321/ap-northeast-1/another"}
    authorize(world.consumer, world.group_id, https("192.168.0.0/20"), **other)
    authorize(world.consumer, world.group_id, https("10.7.0.0/16", port=80))
    world.edit(CONSUMER, STRANGER)
    world.sweep()
    assert world.provider.states() == {endpoint_id: "rejected"}
    assert world.ingress() == ["10.7.0.0/16 tcp/80", "192.168.0.0/20 tcp/443"]


def test_an_event_that_is_lost_or_comes_twice_costs_time_at_most(world: World) -> None:
    endpoint_id = world.connect()
    requests = [world.convergence()] * 3
    world.authorize(*requests)
    world.consumer.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint_id])
    # Nobody is told of the deletion; requests from before it arrive late.
    assert failed(world.publish(*requests)) == []
    assert world.parameters() == {}
    assert world.sweep() == []
    assert world.ingress() == []


def test_one_held_event_a_reason_and_not_a_sweep(world: World) -> None:
    world.request(world.stranger)
    for _ in range(3):
        world.sweep()
    assert len(world.published_events("Endpoint Connection Held")) == 1
    world.edit(CONSUMER, STRANGER)
    world.edit("alias: sddc-tokyo", "regions: [eu-west-1]")
    for _ in range(2):
        world.sweep()
    (held,) = world.published_events("Endpoint Connection Held")
    assert held["rule"] == "region-not-allowed"
