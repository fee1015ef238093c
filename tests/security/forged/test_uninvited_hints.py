"""Who may not give hints: events on the bus, messages in queues, notifications to the topic."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import pytest

from sandbox.accounts import CONSUMER, PROVIDER, REGION, STACK_NAME, STRANGER
from sandbox.emulator.decisions import Decision
from sandbox.emulator.policies import permits
from sandbox.waiting import wait_until
from sandbox.walkthrough import Walkthrough
from tests.contract.stack import of_type
from tests.e2e.endpoints import endpoint
from tests.security.attacked.attacks import REFUSED, Attack
from tests.security.attacked.intruders import Intruders
from tests.security.figures import Figures

CLOUDTRAIL: Final = "AWS API Call via CloudTrail"
QUEUES: Final = ("AcceptQueue", "IngressQueue", "AddressQueue", "UndeliveredEvents")
_BUS: Final = f"arn:aws:events:{REGION}:{PROVIDER}:event-bus/privatelink-autopilot"
_ROLE: Final = "arn:aws:iam::{account}:role/forwarder"


@dataclass(frozen=True, kw_only=True)
class Doors:
    """Where a hint could come in."""

    bus: str
    topic: str
    queues: Mapping[str, str]
    """URLs by logical id."""


def doors_of(walkthrough: Walkthrough) -> Doors:
    """Look up the doors of the stack."""
    pages = walkthrough.sandbox.client("cloudformation", PROVIDER).get_paginator(
        "list_stack_resources"
    )
    ids = {
        row["LogicalResourceId"]: row["PhysicalResourceId"]
        for page in pages.paginate(StackName=STACK_NAME)
        for row in page["StackResourceSummaries"]
    }
    topic = walkthrough.autopilot["ConnectionNotificationTopicArn"]
    return Doors(bus=_BUS, topic=topic, queues={name: ids[name] for name in QUEUES})


def doubles(walkthrough: Walkthrough) -> Doors:
    """Make doors of the provider's that lead nowhere."""
    client, name = partial(walkthrough.sandbox.client, account_id=PROVIDER), "attack-nowhere"
    queue = str(client("sqs").create_queue(QueueName=name)["QueueUrl"])
    return Doors(
        bus=client("events").create_event_bus(Name=name)["EventBusArn"],
        topic=client("sns").create_topic(Name=name)["TopicArn"],
        queues=dict.fromkeys(QUEUES, queue),
    )


def put(said: tuple[str, str], doors: Doors) -> Mapping[str, Any]:
    source, detail_type = said
    entry = {"Source": source, "DetailType": detail_type, "Detail": "{}"}
    return {"Entries": [{**entry, "EventBusName": doors.bus}]}


def send(queue: str, doors: Doors) -> Mapping[str, Any]:
    body = json.dumps({"detail-type": "Endpoint Connection Follow-Up", "detail": {"follow_up": 1}})
    return {"QueueUrl": doors.queues[queue], "MessageBody": body}


_EVENTS: Final = {
    "a sweep": ("privatelink-autopilot", "Endpoint Connection Sweep Requested"),
    "a convergence request": ("privatelink-autopilot", "Consumer Convergence Requested"),
    "a notification": ("privatelink-autopilot", "Endpoint Connection Notification"),
    "an event of EC2, made up": ("aws.ec2", CLOUDTRAIL),
    "an event of IAM": ("aws.iam", CLOUDTRAIL),
    "an event of its own": ("shop", "Order Placed"),
}
_ATTACKS: Final[tuple[Attack[Doors], ...]] = (
    *Attack[Doors].because(
        "only rules of consumers put events, and only CloudTrail's of EC2",
        *((f"puts {what}", "events:put_events", partial(put, it)) for what, it in _EVENTS.items()),
    ),
    *Attack[Doors].because(
        "only rules of the stack send",
        *((f"sends to {queue}", "sqs:send_message", partial(send, queue)) for queue in QUEUES),
    ),
    Attack(
        "publishes to the topic",
        "only endpoint services of the account publish",
        "sns:publish",
        lambda doors: {"TopicArn": doors.topic, "Message": "vpce-svc-0123456789abcdef0"},
    ),
    Attack(
        "subscribes to the topic",
        "nobody else is told of connections",
        "sns:subscribe",
        lambda doors: {
            "TopicArn": doors.topic,
            "Protocol": "sqs",
            "Endpoint": f"arn:aws:sqs:{REGION}:{STRANGER}:mine",
        },
    ),
    Attack(
        "reads a queue",
        "only its function receives",
        "sqs:receive_message",
        lambda doors: {"QueueUrl": doors.queues["AcceptQueue"]},
    ),
)


