"""From a connection request to a published address, and back."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sandbox.accounts import CONSUMER, PROVIDER, REGION, STACK_NAME, STRANGER
from sandbox.consumers import deploy_consumer_role, remove_consumer_role
from sandbox.waiting import wait_until
from sandbox.walkthrough import ADDRESS, Walkthrough
from tests.e2e.convergence import Stack
from tests.e2e.endpoints import allowlisted, endpoint
from tests.e2e.ledger import findings

pytestmark = pytest.mark.e2e


def listed(walkthrough: Walkthrough, account_id: str) -> str:
    """Return the allowlist with one more consumer."""
    entry = f'      - {{account_id: "{account_id}", source_cidrs: [10.99.0.0/16]}}\n'
    return walkthrough.allowlist + entry


def test_a_connection_request_becomes_a_published_address(walkthrough: Walkthrough) -> None:
    name, copy = walkthrough.parameter_name(CONSUMER), walkthrough.copy_name(CONSUMER)
    with endpoint(walkthrough, CONSUMER) as endpoint_id:
        wait_until(lambda: name in walkthrough.parameters(CONSUMER), what="publication")
        assert walkthrough.connection_state(endpoint_id) == "available"
        assert walkthrough.parameters(CONSUMER)[name] == ADDRESS
        wait_until(lambda: walkthrough.ingress_rules(CONSUMER), what="inbound rule")
        assert walkthrough.ingress_rules(CONSUMER) == [("192.168.0.0/20", "tcp", 80, 80)]
        wait_until(lambda: copy in walkthrough.parameters(PROVIDER), what="copy")
        assert walkthrough.parameters(PROVIDER)[copy] == ADDRESS


def test_a_sweep_over_a_converged_world_makes_no_write_call(
    walkthrough: Walkthrough, stack: Stack, connected: str
) -> None:
    # The last follow-up notes in the ledger that the endpoint is available.
    wait_until(lambda: walkthrough.decision(connected).get("available"), what="last follow-up")
    stack.wait_until_idle()
    before = stack.last_call()
    stack.sweep()
    assert walkthrough.has_swept(after=before)
    assert stack.writes(after=before) == []


def test_what_the_schedule_sends_has_everything_looked_at(walkthrough: Walkthrough) -> None:
    cloudformation, scheduler = (
        walkthrough.sandbox.client(name, PROVIDER) for name in ("cloudformation", "scheduler")
    )
    name = cloudformation.describe_stack_resource(
        StackName=STACK_NAME, LogicalResourceId="SweepSchedule"
    )["StackResourceDetail"]["PhysicalResourceId"]
    before = walkthrough.settle()
    # The same target with the same role, due now instead of in some minutes.
    due = datetime.now(UTC) + timedelta(seconds=3)
    scheduler.create_schedule(
        Name="now",
        ScheduleExpression=f"at({due:%Y-%m-%dT%H:%M:%S})",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target=scheduler.get_schedule(Name=name)["Target"],
        ActionAfterCompletion="DELETE",
    )
    wait_until(lambda: walkthrough.has_looked(after=before), what="sweep")


def test_the_events_that_a_consumer_forwards_serve_as_well_as_the_notification(
    walkthrough: Walkthrough,
) -> None:
    ec2 = walkthrough.sandbox.client("ec2", PROVIDER)
    notifications = ec2.describe_vpc_endpoint_connection_notifications()
    ids = [n["ConnectionNotificationId"] for n in notifications["ConnectionNotificationSet"]]
    assert ids
    ec2.delete_vpc_endpoint_connection_notifications(ConnectionNotificationIds=ids)
    with endpoint(walkthrough, CONSUMER) as endpoint_id:
        wait_until(
            lambda: walkthrough.connection_state(endpoint_id) in {"pending", "available"},
            what="acceptance",
        )
    wait_until(
        lambda: ec2.describe_vpc_endpoint_connection_notifications()["ConnectionNotificationSet"],
        what="another notification",
    )


def test_a_broken_allowlist_changes_nothing_and_a_good_one_is_taken_up(
    walkthrough: Walkthrough,
) -> None:
    name = walkthrough.parameter_name(CONSUMER)
    before = walkthrough.settle()
    broken = "services: {web: {service_id: nonsense}}"
    with (
        allowlisted(walkthrough, broken, guarded=False),
        endpoint(walkthrough, CONSUMER) as endpoint_id,
    ):
        wait_until(
            lambda: logged(walkthrough, "the allowlist has 1 mistake"), what="error in the log"
        )
        walkthrough.settle()
        assert walkthrough.connection_state(endpoint_id) == "pendingAcceptance"
        assert walkthrough.decision(endpoint_id) == {}
        calls = walkthrough.calls_of_functions(after=before)
        assert [call.action for call in calls if call.is_write] == []
        walkthrough.deploy_allowlist()
        wait_until(lambda: name in walkthrough.parameters(CONSUMER), what="publication")
        wait_until(lambda: walkthrough.ingress_rules(CONSUMER), what="inbound rule")


def logged(walkthrough: Walkthrough, text: str) -> bool:
    """Tell whether a function has logged a text."""
    logs = walkthrough.sandbox.client("logs", PROVIDER)
    events: list[dict[str, Any]] = logs.filter_log_events(
        logGroupName=f"/aws/lambda/{STACK_NAME}-accept-endpoint-connections"
    )["events"]
    return any(text in event["message"] for event in events)


@pytest.mark.usefixtures("connected")
def test_a_consumer_that_does_not_let_us_in_is_a_finding_and_stops_nobody_else(
    walkthrough: Walkthrough,
) -> None:
    finding = f"role-not-assumable/{STRANGER}/{REGION}/ingress"
    sandbox, autopilot = walkthrough.sandbox, walkthrough.autopilot
    document = listed(walkthrough, STRANGER)
    with allowlisted(walkthrough, document), endpoint(walkthrough, STRANGER) as endpoint_id:
        wait_until(lambda: finding in findings(walkthrough), what="finding without a role")
        assert "consumer/template.yaml" in findings(walkthrough)[finding]

        deploy_consumer_role(sandbox, STRANGER, autopilot, external_id="a-wrong-external-id")
        before = walkthrough.settle()
        walkthrough.request_sweep()
        wait_until(lambda: tried(walkthrough, STRANGER, before), what="try to enter")
        walkthrough.settle()
        assert finding in findings(walkthrough)
        assert walkthrough.connection_state(endpoint_id) == "available"
        assert walkthrough.ingress_rules(STRANGER) == []
        assert walkthrough.ingress_rules(CONSUMER) == [("192.168.0.0/20", "tcp", 80, 80)]

        remove_consumer_role(sandbox, STRANGER)
        deploy_consumer_role(sandbox, STRANGER, autopilot)
        walkthrough.request_sweep()
        wait_until(lambda: walkthrough.parameters(STRANGER), what="publication")
        wait_until(lambda: walkthrough.ingress_rules(STRANGER), what="inbound rule")
        assert walkthrough.ingress_rules(STRANGER) == [("10.99.0.0/16", "tcp", 80, 80)]
        wait_until(lambda: finding not in findings(walkthrough), what="end of the finding")


def tried(walkthrough: Walkthrough, account_id: str, after: int) -> bool:
    """Tell whether a function has tried to enter an account."""
    return any(
        call.action == "sts:AssumeRole" and f":{account_id}:role/" in call.resource_arn
        for call in walkthrough.sandbox.calls(after=after)
    )


def test_every_sentence_of_the_story_of_an_endpoint_is_on_the_bus(
    walkthrough: Walkthrough,
) -> None:
    events, sqs = (walkthrough.sandbox.client(name, PROVIDER) for name in ("events", "sqs"))
    bus = walkthrough.autopilot["EventBusName"]
    url = sqs.create_queue(QueueName="subscriber")["QueueUrl"]
    queue_arn = f"arn:aws:sqs:{REGION}:{PROVIDER}:subscriber"
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "events.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Resource": queue_arn,
            }
        ],
    }
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy)})
    pattern = json.dumps({"source": ["privatelink-autopilot"]})
    events.put_rule(Name="subscriber", EventBusName=bus, EventPattern=pattern)
    events.put_targets(Rule="subscriber", EventBusName=bus, Targets=[{"Id": "1", "Arn": queue_arn}])
    seen: set[str] = set()

    def heard(*expected: str) -> Callable[[], bool]:
        def listen() -> bool:
            answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
            for message in answer.get("Messages", []):
                seen.add(json.loads(message["Body"])["detail-type"])
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            return seen >= set(expected)

        return listen

    with endpoint(walkthrough, STRANGER) as stranger:
        with endpoint(walkthrough, CONSUMER):
            wait_until(
                heard(
                    "Endpoint Connection Notification",
                    "Consumer Convergence Requested",
                    "Endpoint Connection Accepted",
                    "Endpoint Connection Held",
                    "Endpoint Address Published",
                ),
                what="the arrival",
            )
        wait_until(heard("Endpoint Address Withdrawn"), what="the departure")
        with allowlisted(walkthrough, walkthrough.allowlist.replace("hold", "reject")):
            wait_until(heard("Endpoint Connection Rejected"), what="the rejection")
        assert walkthrough.connection_state(stranger) == "rejected"
