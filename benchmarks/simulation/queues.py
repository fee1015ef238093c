"""SQS queues that Lambda reads: delays, batches, windows, concurrency, redelivery, dead letters."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

from benchmarks.simulation import latencies
from benchmarks.simulation.clock import VirtualClock
from benchmarks.simulation.functions import Event, FailedError
from benchmarks.simulation.template import QueueSettings


class Invocable(Protocol):
    """What a queue is read for."""

    def invoke(self, event: Event) -> Any:  # noqa: ANN401 - whatever the handler returns
        """Handle an event, or raise FailedError."""
        ...


@dataclass
class Message:
    """A message; `visible_at` is since when, or from when on, it can be received."""

    message_id: str
    body: str
    visible_at: float
    receives: int = 0

    def to_record(self) -> Event:
        """Return the record that Lambda hands over."""
        return {
            "messageId": self.message_id,
            "body": self.body,
            "eventSource": "aws:sqs",
            "attributes": {"ApproximateReceiveCount": str(self.receives)},
        }


@dataclass
class Queue:
    """A queue, and Lambda's event source mapping, of which one poller gathers at a time.

    A batch is handed over once it is full, or its oldest message has been visible for as long as
    the window, and as many invocations as are allowed are not under way.
    """

    clock: VirtualClock
    settings: QueueSettings
    function: Invocable
    sent: int = 0
    dead: list[Message] = field(default_factory=list)
    _waiting: int = 0
    _visible: list[Message] = field(default_factory=list)
    _under_way: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits, and nothing is being worked off."""
        return not self._waiting and not self._visible and not self._under_way

    @property
    def oldest_age(self) -> float:
        """For how many seconds the oldest message that can be received could be."""
        oldest = min((each.visible_at for each in self._visible), default=None)
        return 0.0 if oldest is None else self.clock.monotonic() - oldest

    def send(self, body: str, delay: float = 0.0) -> None:
        """Put a message on the queue."""
        self.sent += 1
        self._show(Message(f"{self.settings.logical_id}-{self.sent}", body, 0.0), delay)

    def _show(self, message: Message, delay: float) -> None:
        message.visible_at = self.clock.monotonic() + delay
        self._waiting += 1
        self.clock.call_after(delay, partial(self._arrive, message))

    def _arrive(self, message: Message) -> None:
        self._waiting -= 1
        self._visible.append(message)
        # What arrives at the same moment is gathered first.
        self.clock.call_after(0.0, self._hand_over)

    def _hand_over(self) -> None:
        settings = self.settings
        if not self._visible or self._under_way >= settings.concurrency:
            return
        is_due_in = self._visible[0].visible_at + settings.window - self.clock.monotonic()
        if len(self._visible) < settings.batch_size and is_due_in > 0:
            self.clock.call_after(is_due_in, self._hand_over)
            return
        batch = self._visible[: settings.batch_size]
        del self._visible[: len(batch)]
        self._under_way += 1
        self.clock.spawn(partial(self._work_off, batch), after=latencies.SQS_HAND_OVER)
        self._hand_over()

    def _work_off(self, batch: Sequence[Message]) -> None:
        received = self.clock.monotonic()
        for message in batch:
            message.receives += 1
        unfinished = self._invoke(batch)
        for message in batch:
            if message.message_id in unfinished:
                self._give_back(message, received)
        self._under_way -= 1
        self._hand_over()

    def _invoke(self, batch: Sequence[Message]) -> set[str]:
        """Return the ids of the messages that are not done with."""
        try:
            answer = self.function.invoke({"Records": [each.to_record() for each in batch]})
        except FailedError:
            return {message.message_id for message in batch}
        failures = (answer or {}).get("batchItemFailures", ())
        return {failure["itemIdentifier"] for failure in failures}

    def _give_back(self, message: Message, received: float) -> None:
        if message.receives >= self.settings.receives:
            self.dead.append(message)
            return
        spent = self.clock.monotonic() - received
        self._show(message, max(self.settings.visibility_timeout - spent, 0.0))
