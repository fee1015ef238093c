"""Who may not give hints: events on the bus, messages in queues, notifications to the topic."""

import json
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

import pytest

from sandbox.accounts import CONSUMER, PROVIDER, REGION, STRANGER
from sandbox.emulator.decisions import Decision
from sandbox.emulator.policies import permits
from sandbox.process import Client
from sandbox.waiting import wait_until
from sandbox.walkthrough import Walkthrough
from tests.contract.stack import of_type
from tests.e2e.endpoints import endpoint
from tests.security.attacked.attacks import REFUSED, Attack
from tests.security.figures import Figures

CLOUDTRAIL: Final = "AWS API Call via CloudTrail"
QUEUES: Final = ("AcceptQueue", "IngressQueue", "AddressQueue", "UndeliveredEvents")
_BUS: Final = f"arn:aws:events:{REGION}:{PROVIDER}:event-bus/privatelink-autopilot"
_ROLE: Final = "arn:aws:iam::{account}:role/forwarder"


def physical_id(walkthrough: Walkthrough, logical_id: str) -> str:
    detail = walkthrough.sandbox.client("cloudformation", PROVIDER).describe_stack_resource(
        StackName="privatelink-autopilot", LogicalResourceId=logical_id
    )["StackResourceDetail"]
    return str(detail["PhysicalResourceId"])


def put(said: tuple[str, str], _: Walkthrough) -> Mapping[str, Any]:
    source, detail_type = said
    entry = {"Source": source, "DetailType": detail_type, "Detail": "{}", "EventBusName": _BUS}
    return {"Entries": [entry]}


def send(queue: str, walkthrough: Walkthrough) -> Mapping[str, Any]:
    body = json.dumps({"detail-type": "Endpoint Connection Follow-Up", "detail": {"follow_up": 1}})
    return {"QueueUrl": physical_id(walkthrough, queue), "MessageBody": body}


def attacks(why: str, events: Mapping[str, tuple[str, str]]) -> list[Attack[Walkthrough]]:
    return [
        Attack(
            what=f"puts {what}",
            why=why,
            service="events",
            operation="put_events",
            parameters=partial(put, said),
        )
        for what, said in events.items()
    ]


_EVENTS: Final = {
    "a sweep": ("privatelink-autopilot", "Endpoint Connection Sweep Requested"),
    "a convergence request": ("privatelink-autopilot", "Consumer Convergence Requested"),
    "a notification": ("privatelink-autopilot", "Endpoint Connection Notification"),
    "an event of EC2, made up": ("aws.ec2", CLOUDTRAIL),
    "an event of IAM": ("aws.iam", CLOUDTRAIL),
    "an event of its own": ("shop", "Order Placed"),
}
_ATTACKS: Final = (
    *attacks("only rules of consumers put events, and only CloudTrail's of EC2", _EVENTS),
    *(
        Attack(
            what=f"sends to {queue}",
            why="only rules of the stack send",
            service="sqs",
            operation="send_message",
            parameters=partial(send, queue),
        )
        for queue in QUEUES
    ),
    Attack(
        what="publishes to the topic",
        why="only endpoint services of the account publish",
        service="sns",
        operation="publish",
        parameters=lambda it: {
            "TopicArn": it.autopilot["ConnectionNotificationTopicArn"],
            "Message": it.service_id,
        },
    ),
    Attack(
        what="subscribes to the topic",
        why="nobody else is told of connections",
        service="sns",
        operation="subscribe",
        parameters=lambda it: {
            "TopicArn": it.autopilot["ConnectionNotificationTopicArn"],
            "Protocol": "sqs",
            "Endpoint": f"arn:aws:sqs:{REGION}:{STRANGER}:mine",
        },
    ),
    Attack(
        what="reads a queue",
        why="only its function receives",
        service="sqs",
        operation="receive_message",
        parameters=lambda it: {"QueueUrl": physical_id(it, "AcceptQueue")},
    ),
)


def client(walkthrough: Walkthrough, attack: Attack[Walkthrough], account: str) -> Client:
    return walkthrough.sandbox.client(attack.service, account)


@pytest.mark.parametrize("account", [CONSUMER, STRANGER], ids=["a consumer", "a stranger"])
@pytest.mark.parametrize("attack", _ATTACKS, ids=str)
def test_an_account_beside_the_providers_gives_no_hint(
    secured: Walkthrough, figures: Figures, attack: Attack[Walkthrough], account: str
) -> None:
    figures.add("adversarial attempts")
    assert attack.tried(client(secured, attack, account), secured) in REFUSED, attack.why
    figures.add("adversarial attempts refused")


def test_the_provider_itself_may_which_shows_that_the_calls_are_right(
    secured: Walkthrough,
) -> None:
    swept = next(each for each in _ATTACKS if each.what == "puts a sweep")
    assert swept.tried(client(secured, swept, PROVIDER), secured) == ""


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
