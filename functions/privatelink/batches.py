"""Turns a batch of queue messages into as few passes as possible.

Messages that ask for the same thing share one pass. A message fails alone: one that cannot be
read, or one whose pass fails, goes back to the queue and in the end to the dead-letter queue.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypedDict


class BatchItemFailure(TypedDict):
    """A message that SQS is to deliver again."""

    itemIdentifier: str


class BatchResponse(TypedDict):
    """What Lambda wants to hear with ReportBatchItemFailures."""

    batchItemFailures: list[BatchItemFailure]


class Batch:
    """The records of one SQS event.

    `on_failure` is told of each error, with the ids of the messages that it fails.
    """

    def __init__(
        self,
        records: Sequence[Mapping[str, Any]],
        on_failure: Callable[[Exception, Sequence[str]], None],
    ) -> None:
        self._records = records
        self._on_failure = on_failure
        self._failed: dict[str, None] = {}

    def read[Message](self, parse: Callable[[str], Message]) -> list[tuple[str, Message]]:
        """Return the messages that can be read, each with its id."""
        messages = []
        for record in self._records:
            message_id = record["messageId"]
            try:
                messages.append((message_id, parse(record["body"])))
            except Exception as error:  # noqa: BLE001 - whatever it is, it fails this message alone
                self._fail(error, [message_id])
        return messages

    def run[Work](
        self, requests: Iterable[tuple[str, Work]], perform: Callable[[Work], object]
    ) -> None:
        """Perform the work that messages ask for: each piece once, in order of first mention."""
        message_ids: dict[Work, list[str]] = {}
        for message_id, work in requests:
            message_ids.setdefault(work, []).append(message_id)
        for work, ids in message_ids.items():
            try:
                perform(work)
            except Exception as error:  # noqa: BLE001 - one piece that fails never stops the others
                self._fail(error, ids)

    @property
    def response(self) -> BatchResponse:
        """Which messages SQS is to deliver again."""
        return {"batchItemFailures": [{"itemIdentifier": i} for i in self._failed]}

    def _fail(self, error: Exception, message_ids: Sequence[str]) -> None:
        self._on_failure(error, message_ids)
        self._failed.update(dict.fromkeys(message_ids))
