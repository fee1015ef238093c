"""What a function is given of a queue, and not before when: a slow machine may take its time."""

import json
from collections.abc import Sequence
from itertools import batched
from pathlib import Path

import pytest

from sandbox.waiting import wait_until
from tests.integration.sandbox_events.account import Account, Inbox
from tests.integration.sandbox_events.functions import Readers

TOO_LONG = 60  # seconds; longer than a test waits for anything


@pytest.fixture
def readers(provider: Account, tmp_path: Path) -> Readers:
    return Readers(provider, tmp_path)


def send(queue: Inbox, bodies: Sequence[str], *, at_once: int = 10) -> None:
    for part in batched(bodies, at_once, strict=False):
        entries = [{"Id": str(number), "MessageBody": body} for number, body in enumerate(part)]
        answer = queue.sqs.send_message_batch(QueueUrl=queue.url, Entries=entries)
        assert not answer.get("Failed"), answer


def depth(queue: Inbox) -> tuple[int, int]:
    """Return how many messages can be received, and how many are being worked on."""
    names = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
    answer = queue.sqs.get_queue_attributes(QueueUrl=queue.url, AttributeNames=names)
    visible, in_flight = (int(answer["Attributes"][name]) for name in names)
    return visible, in_flight


def test_a_window_gathers_all_messages_into_one_batch(provider: Account, readers: Readers) -> None:
    queue = provider.queue()
    function = readers.make(queue, BatchSize=100, MaximumBatchingWindowInSeconds=5)

    send(queue, [f"message {number}" for number in range(25)])

    (batch,) = function.batches(25)
    assert len(batch) == 25
    assert max(message.age for message in batch) >= 5


def test_a_full_batch_does_not_wait_for_the_window(provider: Account, readers: Readers) -> None:
    queue = provider.queue()
    function = readers.make(queue, BatchSize=20, MaximumBatchingWindowInSeconds=TOO_LONG)

    send(queue, [f"message {number}" for number in range(20)])

    assert [len(batch) for batch in function.batches(20)] == [20]


def test_a_batch_carries_no_more_than_an_invocation_takes(
    provider: Account, readers: Readers
) -> None:
    queue = provider.queue()
    send(queue, ["x" * 1_000_000] * 7, at_once=1)
    function = readers.make(queue, BatchSize=100, MaximumBatchingWindowInSeconds=1)

    assert sorted(len(batch) for batch in function.batches(7)) == [1, 6]


def test_without_a_window_messages_are_taken_at_once(provider: Account, readers: Readers) -> None:
    with_window, without = provider.queue(), provider.queue()
    patient = readers.make(with_window, BatchSize=10, MaximumBatchingWindowInSeconds=TOO_LONG)
    prompt = readers.make(without, BatchSize=10)

    for queue in (with_window, without):
        send(queue, ["one"])

    assert len(prompt.messages(1)) == 1
    assert patient.batches_so_far() == []


def test_a_delayed_message_comes_after_its_delay(provider: Account, readers: Readers) -> None:
    queue = provider.queue()
    function = readers.make(queue, BatchSize=10)

    for body, seconds in (("never", 900), ("late", 2), ("soon", 0)):
        queue.sqs.send_message(QueueUrl=queue.url, MessageBody=body, DelaySeconds=seconds)

    ages = {message.body: message.age for message in function.messages(2)}
    assert ages.keys() == {"soon", "late"}
    assert ages["late"] >= 2


def test_only_a_failed_message_comes_back_and_ends_in_the_dead_letter_queue(
    provider: Account, readers: Readers
) -> None:
    dead = provider.queue()
    redrive = json.dumps({"deadLetterTargetArn": dead.arn, "maxReceiveCount": 2})
    queue = provider.queue(VisibilityTimeout="900", RedrivePolicy=redrive)
    function = readers.make(queue, BatchSize=10)

    def time_out() -> None:
        """Do to the bad message what the end of its visibility timeout does."""
        handles = [each.receipt_handle for each in function.messages(2) if each.body == "bad"]
        queue.sqs.change_message_visibility(
            QueueUrl=queue.url, ReceiptHandle=handles[-1], VisibilityTimeout=0
        )

    send(queue, ["good", "bad"])

    function.messages(2)
    wait_until(lambda: depth(queue) == (0, 1), what="the good message's deletion")
    time_out()
    assert sorted(message.body for message in function.messages(3)) == ["bad", "bad", "good"]
    time_out()
    wait_until(lambda: depth(dead) == (1, 0), what="a dead letter")
    answer = dead.sqs.receive_message(QueueUrl=dead.url)
    assert [message["Body"] for message in answer["Messages"]] == ["bad"]
    assert depth(queue) == (0, 0)
    assert len(function.messages(3)) == 3
