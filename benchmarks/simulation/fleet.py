"""The stack at work: its functions with their queues and bus, in modelled time.

The functions are run through their handlers, as they are deployed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from types import ModuleType
from typing import Any, Final

from accept_endpoint_connections import app as accept_app
from authorize_security_group_ingress import app as ingress_app
from benchmarks.simulation import template
from benchmarks.simulation.adapting import adapt
from benchmarks.simulation.bus import Bus
from benchmarks.simulation.functions import Event, LambdaFunction
from benchmarks.simulation.invocations import keep
from benchmarks.simulation.queues import Queue
from benchmarks.simulation.topic import Topic
from benchmarks.simulation.world import World
from privatelink.event_names import EVENT_SOURCE, SWEEP
from publish_endpoint_addresses import app as publish_app
from relay_connection_notifications import app as relay_app
from sandbox.in_process.invoking import Context
from sandbox.in_process.quick import apply
from sandbox.in_process.wire import Answer
from sandbox.privatelink.patches import Patch

RELAY: Final = "relay_connection_notifications"
ACCEPT: Final = "accept_endpoint_connections"
INGRESS: Final = "authorize_security_group_ingress"
PUBLISH: Final = "publish_endpoint_addresses"

_APPS: Final[Mapping[str, ModuleType]] = {
    RELAY: relay_app,
    ACCEPT: accept_app,
    INGRESS: ingress_app,
    PUBLISH: publish_app,
}


@dataclass
class Fleet:
    """The stack's functions in a world; `document` is its allowlist."""

    world: World
    document: str
    seed: int = 0
    functions: Mapping[str, LambdaFunction] = field(init=False)
    queues: Mapping[str, Queue] = field(init=False)
    bus: Bus = field(init=False)
    topic: Topic = field(init=False)

    def __post_init__(self) -> None:
        clock, cloud = self.world.clock, self.world.cloud
        self.functions = {package: self._function(package) for package in _APPS}
        self.queues = {
            settings.logical_id: Queue(clock, settings, self.functions[package])
            for package in _APPS
            if (settings := template.function(package).queue)
        }
        self.bus = Bus(clock, self.queues)
        random = Random(f"{self.seed} notifications")  # noqa: S311 - nothing is kept secret by it
        self.topic = Topic(clock, self.functions[RELAY], random)
        self.world.model.notify = self.topic.publish
        cloud.document = self.document
        cloud.stand_ins |= {
            "PutEvents": self.bus.answer_put_events,
            "SendMessage": self._answer_send_message,
        }

    @property
    def is_quiet(self) -> bool:
        """Whether nothing is under way, and nothing is to come but sweeps."""
        return (
            not self.bus.under_way
            and not self.functions[RELAY].awaited
            and all(queue.is_empty for queue in self.queues.values())
        )

    def sweep(self) -> None:
        """Have everything looked at."""
        self.bus.put(EVENT_SOURCE, SWEEP, {})

    def sweep_regularly(self, first: float) -> None:
        """Have everything looked at after so many seconds, and then as template.yaml says."""

        def sweep() -> None:
            self.sweep()
            self.world.clock.call_after(template.sweep_interval(), sweep)

        self.world.clock.call_after(first, sweep)

    def settle(self, most: float = 3600.0) -> None:
        """Let time pass until all is quiet; TimeoutError if it is not after so many seconds."""
        clock = self.world.clock
        until = clock.monotonic() + most
        while not self.is_quiet:
            if clock.monotonic() > until:
                raise TimeoutError(most)
            clock.run(until=clock.monotonic() + 1.0)

    def cool_down(self) -> None:
        """Drop all execution environments."""
        for function in self.functions.values():
            function.cool_down()

    @property
    def gb_seconds(self) -> float:
        """What all functions have been billed for."""
        return sum(function.usage.gb_seconds for function in self.functions.values())

    def _function(self, package: str) -> LambdaFunction:
        app, settings, clock = _APPS[package], template.function(package), self.world.clock

        def handle(event: Event) -> Any:  # noqa: ANN401 - whatever the handler returns
            return app.lambda_handler(event, Context())

        return LambdaFunction(package, clock, handle, settings.timeout, settings.memory_mib)

    def _answer_send_message(self, params: Mapping[str, Any]) -> Answer:
        """Take a follow-up: only AcceptEndpointConnections sends any, to its own queue."""
        settings = template.function(ACCEPT).queue
        assert settings is not None  # noqa: S101 - it is read from a queue
        self.queues[settings.logical_id].send(params["MessageBody"], params.get("DelaySeconds", 0))
        return {"MessageId": "m", "MD5OfMessageBody": ""}


def use_cases(world: World) -> Any:  # noqa: ANN401 - a stack that is closed
    """Have each execution environment build its own use case; close what is returned in the end."""
    return apply(*(_own_use_case(app, world) for app in _APPS.values()))


def _own_use_case(app: ModuleType, world: World) -> Patch:
    build = app.use_case.__wrapped__

    def make() -> object:
        use_case = build()
        adapt(use_case, world.clock)
        return use_case

    return Patch(app, "use_case", lambda: keep(app, make), "environments would share it")
