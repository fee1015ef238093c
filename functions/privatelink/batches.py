"""Turns a batch of queue messages into as few passes as possible.

Messages that ask for the same thing share one pass, and passes may be made side by side. A message
fails alone: one that cannot be read, or one whose pass fails, goes back to the queue and in the end
to the dead-letter queue.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Lock
from typing import Any, Final, TypedDict

type Crew = Callable[[Sequence[Callable[[], None]]], None]
"""Performs pieces of work that are independent of each other, all of them."""


def in_turn(pieces: Sequence[Callable[[], None]]) -> None:
    """Perform pieces one after another."""
    for piece in pieces:
        piece()


def side_by_side(most: int) -> Crew:
    """Return a crew that performs pieces in threads, so many at a time at most."""

    def perform(pieces: Sequence[Callable[[], None]]) -> None:
        threads = min(most, len(pieces))
        if threads <= 1:
            in_turn(pieces)
            return
        with ThreadPoolExecutor(threads) as pool:
            performed = [pool.submit(piece) for piece in pieces]
        for each in performed:
            each.result()

    return perform


SIDE_BY_SIDE: Final = 10
"""So many consumers a function converges at a time: a whole batch, since it is mostly waiting."""
CREW: Final = side_by_side(SIDE_BY_SIDE)


class BatchItemFailure(TypedDict):
    """A message that SQS is to deliver again."""

    itemIdentifier: str


class BatchResponse(TypedDict):
    """What Lambda wants to hear with ReportBatchItemFailures."""

    batchItemFailures: list[BatchItemFailure]


class Batch:
    """The records of one SQS event.

    `on_failure` is told of each error, one at a time, with the ids of the messages that it fails.
    """

    def __init__(
        self,
        records: Sequence[Mapping[str, Any]],
        on_failure: Callable[[Exception, Sequence[str]], None],
    ) -> None:
        self._records = records
        self._on_failure = on_failure
        self._failed: set[str] = set()
        self._lock = Lock()

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
        self,
        requests: Iterable[tuple[str, Work]],
        perform: Callable[[Work], object],
        crew: Crew = in_turn,
    ) -> None:
        """Perform the work that messages ask for: each piece once, the first mentioned first."""
        message_ids: dict[Work, list[str]] = {}
        for message_id, work in requests:
            message_ids.setdefault(work, []).append(message_id)

        def attempt(work: Work) -> None:
            try:
                perform(work)
            except Exception as error:  # noqa: BLE001 - one piece that fails never stops the others
                self._fail(error, message_ids[work])

        crew([partial(attempt, work) for work in message_ids])

    @property
    def response(self) -> BatchResponse:
        """Which messages SQS is to deliver again."""
        ids = (record["messageId"] for record in self._records)
        return {"batchItemFailures": [{"itemIdentifier": i} for i in ids if i in self._failed]}

    @property
    def failed_percent(self) -> float:
        """How many of a hundred messages SQS is to deliver again."""
        return 100 * len(self._failed) / len(self._records) if self._records else 0.0

    def _fail(self, error: Exception, message_ids: Sequence[str]) -> None:
        with self._lock:
            self._on_failure(error, message_ids)
            self._failed.update(message_ids)
