from collections.abc import Sequence
from itertools import batched

from tests.integration.sandbox_events.account import Account, Inbox
from tests.integration.sandbox_events.functions import reader


def send(queue: Inbox, bodies: Sequence[str], *, at_once: int = 10) -> None:
    for part in batched(bodies, at_once, strict=False):
        entries = [{"Id": str(number), "MessageBody": body} for number, body in enumerate(part)]
        answer = queue.sqs.send_message_batch(QueueUrl=queue.url, Entries=entries)
        assert not answer.get("Failed"), answer


def test_a_window_gathers_all_messages_into_one_batch(provider: Account) -> None:
    queue = provider.queue(VisibilityTimeout="30")
    function = reader(provider, queue, BatchSize=100, MaximumBatchingWindowInSeconds=2)

    send(queue, [f"message {number}" for number in range(25)])

    batches = function.batches(25)
    assert [len(batch) for batch in batches] == [25]
    oldest = max(age for _body, age in batches[0])
    assert 2 <= oldest < 4


def test_a_full_batch_does_not_wait_for_the_window(provider: Account) -> None:
    queue = provider.queue(VisibilityTimeout="60")
    function = reader(provider, queue, BatchSize=20, MaximumBatchingWindowInSeconds=60)

    send(queue, [f"message {number}" for number in range(20)])

    assert [len(batch) for batch in function.batches(20)] == [20]


def test_a_batch_carries_no_more_than_an_invocation_takes(provider: Account) -> None:
    queue = provider.queue(VisibilityTimeout="60")
    send(queue, ["x" * 1_000_000] * 7, at_once=1)
    function = reader(provider, queue, BatchSize=100, MaximumBatchingWindowInSeconds=1)

    assert sorted(len(batch) for batch in function.batches(7)) == [1, 6]


def test_without_a_window_messages_are_taken_at_once(provider: Account) -> None:
    queue = provider.queue()
    function = reader(provider, queue, BatchSize=10)

    send(queue, ["one"])

    ((_body, age),) = function.batches(1)[0]
    assert age < 2


def test_a_delayed_message_comes_after_its_delay(provider: Account) -> None:
    queue = provider.queue()
    function = reader(provider, queue, BatchSize=10)

    queue.sqs.send_message(QueueUrl=queue.url, MessageBody="late", DelaySeconds=2)
    queue.sqs.send_message(QueueUrl=queue.url, MessageBody="soon")

    ages = dict(message for batch in function.batches(2) for message in batch)
    assert ages["soon"] < 2
    assert 2 <= ages["late"] < 5


def test_only_a_failed_message_comes_back_and_ends_in_the_dead_letter_queue(
    provider: Account,
) -> None:
    dead = provider.queue()
    redrive = f'{{"deadLetterTargetArn": "{dead.arn}", "maxReceiveCount": 2}}'
    queue = provider.queue(VisibilityTimeout="1", RedrivePolicy=redrive)
    function = reader(provider, queue, BatchSize=10, MaximumBatchingWindowInSeconds=1)

    send(queue, ["good", "bad"])

    batches = function.batches(3)
    assert sorted(body for body, _age in batches[0]) == ["bad", "good"]
    assert [body for body, _age in batches[1]] == ["bad"]
    assert batches[1][0][1] >= 1
    answer = dead.sqs.receive_message(QueueUrl=dead.url, WaitTimeSeconds=5)
    assert [message["Body"] for message in answer["Messages"]] == ["bad"]
