"""The topic of connection notifications, which come late, out of order and more than once."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from benchmarks.simulation import latencies
from benchmarks.simulation.clock import VirtualClock
from benchmarks.simulation.functions import ASYNCHRONOUS_RETRIES, LambdaFunction

DUPLICATES: Final = 0.1
"""How many of a hundred messages are delivered twice: far more than SNS's "at least once" is
likely to mean."""
SPREAD: Final = 2.0
"""Within so many seconds messages come in any order."""


@dataclass
class Topic:
    """Has a function invoked for each message, on its own."""

    clock: VirtualClock
    function: LambdaFunction
    random: Random
    retries: Callable[[], Iterable[float]] = lambda: ASYNCHRONOUS_RETRIES
    deliveries: int = 0
    published: int = field(default=0)

    def publish(self, *notice: str) -> None:
        """Publish a notification, of which the text stands last."""
        self.published += 1
        copies = 2 if self.random.random() < DUPLICATES else 1
        for _ in range(copies):
            self.deliveries += 1
            delay = latencies.SNS_DELIVERY + self.random.uniform(0.0, SPREAD)
            self.function.invoke_asynchronously(_event(notice[-1]), self.retries(), after=delay)


def _event(message: str) -> dict[str, Any]:
    return {"Records": [{"EventSource": "aws:sns", "Sns": {"Message": message}}]}