@pytest.fixture(scope="module")
def doors(secured: Walkthrough) -> Doors:
    return doors_of(secured)


@pytest.fixture(scope="module")
def nowhere(secured: Walkthrough) -> Doors:
    return doubles(secured)


@pytest.mark.parametrize("account", [CONSUMER, STRANGER], ids=["a consumer", "a stranger"])
@pytest.mark.parametrize("attack", _ATTACKS, ids=str)
def test_an_account_beside_the_providers_gives_no_hint(
    secured: Walkthrough, figures: Figures, doors: Doors, attack: Attack[Doors], account: str
) -> None:
    client = secured.sandbox.client(attack.service, account)

    figures.add("adversarial attempts")
    assert attack.tried(client, doors) in REFUSED, attack.why
    figures.add("adversarial attempts refused")


@pytest.mark.parametrize("attack", _ATTACKS, ids=str)
def test_an_administrator_of_the_providers_account(
    secured: Walkthrough, nowhere: Doors, attack: Attack[Doors]
) -> None:
    """A call that would be refused to everybody shows nothing."""
    client = Intruders(secured.sandbox).administrator(PROVIDER, attack.service)

    assert attack.tried(client, nowhere) == ""


def test_the_events_that_a_consumers_rule_forwards_are_admitted(secured: Walkthrough) -> None:
    before = admitted(secured)
    with endpoint(secured, CONSUMER):
        wait_until(lambda: admitted(secured) > before, what="the forwarded event")


def admitted(walkthrough: Walkthrough) -> int:
    """Return how many events the policy of the bus has let in."""
    return sum(
        each.times
        for each in walkthrough.sandbox.decisions()
        if each.action == "events:PutEvents" and each.kind == "resource" and each.allowed
    )


def question(account: str, **keys: str) -> Decision:
    """Ask whether a rule's role of an account may put an event of EC2 on the bus."""
    usual = {
        "aws:PrincipalAccount": account,
        "events:source": "aws.ec2",
        "events:detail-type": CLOUDTRAIL,
        "events:eventBusInvocation": "true",
    }
    return Decision(
        kind="resource",
        principal=_ROLE.format(account=account),
        session="",
        action="events:PutEvents",
        resource_arn=_BUS,
        keys=usual | {name.replace("_", ":"): value for name, value in keys.items()},
        allowed=False,
    )


_FORGED: Final[tuple[Mapping[str, str], ...]] = (
    {"events_source": "aws.iam"},
    {"events_source": "privatelink-autopilot"},
    {"events_detail-type": "AWS Service Event via CloudTrail"},
    {"events_eventBusInvocation": "false"},
)


def organizations_policy() -> Mapping[str, Any]:
    """Return the policy that lets an organization forward, which the sandbox does not deploy."""
    (statement,) = (
        policy["Statement"]
        for name, policy in of_type("AWS::Events::EventBusPolicy").items()
        if name.startswith("Organization")
    )
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    text = text.replace(json.dumps({"Ref": "ForwardingOrganizationId"}), '"o-exampleorgid"')
    text = text.replace(json.dumps({"Fn::GetAtt": ["EventBus", "Arn"]}), f'"{_BUS}"')
    document: Mapping[str, Any] = json.loads(text)
    return document


@pytest.mark.parametrize("forged", _FORGED, ids=str)
def test_what_an_organization_forwards_is_held_to_the_same_conditions(
    figures: Figures, forged: Mapping[str, str]
) -> None:
    policy, member = organizations_policy(), {"aws_PrincipalOrgID": "o-exampleorgid"}
    assert permits(policy, question(STRANGER, **member))
    assert not permits(policy, question(STRANGER))
    assert not permits(policy, question(STRANGER, aws_PrincipalOrgID="o-another0000"))
    assert not permits(policy, question(STRANGER, **member, **forged))
    figures.add("adversarial attempts", 3)
    figures.add("adversarial attempts refused", 3)


@pytest.mark.parametrize("forged", _FORGED, ids=str)
def test_what_a_consumers_rule_forwards_is_events_of_ec2_and_nothing_else(
    secured: Walkthrough, figures: Figures, forged: Mapping[str, str]
) -> None:
    bus = secured.sandbox.client("events", PROVIDER).describe_event_bus(Name=_BUS.split("/")[1])
    policy = json.loads(bus["Policy"])
    assert permits(policy, question(CONSUMER))
    assert not permits(policy, question(STRANGER))
    assert not permits(policy, question(CONSUMER, **forged))
    figures.add("adversarial attempts", 2)
    figures.add("adversarial attempts refused", 2)
