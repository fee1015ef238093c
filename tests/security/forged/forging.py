"""Forged messages, and how they are handed over."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Final

from hypothesis import HealthCheck, Phase, settings

from tests.integration.functions.stage import staged
from tests.integration.privatelink_model.parties import Clock
from tests.security.figures import Figures
from tests.security.forged.estate import Estate
from tests.security.forged.events import filled_in

SETTINGS: Final = settings(
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],  # to shrink takes longer than to understand
    suppress_health_check=list(HealthCheck),
)


@contextmanager
def estate() -> Iterator[Estate]:
    clock = Clock()
    with staged(clock) as world:
        yield Estate(world, clock)


@cache
def undisturbed() -> str:
    """Return how the estate comes to rest by itself."""
    with estate() as each:
        return each.at_rest()


def hand_over(each: Estate, batches: Sequence[tuple[str, list[str]]], figures: Figures) -> None:
    """Hand forged messages to the functions, each batch twice, as replays come."""
    for function, bodies in batches:
        messages = [filled_in(body, each) for body in bodies]
        for _ in range(2):
            getattr(each.world, function)(*messages)
        figures.add("forged events", 2 * len(messages))
