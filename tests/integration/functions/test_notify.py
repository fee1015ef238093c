"""NotifyPeople, from an event to what a subscriber reads."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from privatelink.errors import AwsError, MalformedMessageError
from privatelink.event_names import FINDING_RAISED, HELD
from sandbox.accounts import PROVIDER, REGION, STRANGER
from sandbox.privatelink.clients import in_process_client
from tests.integration.functions.harness import received
from tests.integration.functions.world import EVENTS, World

FILES = sorted((EVENTS / "notify_people").glob("*.json"))


def subscribed() -> str:
    """Have a queue subscribed to the topic, and return its URL."""
    sns = in_process_client("sns", PROVIDER, REGION)
    sqs = in_process_client("sqs", PROVIDER, REGION)
    arn = sns.create_topic(Name="attention")["TopicArn"]
    url: str = sqs.create_queue(QueueName="people")["QueueUrl"]
    sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=f"arn:aws:sqs:{REGION}:{PROVIDER}:people")
    return url


def mails(url: str) -> list[Mapping[str, Any]]:
    return [json.loads(message["Body"]) for message in received(url)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_event_is_one_message(world: World, path: Path) -> None:
    url = subscribed()
    world.notify(json.loads(path.read_text()))
    (mail,) = mails(url)
    assert mail["Subject"].startswith("privatelink-autopilot, ")


def test_a_request_that_is_held_is_told_of_once_with_what_lets_it_in(world: World) -> None:
    url = subscribed()
    endpoint_id = world.request(world.stranger)
    for _ in range(2):
        world.accept()
        for detail in world.published_events(HELD):
            world.notify({"detail-type": HELD, "detail": detail})
    (mail,) = mails(url)
    assert mail["Subject"] == (
        f"privatelink-autopilot, waiting: {endpoint_id} of account {STRANGER}"
    )
    assert f"waits: account {STRANGER} is not listed." in mail["Message"]
    assert "list the account for this service in the allowlist" in mail["Message"]
    assert f"privatelink explain {endpoint_id}" in mail["Message"]


def test_a_finding_is_told_of_with_how_to_mend_it_and_what_was_seen(world: World) -> None:
    url = subscribed()
    world.connect(SecurityGroupIds=[])
    world.sweep()
    details = world.published_events(FINDING_RAISED)
    for detail in details:
        world.notify({"detail-type": FINDING_RAISED, "detail": detail})
    found = mails(url)
    assert found
    assert len(found) == len(details)
    for detail, mail in zip(details, found, strict=True):
        assert detail["what_to_do"] in mail["Message"]
        assert all(f"  {name}: " in mail["Message"] for name in detail["evidence"])


@pytest.mark.parametrize(
    ("event", "what"),
    [
        ({"detail-type": HELD}, "detail: found None, expected an object"),
        (
            {"detail-type": HELD, "detail": {"vpc_endpoint_id": 7}},
            "detail.vpc_endpoint_id: found 7",
        ),
        ({"detail-type": "Lunch", "detail": {}}, "detail-type: found 'Lunch'"),
        ({"detail-type": FINDING_RAISED, "detail": {"evidence": []}}, "detail.evidence"),
    ],
)
def test_an_event_that_cannot_be_worded_is_an_error_that_says_why(
    world: World, event: Mapping[str, Any], what: str
) -> None:
    url = subscribed()
    with pytest.raises(MalformedMessageError, match=what):
        world.notify(event)
    assert mails(url) == []


def test_a_topic_that_is_not_there_is_an_error_so_that_lambda_tries_again(world: World) -> None:
    with pytest.raises(AwsError, match="Publish failed with"):
        world.notify(json.loads(FILES[0].read_text()))
