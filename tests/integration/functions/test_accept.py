import json
from pathlib import Path

import pytest

from sandbox.accounts import CONSUMER, REGION, STRANGER
from tests.integration.functions.harness import failed
from tests.integration.functions.world import EVENTS, World
from tests.integration.privatelink_model.parties import Clock

FILES = sorted((EVENTS / "accept_endpoint_connections").glob("*.json"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_kind_of_hint_has_the_request_of_a_listed_consumer_accepted(
    world: World, path: Path
) -> None:
    endpoint_id = world.request()
    assert failed(world.accept(world.event(path))) == []
    assert world.provider.states() == {endpoint_id: "available"}
    (convergence,) = world.published_events("Consumer Convergence Requested")
    assert (convergence["account_id"], convergence["region"]) == (CONSUMER, REGION)


def test_a_stranger_is_held_and_that_is_announced_once(world: World) -> None:
    endpoint_id = world.request(world.stranger)
    world.accept()
    assert world.provider.states() == {endpoint_id: "pendingAcceptance"}
    (held,) = world.published_events("Endpoint Connection Held")
    assert held["vpc_endpoint_id"] == endpoint_id
    assert held["reason"] == f"account {STRANGER} is not listed"
    world.accept()
    assert world.published_events("Endpoint Connection Held") == []


def test_nobody_is_asked_to_converge_for_a_stranger(world: World) -> None:
    world.request(world.stranger)
    world.accept()
    assert world.published_events("Consumer Convergence Requested") == []


def test_a_stranger_is_rejected_where_the_service_says_so(world: World) -> None:
    assert world.allowlist is not None
    world.allowlist = world.allowlist.replace("consumers:", "unlisted: reject\n    consumers:")
    endpoint_id = world.request(world.stranger)
    world.accept()
    assert world.provider.states() == {endpoint_id: "rejected"}
    (rejected,) = world.published_events("Endpoint Connection Rejected")
    assert rejected["rule"] == "unlisted-rejected"


def test_the_owner_that_counts_is_the_one_that_ec2_reports(world: World) -> None:
    endpoint_id = world.request(world.stranger)
    event = world.event(EVENTS / "accept_endpoint_connections/endpoint_created_by_consumer.json")
    text = json.dumps(event).replace("vpce-0fedcba9876543210", endpoint_id)
    world.accept(json.loads(text))
    assert world.provider.states() == {endpoint_id: "pendingAcceptance"}


def test_an_accepted_endpoint_is_followed_until_it_is_available(world: World, clock: Clock) -> None:
    world.privatelink.pending_seconds = 12
    endpoint_id = world.request()
    world.accept()
    ((delay, first),) = world.follow_ups()
    assert delay == 2
    assert first["detail"] == {"service_id": world.service_id, "follow_up": 1}
    clock.advance(seconds=2)
    world.accept(first)
    ((_, second),) = world.follow_ups()
    clock.advance(seconds=10)
    world.accept(second)
    assert world.provider.states() == {endpoint_id: "available"}
    assert world.follow_ups() == []
    # Each look has the consumer converged, the last one when the address can be published.
    assert len(world.published_events("Consumer Convergence Requested")) == 3


def test_a_follow_up_comes_later_each_time_and_ends(world: World) -> None:
    world.privatelink.pending_seconds = 1e9
    world.request()
    world.accept()
    delays = []
    while follow_ups := world.follow_ups():
        delays += [delay for delay, _ in follow_ups]
        world.accept(*(body for _, body in follow_ups))
    assert delays == [*[2] * 30, *[3] * 180]
    assert sum(delays) == 600


def test_other_hints_do_not_start_another_chain_of_follow_ups(world: World) -> None:
    world.privatelink.pending_seconds = 60
    world.request()
    world.accept()
    world.accept()
    assert len(world.follow_ups()) == 1


def test_a_follow_up_asks_for_the_convergence_of_those_who_have_changed(world: World) -> None:
    world.privatelink.pending_seconds = 60
    world.request()
    world.accept()
    for _ in range(3):
        ((_, follow_up),) = world.follow_ups()
        world.accept(follow_up)
    # One when it was accepted, one when it was seen pending, none while nothing changes.
    assert len(world.published_events("Consumer Convergence Requested")) == 2


def test_ten_hints_about_one_service_are_one_pass(world: World) -> None:
    world.request()
    event = world.event(EVENTS / "accept_endpoint_connections/connection_requested.json")
    world.accept(*[event] * 10)
    assert world.calls.count("DescribeVpcEndpointConnections") == 1
    assert world.calls.count("AcceptVpcEndpointConnections") == 1


def test_many_requests_are_accepted_in_one_call(world: World) -> None:
    for _ in range(5):
        world.request()
    world.accept()
    assert world.calls.count("AcceptVpcEndpointConnections") == 1
    assert set(world.provider.states().values()) == {"available"}


def test_the_service_is_made_to_notify_the_topic_once(world: World) -> None:
    world.accept()
    world.accept()
    notifications = world.provider.ec2.describe_vpc_endpoint_connection_notifications()
    (notification,) = notifications["ConnectionNotificationSet"]
    assert notification["ServiceId"] == world.service_id
    assert notification["ConnectionNotificationArn"] == world.environment["NOTIFICATION_TOPIC_ARN"]
    assert set(notification["ConnectionEvents"]) == {"Accept", "Connect", "Delete", "Reject"}


def test_the_ledger_says_who_was_let_in_when_and_why(world: World) -> None:
    endpoint_id = world.request()
    world.accept()
    entry = world.ledger()[f"ENDPOINT#{endpoint_id}"]
    assert entry["account_id"] == CONSUMER
    assert entry["reason"] == f"account {CONSUMER} is listed as sddc-tokyo"
    assert len(entry["allowlist_version"]) == 12
    assert entry["accepted"]
    assert entry["available"] == ""
    world.accept()
    entry = world.ledger()[f"ENDPOINT#{endpoint_id}"]
    assert (entry["state"], entry["action"]) == ("available", "keep")
    assert entry["accepted"] < entry["available"]


def test_a_pass_over_a_converged_world_writes_nothing(world: World) -> None:
    world.request()
    world.request(world.stranger)
    for _ in range(2):
        world.accept()
    world.calls.clear()
    world.accept()
    assert "DescribeVpcEndpointConnections" in world.calls
    assert world.writes == []


@pytest.mark.parametrize("kind", ["baking", "deployed", "rolled_back"])
def test_a_new_allowlist_is_read_when_its_deployment_is_announced(world: World, kind: str) -> None:
    endpoint_id = world.request(world.stranger)
    world.accept()
    assert world.allowlist is not None
    world.allowlist = world.allowlist.replace(CONSUMER, STRANGER)
    world.accept()
    assert world.provider.states() == {endpoint_id: "pendingAcceptance"}
    world.accept(world.event(EVENTS / f"accept_endpoint_connections/allowlist_{kind}.json"))
    assert world.provider.states() == {endpoint_id: "available"}


def test_a_finding_is_closed_when_its_reason_is_gone(world: World) -> None:
    world.provider.ec2.modify_vpc_endpoint_service_configuration(
        ServiceId=world.service_id, AcceptanceRequired=False
    )
    world.accept()
    assert world.findings() == {"acceptance-not-required"}
    world.provider.ec2.modify_vpc_endpoint_service_configuration(
        ServiceId=world.service_id, AcceptanceRequired=True
    )
    world.accept()
    assert world.findings() == set()


def test_a_consumer_with_a_trace_is_converged_after_its_endpoint_is_gone(world: World) -> None:
    endpoint_id = world.connect()
    world.authorize()
    world.consumer.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint_id])
    world.published_events("Consumer Convergence Requested")
    world.accept()
    assert len(world.published_events("Consumer Convergence Requested")) == 1


def test_findings_about_a_consumer_that_has_left_are_closed(world: World) -> None:
    endpoint_id = world.connect(SecurityGroupIds=[])
    world.authorize()
    assert world.findings() == {"default-security-group"}
    world.consumer.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint_id])
    world.accept()
    assert world.findings() == set()
