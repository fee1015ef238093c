import json
from pathlib import Path

import boto3
import pytest

from privatelink.errors import AllowlistUnavailableError, InvalidAllowlistError
from sandbox.accounts import CONSUMER, REGION, STRANGER
from tests.integration.functions.world import EVENTS, World, before, break_once, failed
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
    assert delays == [*[2] * 10, *[5] * 20, *[30] * 16]


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


def test_an_item_that_ec2_refuses_fails_its_message_and_not_the_others(
    world: World, session: boto3.Session
) -> None:
    kept, gone = world.request(), world.request()
    before(
        session,
        "ec2.AcceptVpcEndpointConnections",
        lambda: world.consumer.ec2.delete_vpc_endpoints(VpcEndpointIds=[gone]),
    )
    assert failed(world.accept()) == ["m0"]
    assert world.provider.states()[kept] == "available"
    assert len(world.published_events("Consumer Convergence Requested")) == 1
    assert f"ENDPOINT#{gone}" not in world.ledger()
    # Read again, the world is as it should be.
    assert failed(world.accept()) == []


def test_a_message_that_cannot_be_read_fails_alone(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    endpoint_id = world.request()
    event = world.event(EVENTS / "accept_endpoint_connections/connection_requested.json")
    assert failed(world.accept("not json", event)) == ["m0"]
    assert world.provider.states() == {endpoint_id: "available"}
    expected = "message body: found 'not json', expected an EventBridge event in JSON"
    assert expected in caplog.text


def test_an_event_about_something_else_is_ignored(world: World) -> None:
    event = {"detail-type": "EC2 Instance State-change Notification", "detail": {}}
    assert failed(world.accept(event)) == []
    assert world.calls == []


def test_a_hint_about_a_service_that_is_not_in_the_allowlist_changes_nothing(
    world: World,
) -> None:
    endpoint_id = world.request()
    event = {
        "detail-type": "Endpoint Connection Notification",
        "detail": {"service_ids": ["vpce-svc-0fffffffffffffff0"]},
    }
    assert failed(world.accept(event)) == []
    assert world.provider.states() == {endpoint_id: "pendingAcceptance"}


@pytest.mark.parametrize(
    ("document", "error"),
    [
        (None, AllowlistUnavailableError),
        ("", AllowlistUnavailableError),
        ("services: [", InvalidAllowlistError),
        ("services: {web: {service_id: nonsense}}", InvalidAllowlistError),
    ],
)
def test_without_a_valid_allowlist_nothing_changes_anywhere(
    world: World,
    document: str | None,
    error: type[Exception],
    capsys: pytest.CaptureFixture[str],
) -> None:
    endpoint_id = world.request()
    world.allowlist = document
    with pytest.raises(error):
        world.accept()
    assert world.provider.states() == {endpoint_id: "pendingAcceptance"}
    assert world.writes == []
    assert '"AllowlistUnavailable":[1.0]' in capsys.readouterr().out.replace(" ", "")


def test_a_new_allowlist_is_read_when_its_deployment_is_announced(world: World) -> None:
    endpoint_id = world.request(world.stranger)
    world.accept()
    assert world.allowlist is not None
    world.allowlist = world.allowlist.replace(CONSUMER, STRANGER)
    world.accept()
    assert world.provider.states() == {endpoint_id: "pendingAcceptance"}
    world.accept(world.event(EVENTS / "accept_endpoint_connections/allowlist_deployed.json"))
    assert world.provider.states() == {endpoint_id: "available"}


def test_a_service_that_does_not_exist_is_a_finding_and_stops_no_other(world: World) -> None:
    assert world.allowlist is not None
    world.allowlist += "  gone:\n    service_id: vpce-svc-0fffffffffffffff0\n"
    endpoint_id = world.request()
    assert failed(world.accept()) == []
    assert world.provider.states() == {endpoint_id: "available"}
    assert world.findings() == {"service-not-found"}
    (raised,) = world.published_events("Finding Raised")
    assert raised["subject"] == "vpce-svc-0fffffffffffffff0"
    world.accept()
    assert world.published_events("Finding Raised") == []


def test_a_finding_is_closed_when_its_reason_is_gone(world: World) -> None:
    endpoint_id = world.connect(world.stranger)
    world.accept()
    assert world.findings() == {"live-without-entry"}
    world.provider.reject(world.service_id, endpoint_id)
    world.accept()
    assert world.findings() == set()


def test_a_consumer_with_a_trace_is_converged_after_its_endpoint_is_gone(world: World) -> None:
    endpoint_id = world.connect()
    world.authorize()
    world.consumer.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint_id])
    world.published_events("Consumer Convergence Requested")
    world.accept()
    assert len(world.published_events("Consumer Convergence Requested")) == 1


