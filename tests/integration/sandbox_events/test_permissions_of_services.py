"""What AWS services may do as themselves; a queue that gets nothing gets it within the wait."""

import json
import time
from pathlib import Path

from sandbox.process import Client
from sandbox.waiting import wait_until
from tests.integration.sandbox_events import permissions
from tests.integration.sandbox_events.account import Account, Inbox, unique
from tests.integration.sandbox_events.permissions import admits, document

EVENTS, SNS, SENDING = "events.amazonaws.com", "sns.amazonaws.com", "sqs:SendMessage"
KEY_ACTIONS = ("kms:GenerateDataKey", "kms:Decrypt")
PATTERN = {"source": ["a.test"]}
A_WHILE = 1.5  # seconds within which whatever is delivered here has come


def nothing_comes(queue: Inbox) -> bool:
    time.sleep(A_WHILE)
    return not queue.waiting()


def inbox(provider: Account, key: str) -> Inbox:
    """Make an encrypted queue that admits a rule of EventBridge."""
    queue = provider.queue(KmsMasterKeyId=key)
    rule = provider.rule(PATTERN, queue.arn)
    permissions.admit(queue, admits(EVENTS, SENDING, source_arn=rule))
    return queue


def test_a_rule_sends_to_an_encrypted_queue_only_if_the_key_lets_it(provider: Account) -> None:
    told = inbox(provider, permissions.key(provider, admits(EVENTS, *KEY_ACTIONS)))
    half = inbox(provider, permissions.key(provider, admits(EVENTS, KEY_ACTIONS[0])))
    for_others = inbox(provider, permissions.key(provider, admits(SNS, *KEY_ACTIONS)))
    for_another_rule = inbox(
        provider,
        permissions.key(provider, admits(EVENTS, *KEY_ACTIONS, source_arn="arn:aws:events:*:*:x")),
    )
    of_aws = inbox(provider, "alias/aws/sqs")

    provider.put_event(number=1)

    assert told.one()["detail"] == {"number": 1}
    for silent in (half, for_others, for_another_rule, of_aws):
        assert nothing_comes(silent)


def test_a_disabled_key_lets_nobody(provider: Account) -> None:
    key = permissions.key(provider, admits(EVENTS, *KEY_ACTIONS))
    queue = inbox(provider, key)
    provider.client("kms").disable_key(KeyId=key)

    provider.put_event(number=1)

    assert nothing_comes(queue)


def test_what_a_rule_may_not_deliver_is_in_the_dead_letter_queue_of_its_target(
    provider: Account,
) -> None:
    closed, dead = provider.queue(), provider.queue()
    rule = provider.rule(PATTERN, closed.arn)
    permissions.admit(dead, admits(EVENTS, SENDING, source_arn=rule))
    target = {"Id": "target", "Arn": closed.arn, "DeadLetterConfig": {"Arn": dead.arn}}
    provider.client("events").put_targets(Rule=rule.rpartition("/")[2], Targets=[target])

    provider.put_event(number=1)

    assert dead.one()["detail"] == {"number": 1}
    assert nothing_comes(closed)


def test_nothing_is_admitted_that_is_not_sent_by_tls_but_services_use_it(
    provider: Account,
) -> None:
    queue = provider.queue()
    rule = provider.rule(PATTERN, queue.arn)
    no_tls = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sqs:*",
        "Resource": queue.arn,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    permissions.admit(queue, no_tls, admits(EVENTS, SENDING, source_arn=rule))

    provider.put_event(number=1)

    assert queue.one()["detail"] == {"number": 1}


class TestTopics:
    def test_a_function_is_invoked_only_if_it_lets_the_topic(
        self, provider: Account, tmp_path: Path
    ) -> None:
        sns = provider.client("sns")
        topic = sns.create_topic(Name=unique("topic"))["TopicArn"]
        role = permissions.role(provider)
        notes = {name: f"{tmp_path}/{name}" for name in ("open", "closed")}
        functions = {
            name: permissions.function(provider, role, path) for name, path in notes.items()
        }
        permissions.invocable(provider, functions["open"], SNS, topic)
        permissions.invocable(provider, functions["closed"], SNS, f"{topic}-not")
        dead = provider.queue()
        permissions.admit(dead, admits(SNS, SENDING, source_arn=topic))
        for function in functions.values():
            subscribe(sns, topic, function, dead)

        sns.publish(TopicArn=topic, Message="hello")

        assert dead.one()["Message"] == "hello"
        wait_until(lambda: called(notes["open"]), what="the function")
        assert not called(notes["closed"])

    def test_an_encrypted_dead_letter_queue_needs_its_key(
        self, provider: Account, tmp_path: Path
    ) -> None:
        sns = provider.client("sns")
        topic = sns.create_topic(Name=unique("topic"))["TopicArn"]
        function = permissions.function(provider, permissions.role(provider), f"{tmp_path}/no")
        dead = provider.queue(KmsMasterKeyId=permissions.key(provider))
        permissions.admit(dead, admits(SNS, SENDING, source_arn=topic))
        subscribe(sns, topic, function, dead)

        sns.publish(TopicArn=topic, Message="hello")

        assert nothing_comes(dead)


def subscribe(sns: Client, topic: str, function: str, dead: Inbox) -> None:
    """Have a topic call a function, and send what it cannot deliver to a queue."""
    sns.subscribe(
        TopicArn=topic,
        Protocol="lambda",
        Endpoint=function,
        Attributes={"RedrivePolicy": json.dumps({"deadLetterTargetArn": dead.arn})},
    )


def called(path: str) -> int:
    """Return how often a function has written to its notes."""
    notes = Path(path)
    return len(notes.read_text().splitlines()) if notes.exists() else 0


class TestForeignBuses:
    PUT = "events:PutEvents"

    def test_events_are_put_on_the_bus_of_another_account_if_its_policy_says_so(
        self, provider: Account, consumer: Account, stranger: Account
    ) -> None:
        bus = provider.bus()
        name = bus.rpartition("/")[2]
        inbox = provider.inbox({"account": [consumer.id, stranger.id]}, bus=name)
        statement = {
            "Sid": "Listed",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{consumer.id}:root"},
            "Action": self.PUT,
            "Resource": bus,
            "Condition": {"StringEquals": {"events:source": "a.test"}},
        }
        provider.client("events").put_permission(EventBusName=name, Policy=document(statement))

        consumer.put_event(bus=bus, number=1)

        event = inbox.one()
        assert (event["account"], event["detail"]) == (consumer.id, {"number": 1})
        assert self.refusal(stranger, bus, "a.test") == "AccessDeniedException"
        assert self.refusal(consumer, bus, "another.test") == "AccessDeniedException"
        assert nothing_comes(inbox)

    def test_nobody_puts_events_of_aws_on_it(self, provider: Account, consumer: Account) -> None:
        bus = provider.bus()
        name = bus.rpartition("/")[2]
        provider.client("events").put_permission(
            EventBusName=name, StatementId="All", Principal=consumer.id, Action=self.PUT
        )

        assert self.refusal(consumer, bus, "aws.ec2") == "NotAuthorizedForSourceException"

    @staticmethod
    def refusal(account: Account, bus: str, source: str) -> str:
        """Return why an event is refused, "" if it is not."""
        events = account.client("events")
        entry = {"EventBusName": bus, "Source": source, "DetailType": "Any", "Detail": "{}"}
        try:
            answer = events.put_events(Entries=[entry])
        except events.exceptions.ClientError as error:
            return str(error.response["Error"]["Code"])
        return str(answer["Entries"][0].get("ErrorCode", ""))
