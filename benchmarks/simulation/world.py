"""AWS in this process and in modelled time, as functions meet it.

with new_world(seed=1) as world:
    estate = build(consumers=10)
    …
    world.clock.run(until=60)
"""

import logging
import os
import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from types import SimpleNamespace
from typing import Any, Final, NamedTuple
from unittest.mock import patch

import boto3
import botocore.endpoint
from botocore.retries import quota
from moto import mock_aws

from benchmarks.simulation.clock import VirtualClock
from benchmarks.simulation.cloud import Cloud
from benchmarks.simulation.estate import TOPIC
from benchmarks.simulation.futures import VirtualFuture
from benchmarks.simulation.invocations import INVOCATION, keep, sleep
from privatelink.gateways import clients, readings
from privatelink.telemetry import logger, metrics
from sandbox.accounts import PROVIDER, REGION, STACK_NAME
from sandbox.in_process import quick
from sandbox.in_process.clients import Clients
from sandbox.privatelink import PrivateLink
from sandbox.privatelink.patches import Patch

START: Final = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
ENVIRONMENT: Final = {
    "OWNER": f"{PROVIDER}/{REGION}/{STACK_NAME}",
    "ALLOWLIST_APPLICATION": "app",
    "ALLOWLIST_ENVIRONMENT": "live",
    "ALLOWLIST_PROFILE": "allowlist",
    "EVENT_BUS_NAME": "bus",
    "LEDGER_TABLE": "ledger",
    "FOLLOW_UP_QUEUE_URL": f"https://sqs.{REGION}.amazonaws.com/{PROVIDER}/follow-ups",
    "NOTIFICATION_TOPIC_ARN": TOPIC,
    "CONSUMER_ROLE_NAME": f"{STACK_NAME}-consumer",
    "CONSUMER_EXTERNAL_ID": "an-external-id-of-benchmarks",
    "PARAMETER_PREFIX": "/privatelink",
    "MODE": "enforce",
}
"""The variables that template.yaml gives the functions."""


class Told(NamedTuple):
    """What a function has told in a metric, and when, in seconds of the clock."""

    seconds: float
    function: str
    name: str
    value: float


@dataclass(frozen=True)
class World:
    """Everything that a scenario acts on."""

    clock: VirtualClock
    model: PrivateLink
    cloud: Cloud
    clients: Clients
    """Takes the place of botocore's and boto3's."""
    told: list[Told] = field(default_factory=list)
    """The metrics of all invocations."""


class EnvironmentQuota:
    """botocore's retry quota, which each client has: here one client serves all environments."""

    def acquire(self, amount: int) -> bool:
        """Take from the quota of the current execution environment."""
        return bool(self._current.acquire(amount))

    def release(self, amount: int) -> None:
        """Give back to it."""
        self._current.release(amount)

    @property
    def _current(self) -> Any:  # noqa: ANN401 - botocore has no types
        return keep(self, _QUOTA)


_QUOTA: Final = quota.RetryQuota


@contextmanager
def new_world(seed: int = 0) -> Iterator[World]:
    """Make a world in place of AWS, and unmake it."""
    clock, made = VirtualClock(START), Clients()
    world = World(clock, PrivateLink(clock=clock), Cloud(clock), made)
    made.wire.listener, made.wire.sender = world.cloud, world.cloud.send
    with ExitStack() as stack:
        stack.callback(random.setstate, random.getstate())
        random.seed(seed)
        stack.enter_context(patch.dict(os.environ, ENVIRONMENT))
        stack.enter_context(world.model.install())
        stack.enter_context(mock_aws())  # which drops boto3's session
        stack.enter_context(quick.apply(*quick.QUICK, *quick.repeatable(seed), *_patches(world)))
        # Last, so that what is under way ends while its world is still there.
        stack.enter_context(clock)
        yield world


def _patches(world: World) -> tuple[Patch, ...]:
    owners: tuple[Any, ...] = (metrics.provider, logger)  # any object has attributes
    provider, powertools_logger = owners
    future = partial(VirtualFuture, world.clock)
    return (
        Patch(clients, "session", lambda: world.clients, "clients of this process"),
        Patch(boto3, "DEFAULT_SESSION", world.clients, "the baselines' clients as well"),
        Patch(botocore.endpoint, "time", SimpleNamespace(sleep=sleep), "retries wait"),
        Patch(quota, "RetryQuota", EnvironmentQuota, "one client serves all environments"),
        Patch(readings, "Future", future, "it is waited for in modelled time"),
        Patch(provider, "add_metric", partial(_tell, world), "environments share the metrics"),
        Patch(provider, "flush_metrics", _say_nothing, "as above"),
        Patch(powertools_logger, "_logger", _silent(), "nobody reads the log"),
    )


def _tell(world: World, *, name: str, value: float, **_: object) -> None:
    function = INVOCATION.get().function
    world.told.append(Told(world.clock.monotonic(), function, name, value))


def _say_nothing(**_: object) -> None:
    pass


def _silent() -> logging.Logger:
    silent = logging.getLogger("benchmarks")
    silent.disabled = True
    return silent
