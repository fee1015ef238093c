"""SQS to Lambda, with the batches and batching windows that the mapping asks for.

ministack hands over ten messages at most, and at once.
https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
"""

import json
import threading
import time
from collections.abc import Iterator
from typing import Any, Final

from ministack.core.arn import ArnParseError, parse_arn
from ministack.core.concurrency import esm_wake
from ministack.services import lambda_svc, sqs

from sandbox.emulator import function_roles
from sandbox.emulator.scope import scope

Mapping = dict[str, Any]
Message = dict[str, Any]
Queue = dict[str, Any]

_BATCH_MAX: Final = 10_000
_FIFO_BATCH_MAX: Final = 10
_PAYLOAD_BYTES: Final = 6 * 1024 * 1024
# What a record holds beside its body: ids, timestamps, the queue's ARN.
_RECORD_BYTES: Final = 1024


def install() -> None:
    """Have ministack's poller wait for the window, and then take the whole batch."""
    every_mapping = lambda_svc._iter_all_esms
    wake = _Wake()

    def mappings_due() -> Iterator[tuple[str, str, Mapping]]:
        for account_id, region, mapping in every_mapping():
            with scope(account_id, region):
                seconds = _seconds_until_due(mapping)
                if seconds <= 0 and not function_roles.may_poll(mapping):
                    continue
            if seconds <= 0:
                yield account_id, region, mapping
            else:
                wake.after(mapping["UUID"], seconds)

    lambda_svc._iter_all_esms = mappings_due
    sqs._receive_messages_for_esm = _receive


class _Wake:
    """Wakes the poller when a window closes: it would sleep up to a second longer."""

    def __init__(self) -> None:
        self._waiting: set[str] = set()

    def after(self, mapping_id: str, seconds: float) -> None:
        if mapping_id in self._waiting:
            return
        self._waiting.add(mapping_id)
        timer = threading.Timer(seconds, self._ring, (mapping_id,))
        timer.daemon = True
        timer.start()

    def _ring(self, mapping_id: str) -> None:
        self._waiting.discard(mapping_id)
        esm_wake.set()


def _seconds_until_due(mapping: Mapping) -> float:
    """Return how long the mapping's window stays open; zero, or less, if a batch is to be taken.

    The window opens with the first message that is there to be received.
    """
    window = mapping.get("MaximumBatchingWindowInSeconds") or 0
    queue = _queue(mapping.get("EventSourceArn", "")) if window else None
    if queue is None:
        return 0.0
    with sqs._queues_lock:
        messages = _visible(queue)
        if not messages:
            return 0.0  # receiving nothing costs nothing
        batch = _fitting(messages, mapping.get("BatchSize", 10))
        is_full = len(batch) < len(messages) or len(batch) >= mapping.get("BatchSize", 10)
        opened = min(message["visible_at"] for message in messages)
    return 0.0 if is_full else float(opened + window - time.time())


def _queue(arn: str) -> Queue | None:
    try:
        address = parse_arn(arn)
    except ArnParseError:
        return None
    return sqs._queue_by_arn(arn) if address.service == "sqs" else None


def _visible(queue: Queue) -> list[Message]:
    """Return the messages that can be received now; the lock is held."""
    sqs._expire_retained(queue)
    sqs._dlq_sweep(queue)
    now = time.time()
    for message in queue["messages"]:
        sqs._ensure_msg_fields(message)
    return [message for message in queue["messages"] if message["visible_at"] <= now]


def _fitting(messages: list[Message], batch_size: int) -> list[Message]:
    """Return the first messages: as many as one invocation may carry, but never none."""
    total, count = 0, 0
    for message in messages[: min(batch_size, _BATCH_MAX)]:
        total += len(json.dumps(message["body"])) + _RECORD_BYTES
        if count and total > _PAYLOAD_BYTES:
            break
        count += 1
    return messages[:count]


def _receive(queue_url: str, batch_size: int) -> list[Message]:
    """Receive one batch, making it invisible for the queue's visibility timeout."""
    with sqs._queues_lock:
        queue = sqs._get_q(queue_url)
        batch = _fitting(_visible(queue), batch_size)
        maximum = _FIFO_BATCH_MAX if queue["is_fifo"] else len(batch)
        timeout = int(queue["attributes"].get("VisibilityTimeout", "30"))
        received: list[Message] = sqs._collect_msgs(queue, min(maximum, len(batch)), timeout)
        return received
