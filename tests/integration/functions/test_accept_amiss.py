"""AcceptEndpointConnections when something is amiss."""

import boto3
import pytest

from privatelink.errors import AllowlistUnavailableError, InvalidAllowlistError
from tests.integration.functions.harness import before, break_once, clear_caches, failed
from tests.integration.functions.world import EVENTS, World


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
    world.accept()
    clear_caches()
    endpoint_id = world.request()
    break_once(session, operation)
    assert failed(world.accept()) == ["m0"]
    assert world.provider.states() == {endpoint_id: "available"}
    notifications = world.provider.ec2.describe_vpc_endpoint_connection_notifications()
    assert notifications["ConnectionNotificationSet"]
    steps = {
        "dynamodb.BatchWriteItem": f"ENDPOINT#{endpoint_id}" in world.ledger(),
        "sqs.SendMessage": bool(world.follow_ups_received()),
        "events.PutEvents": bool(world.published_events("Endpoint Connection Accepted")),
    }
    assert steps == {step: step != operation for step in steps}


def test_a_service_that_does_not_exist_is_not_written_to(world: World) -> None:
    assert world.allowlist is not None
    world.allowlist = world.allowlist.replace(world.service_id, "vpce-svc-0fffffffffffffff0")
    world.accept()
    world.calls.clear()
    world.accept()
    assert world.writes == []
    assert world.findings() == {"service-not-found"}
