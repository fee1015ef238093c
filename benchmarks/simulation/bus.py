"""The stack's event bus, with the rules of template.yaml."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from moto.events.models import EventPattern

from benchmarks.simulation import latencies, template
from benchmarks.simulation.clock import VirtualClock
from benchmarks.simulation.queues import Queue
from sandbox.accounts import PROVIDER, REGION
from sandbox.in_process.wire import Answer


@dataclass
class Bus:
    """Sends events to the queues of the rules that they match."""

    clock: VirtualClock
    queues: Mapping[str, Queue]
    """By logical id."""
    events: Counter[str] = field(default_factory=Counter)
    """How many have been put, by their kind."""
    under_way: int = 0
    """How many are to be delivered."""
    _rules: tuple[tuple[EventPattern, tuple[str, ...]], ...] = field(init=False)

    def __post_init__(self) -> None:
        self._rules = tuple(
            (EventPattern.load(json.dumps(rule.pattern)), rule.targets) for rule in template.rules()
        )

    def put(self, source: str, kind: str, detail: Mapping[str, Any]) -> None:
        """Put an event on the bus."""
        self.events[kind] += 1
        event: Any = {
            "version": "0",
            "id": f"event-{self.events.total()}",
            "source": source,
            "account": PROVIDER,
            "time": self.clock().isoformat(),
            "region": REGION,
            "resources": [],
            "detail-type": kind,
            "detail": detail,
        }
        for pattern, targets in self._rules:
            if pattern.matches_event(event):
                for target in targets:
                    self.under_way += 1
                    deliver = partial(self._deliver, target, json.dumps(event))
                    self.clock.call_after(latencies.EVENT_BUS, deliver)

    def _deliver(self, target: str, body: str) -> None:
        self.under_way -= 1
        self.queues[target].send(body)

    def answer_put_events(self, params: Mapping[str, Any]) -> Answer:
        """Take the events of a PutEvents call."""
        for entry in params["Entries"]:
            self.put(entry["Source"], entry["DetailType"], json.loads(entry["Detail"]))
        return {"FailedEntryCount": 0, "Entries": [{"EventId": "e"} for _ in params["Entries"]]}
