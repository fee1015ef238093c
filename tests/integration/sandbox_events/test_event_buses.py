"""An event is delivered while PutEvents is answered: what is not there afterwards never comes."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.waiting import wait_until
from tests.integration.sandbox_events.account import Account, unique

ANY_TEST = {"source": ["a.test"]}
SCHEDULER = "scheduler.amazonaws.com"
EVENTS = "events.amazonaws.com"


def name_of(bus_arn: str) -> str:
    return bus_arn.rpartition("/")[2]


def admit(receiver: Account, bus_arn: str, sender: Account) -> None:
    receiver.client("events").put_permission(
        EventBusName=name_of(bus_arn),
        Action="events:PutEvents",
        Principal=sender.id,
        StatementId=unique("statement"),
    )


def forward(sender: Account, bus_arn: str, *, source: str = "a.test", bus: str = "default") -> None:
    role = sender.role(service=EVENTS, action="events:PutEvents", resource=bus_arn)
    sender.rule({"source": [source]}, bus_arn, bus=bus, RoleArn=role)


def test_an_event_crosses_to_another_account_and_keeps_the_one_it_arose_in(
    provider: Account, consumer: Account
) -> None:
    bus = provider.bus()
    inbox = provider.inbox(ANY_TEST, name_of(bus))
    admit(provider, bus, consumer)
    forward(consumer, bus)

    consumer.put_event(number=1)

    event = inbox.one()
    assert event["account"] == consumer.id
    assert event["region"] == consumer.region
    assert event["source"] == "a.test"
    assert event["detail-type"] == "Something Happened"
    assert event["detail"] == {"number": 1}


def test_a_bus_takes_events_only_from_accounts_that_its_policy_names(
    provider: Account, consumer: Account, stranger: Account
) -> None:
    bus = provider.bus()
    inbox = provider.inbox(ANY_TEST, name_of(bus))
    admit(provider, bus, consumer)
    forward(stranger, bus)

    stranger.put_event(number=1)
    assert inbox.waiting() == []

    admit(provider, bus, stranger)
    stranger.put_event(number=2)
    assert inbox.one()["detail"] == {"number": 2}


def test_a_bus_policy_given_as_a_document_counts(provider: Account, consumer: Account) -> None:
    bus = provider.bus()
    inbox = provider.inbox(ANY_TEST, name_of(bus))
    forward(consumer, bus)
    policy: dict[str, Any] = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{consumer.id}:root"},
            "Action": "events:PutEvents",
            "Resource": bus,
            "Condition": {"StringEquals": {"events:source": "another.test"}},
        },
    }
    events = provider.client("events")

    events.put_permission(EventBusName=name_of(bus), Policy=json.dumps(policy))
    consumer.put_event(number=1)
    assert inbox.waiting() == []

    policy["Statement"]["Condition"]["StringEquals"] = {
        "events:source": "a.test",
        "events:detail-type": "Something Happened",
        "aws:PrincipalAccount": consumer.id,
    }
    events.put_permission(EventBusName=name_of(bus), Policy=json.dumps(policy))
    consumer.put_event(number=2)
    assert inbox.one()["detail"] == {"number": 2}


def test_an_event_does_not_cross_without_a_role_that_may_put_it(
    provider: Account, consumer: Account
) -> None:
    bus, other_bus = provider.bus(), provider.bus()
    inbox = provider.inbox(ANY_TEST, name_of(bus))
    admit(provider, bus, consumer)
    wrong_bus = consumer.role(service=EVENTS, action="events:PutEvents", resource=other_bus)
    wrong_service = consumer.role(service=SCHEDULER, action="events:PutEvents", resource=bus)
    consumer.rule(ANY_TEST, bus, RoleArn=wrong_bus)
    consumer.rule(ANY_TEST, bus, RoleArn=wrong_service)

    consumer.put_event(number=1)
    assert inbox.waiting() == []

    forward(consumer, bus)
    consumer.put_event(number=2)
    assert inbox.one()["detail"] == {"number": 2}


def test_an_event_of_another_account_is_not_sent_to_a_third(
    provider: Account, consumer: Account, stranger: Account
) -> None:
    middle, last = provider.bus(), stranger.bus()
    inbox, arrived = (
        provider.inbox(ANY_TEST, name_of(middle)),
        stranger.inbox(ANY_TEST, name_of(last)),
    )
    admit(provider, middle, consumer)
    admit(stranger, last, provider)
    forward(consumer, middle)
    forward(provider, last, bus=name_of(middle))

    consumer.put_event(number=1)
    assert inbox.one()["account"] == consumer.id
    assert arrived.waiting() == []

    provider.put_event(bus=name_of(middle), number=2)
    assert arrived.one()["account"] == provider.id


def test_a_rule_sends_to_a_queue_only_with_the_queues_consent(provider: Account) -> None:
    source = unique("a.queue")
    consenting, silent = provider.inbox({"source": [source]}), provider.queue()
    provider.rule({"source": [source]}, silent.arn)

    provider.put_event(source=source)

    assert consenting.one()["source"] == source
    assert silent.waiting() == []


def test_a_schedule_puts_an_event_of_its_own_if_its_role_may(provider: Account) -> None:
    bus, scheduler = provider.bus(), provider.client("scheduler")
    inbox = provider.inbox({"source": ["a.schedule"]}, name_of(bus))
    at = datetime.now(UTC) + timedelta(seconds=3)
    prefix = unique("sweep")

    def schedule(action: str) -> str:
        """Make a schedule that is gone once it has run; its role may do one thing: its ARN."""
        answer = scheduler.create_schedule(
            Name=f"{prefix}-{action.rpartition(':')[2]}",
            ScheduleExpression=f"at({at:%Y-%m-%dT%H:%M:%S})",
            FlexibleTimeWindow={"Mode": "OFF"},
            ActionAfterCompletion="DELETE",
            Target={
                "Arn": bus,
                "RoleArn": provider.role(service=SCHEDULER, action=action, resource=bus),
                "EventBridgeParameters": {"Source": "a.schedule", "DetailType": "Sweep Due"},
                "Input": json.dumps({"services": ["web"]}),
            },
        )
        return str(answer["ScheduleArn"])

    schedule("events:PutRule")
    may_put = schedule("events:PutEvents")
    wait_until(
        lambda: not scheduler.list_schedules(NamePrefix=prefix)["Schedules"],
        what="the run of both schedules",
    )

    (event,) = inbox.waiting()
    assert event["detail-type"] == "Sweep Due"
    assert event["detail"] == {"services": ["web"]}
    assert event["resources"] == [may_put]
