"""The event bus, its rules and the queues of the functions, in memory.

A message that its function does not finish comes back, five times in all, and is dropped then: a
dead-letter queue changes nothing by itself.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, Final

from privatelink.event_names import CONVERGENCE, NOTIFICATION
from sandbox.in_process.wire import Answer

EVENTS: Final = Path(__file__).parents[2] / "events"
ACCEPT: Final = "accept_endpoint_connections"
INGRESS: Final = "authorize_security_group_ingress"
PUBLISH: Final = "publish_endpoint_addresses"
RELAY: Final = "relay_connection_notifications"
FUNCTIONS: Final = (RELAY, ACCEPT, INGRESS, PUBLISH)

MOST_RECEIVES: Final = 5
"""maxReceiveCount of the queues in template.yaml."""
_TARGETS: Final = {NOTIFICATION: (ACCEPT,), CONVERGENCE: (INGRESS, PUBLISH)}
"""Which queues the rules of template.yaml send an event of the stack's own to."""


def example(function: str, situation: str) -> dict[str, Any]:
    """Return an event file."""
    event: dict[str, Any] = json.loads((EVENTS / function / f"{situation}.json").read_text())
    return event


@dataclass
class Message:
    """A message of a queue; `visible_at` is when it can be received."""

    message_id: str
    body: str
    visible_at: datetime
    receives: int = 0

    def to_record(self) -> Mapping[str, Any]:
        """Return the record that Lambda hands over."""
        attributes = {"ApproximateReceiveCount": str(self.receives)}
        return {
            "messageId": self.message_id,
            "body": self.body,
            "eventSource": "aws:sqs",
            "attributes": attributes,
        }


@dataclass
class Bus:
    """Queues by function, and what was announced to people."""

    clock: Callable[[], datetime]
    queues: dict[str, list[Message]] = field(
        default_factory=lambda: {function: [] for function in FUNCTIONS}
    )
    announced: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    dropped: int = 0
    _numbers: Iterator[int] = field(default_factory=count)

    def send(self, function: str, body: str, delay: timedelta = timedelta()) -> None:
        """Put a message on the queue of a function."""
        number = next(self._numbers)
        self.queues[function].append(Message(f"m{number}", body, self.clock() + delay))

    def put(self, event: Mapping[str, Any]) -> None:
        """Put an event on the bus."""
        kind = event["detail-type"]
        own = event["source"] == "privatelink-autopilot"
        targets = _TARGETS.get(kind, () if own and "Sweep" not in kind else (ACCEPT,))
        for function in targets:
            self.send(function, json.dumps(event))
        if not targets:
            self.announced.append((kind, event["detail"]))

    def receive(self, function: str, most: int) -> list[Message]:
        """Take messages that are visible from a queue, the first ones first."""
        queue = self.queues[function]
        taken = [each for each in queue if each.visible_at <= self.clock()][:most]
        for message in taken:
            queue.remove(message)
            message.receives += 1
        return taken

    def give_back(self, function: str, messages: Sequence[Message]) -> None:
        """Put back what was not finished, except what has come back too often."""
        for message in messages:
            if message.receives < MOST_RECEIVES:
                self.queues[function].append(message)
            else:
                self.dropped += 1

    @property
    def next_visible(self) -> datetime | None:
        """When the next message can be received; None: there is none."""
        return min((m.visible_at for q in self.queues.values() for m in q), default=None)

    def answer_put_events(self, params: Mapping[str, Any]) -> Answer:
        """Take the events of a PutEvents call."""
        for entry in params["Entries"]:
            envelope = example(INGRESS, "convergence_requested")
            self.put(
                envelope
                | {
                    "detail-type": entry["DetailType"],
                    "source": entry["Source"],
                    "detail": json.loads(entry["Detail"]),
                }
            )
        return {"FailedEntryCount": 0, "Entries": [{"EventId": "e"} for _ in params["Entries"]]}

    def answer_send_message(self, params: Mapping[str, Any]) -> Answer:
        """Take the message of a SendMessage call: only AcceptEndpointConnections sends any."""
        self.send(ACCEPT, params["MessageBody"], timedelta(seconds=params.get("DelaySeconds", 0)))
        return {"MessageId": "m", "MD5OfMessageBody": ""}
