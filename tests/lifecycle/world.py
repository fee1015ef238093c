"""A world of random life: provider, consumers, functions, faults, and whoever watches them."""

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import pytest
from moto import mock_aws

from privatelink.gateways import clients
from privatelink.telemetry import logger, metrics
from sandbox.in_process import quick
from sandbox.in_process.clients import CLIENTS
from sandbox.privatelink import PrivateLink
from tests.integration.privatelink_model.parties import Clock
from tests.lifecycle.appconfig import AppConfig
from tests.lifecycle.bus import ACCEPT, FUNCTIONS, RELAY, Bus, example
from tests.lifecycle.cloud import Cloud
from tests.lifecycle.estate import ENVIRONMENT, build_ledger, build_services, first_draft
from tests.lifecycle.faults import Faults
from tests.lifecycle.lambdas import Lambdas
from tests.lifecycle.listing import Draft
from tests.lifecycle.sites import Site, new_sites
from tests.lifecycle.views import resolve
from tests.lifecycle.watch import Watch

PENDING_SECONDS: Final = 3.0


@dataclass
class World:
    """Everything that a test of the lifecycle acts on and looks at."""

    clock: Clock
    model: PrivateLink
    counts: Counter[str]
    faults: Faults = field(init=False)
    appconfig: AppConfig = field(init=False)
    bus: Bus = field(init=False)
    watch: Watch = field(init=False)
    cloud: Cloud = field(init=False)
    lambdas: Lambdas = field(init=False)
    draft: Draft = field(init=False)
    aliases: dict[str, str] = field(init=False)
    """The alias that each service began with, by service id."""
    sites: tuple[Site, ...] = field(default_factory=new_sites)

    def __post_init__(self) -> None:
        self.faults = Faults(self.clock, self.counts)
        self.appconfig = AppConfig(self.clock)
        self.bus = Bus(self.clock)
        self.watch = Watch(self.clock, self.faults, self.appconfig, self.bus)
        self.cloud = Cloud(self.clock, self.faults, self.appconfig, self.bus, self.watch)
        self.lambdas = Lambdas(self.bus, self.clock, self.watch, {"resolve": resolve})
        self.model.notify = lambda *notice: self.bus.send(RELAY, notice[-1])
        self.aliases = build_services()
        self.watch.aliases = self.aliases
        build_ledger()
        # Who may create endpoints to begin with has been said by people.
        self.watch.by_hand.believe_the_record()
        self.draft = first_draft(self.aliases)
        self.appconfig.deploy(self.draft)

    @property
    def service_ids(self) -> Sequence[str]:
        """The provider's endpoint services."""
        return list(self.aliases)

    def sweep(self) -> None:
        """Have the schedule ask for a sweep."""
        self.bus.put(example(ACCEPT, "scheduled_sweep"))

    def deploy(self, text: str | None = None) -> None:
        """Deploy the draft, or a text in its place, and have AppConfig say so."""
        self.appconfig.deploy(self.draft, text)
        self.bus.put(example(ACCEPT, "allowlist_deployed"))

    def settle(self) -> None:
        """Deliver everything, letting time pass for what is delayed."""
        for _ in range(200):
            if not sum(map(self.lambdas.deliver, FUNCTIONS)):
                waits_until = self.bus.next_visible
                if waits_until is None:
                    return
                self.clock.now = max(self.clock.now, waits_until)
        raise AssertionError("the functions do not come to rest")

    def drop_messages(self) -> None:
        """Lose everything that waits."""
        for queue in self.bus.queues.values():
            queue.clear()


@contextmanager
def new_world(counts: Counter[str]) -> Iterator[World]:
    """Make a world in place of AWS, and unmake it."""
    clock = Clock(datetime.fromisoformat("2026-11-22T09:00:00+00:00"))
    model = PrivateLink(clock=clock, pending_seconds=PENDING_SECONDS)
    with (
        pytest.MonkeyPatch.context() as patch,
        model.install(),
        mock_aws(),
        quick.apply(*quick.QUICK, *quick.repeatable()),
    ):
        for name, value in ENVIRONMENT.items():
            patch.setenv(name, value)
        patch.setattr(clients, "session", lambda: CLIENTS)
        patch.setattr(metrics.provider, "add_metric", _say_nothing)
        patch.setattr(metrics.provider, "flush_metrics", _say_nothing)
        patch.setattr(logger, "_logger", _silent())
        world = World(clock, model, counts)
        world.lambdas.cool_down()
        CLIENTS.wire.listener = world.cloud
        try:
            yield world
        finally:
            CLIENTS.wire.listener = None
            world.lambdas.cool_down()


def _say_nothing(**_: object) -> None:
    pass


def _silent() -> logging.Logger:
    silent = logging.getLogger("lifecycle")
    silent.disabled = True
    return silent