def test_what_was_accepted_is_on_record_though_it_could_not_be_announced(
    world: World, session: boto3.Session
) -> None:
    endpoint_id = world.request()
    break_once(session, "events.PutEvents")
    assert failed(world.accept()) == ["m0"]
    entry = world.ledger()[f"ENDPOINT#{endpoint_id}"]
    assert (entry["action"], entry["rule"]) == ("accept", "listed")
    assert len(world.follow_ups()) == 1
    world.accept()
    assert len(world.published_events("Consumer Convergence Requested")) == 1


def test_a_rejection_that_fails_does_not_keep_the_acceptance_from_being_announced(
    world: World, session: boto3.Session
) -> None:
    assert world.allowlist is not None
    world.allowlist = world.allowlist.replace("consumers:", "unlisted: reject\n    consumers:")
    world.request()
    stranger = world.request(world.stranger)
    break_once(session, "ec2.RejectVpcEndpointConnections")
    assert failed(world.accept()) == ["m0"]
    assert len(world.published_events("Endpoint Connection Accepted")) == 1
    assert f"ENDPOINT#{stranger}" not in world.ledger()
    assert failed(world.accept()) == []
    assert world.provider.states()[stranger] == "rejected"


def test_a_notification_that_cannot_be_made_does_not_keep_requests_waiting(
    world: World, session: boto3.Session, caplog: pytest.LogCaptureFixture
) -> None:
    endpoint_id = world.request()
    break_once(session, "ec2.CreateVpcEndpointConnectionNotification")
    assert failed(world.accept()) == ["m0"]
    assert world.provider.states() == {endpoint_id: "available"}
    assert "CreateVpcEndpointConnectionNotification failed with InternalError" in caplog.text


@pytest.mark.parametrize(
    ("missing", "findings"),
    [
        ("VpcEndpointOwner", {"unknown-state"}),
        ("CreationTimestamp", {"unknown-state"}),
        ("VpcEndpointState", {"unknown-state"}),
        # Without its id nothing can be said about an endpoint.
        ("VpcEndpointId", set()),
    ],
)
def test_a_row_that_ec2_gives_in_part_stops_no_other(
    world: World, session: boto3.Session, missing: str, findings: set[str]
) -> None:
    whole, partly = world.request(), world.request()

    def take_away(parsed: dict[str, list[dict[str, object]]], **_: object) -> None:
        for row in parsed["VpcEndpointConnections"]:
            if row["VpcEndpointId"] == partly:
                del row[missing], row["ServiceId"]

    session.events.register("after-call.ec2.DescribeVpcEndpointConnections", take_away)
    assert failed(world.accept()) == []
    assert world.provider.states() == {whole: "available", partly: "pendingAcceptance"}
    assert world.findings() == findings


@pytest.mark.parametrize(
    "operation", ["dynamodb.BatchWriteItem", "sqs.SendMessage", "events.PutEvents"]
)
def test_a_step_that_fails_does_not_keep_the_others_from_being_taken(
    world: World, session: boto3.Session, operation: str
) -> None:
    endpoint_id = world.request()
    break_once(session, operation)
    assert failed(world.accept()) == ["m0"]
    assert world.provider.states() == {endpoint_id: "available"}
    notifications = world.provider.ec2.describe_vpc_endpoint_connection_notifications()
    assert notifications["ConnectionNotificationSet"]
    steps = {
        "dynamodb.BatchWriteItem": f"ENDPOINT#{endpoint_id}" in world.ledger(),
        "sqs.SendMessage": "SendMessage" in world.calls,
        "events.PutEvents": bool(world.published_events("Endpoint Connection Accepted")),
    }
    steps.pop("sqs.SendMessage")  # it is called either way
    steps.pop(operation, None)
    assert all(steps.values())


def test_a_service_that_does_not_exist_is_not_written_to(world: World) -> None:
    assert world.allowlist is not None
    world.allowlist = world.allowlist.replace(world.service_id, "vpce-svc-0fffffffffffffff0")
    world.accept()
    world.calls.clear()
    world.accept()
    assert world.writes == []
    assert world.findings() == {"service-not-found"}


def test_findings_about_a_consumer_that_has_left_are_closed(world: World) -> None:
    endpoint_id = world.connect(SecurityGroupIds=[])
    world.authorize()
    assert world.findings() == {"default-security-group"}
    world.consumer.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint_id])
    world.accept()
    assert world.findings() == set()
