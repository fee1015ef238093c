"""A world that is swept every five minutes, with CloudWatch watching."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

import pytest
from botocore.awsrequest import AWSResponse

from privatelink.errors import PrivateLinkError
from privatelink.event_names import CONVERGENCE
from tests.integration.alarms.cloudwatch import CloudWatch
from tests.integration.functions.harness import clear_caches, http_response
from tests.integration.functions.world import EVENTS, World
from tests.integration.privatelink_model.parties import Clock

ACCEPT: Final = "AcceptEndpointConnections"
AUTHORIZE: Final = "AuthorizeSecurityGroupIngress"
PUBLISH: Final = "PublishEndpointAddresses"
INTERVAL: Final = timedelta(minutes=5)


@dataclass
class Watched:
    """A world, and the alarms of its stack."""

    world: World
    clock: Clock
    capsys: pytest.CaptureFixture[str]
    cloudwatch: CloudWatch = field(default_factory=CloudWatch)
    seconds: float = 0.0

    def pass_by(self, time: timedelta = INTERVAL) -> None:
        """Let time pass, in which nothing is swept."""
        self.clock.advance(seconds=time.total_seconds())
        self.world.later(seconds=time.total_seconds())
        self.seconds += time.total_seconds()

    def sweep(self, times: int = 1, *, late: timedelta = timedelta(0)) -> None:
        """Have everything looked at, so many times, an interval after the other."""
        event = self.world.event(EVENTS / "accept_endpoint_connections" / "scheduled_sweep.json")
        for _ in range(times):
            self.pass_by()
            requested = self.world.now() - late
            self.invoke(ACCEPT, self.world.accept, event | {"time": requested.isoformat()})
            requests = [
                {"detail-type": CONVERGENCE, "detail": detail}
                for detail in self.world.published_events(CONVERGENCE)
            ]
            if requests:
                self.invoke(AUTHORIZE, self.world.authorize, *requests)
                self.invoke(PUBLISH, self.world.publish, *requests)

    def invoke(self, function: str, handle: Callable[..., object], *bodies: object) -> None:
        """Have a function handle messages, whatever comes of it."""
        self.capsys.readouterr()
        try:
            handle(*bodies)
        except PrivateLinkError:
            pass
        finally:
            self.cloudwatch.take(self.capsys.readouterr().out, function, self.seconds)

    def is_on(self, alarm: str) -> bool:
        """Whether an alarm is on now."""
        return self.cloudwatch.is_on(alarm, self.seconds)

    @contextmanager
    def broken(self, operation: str, code: str = "InternalError") -> Iterator[None]:
        """Have every call of an operation fail."""

        def fail(**_: object) -> tuple[AWSResponse, dict[str, Any]]:
            return http_response(500, b"", {}), {
                "Error": {"Code": code, "Message": "broken by the test"},
                "ResponseMetadata": {"HTTPStatusCode": 500},
            }

        events: Any = self.world.session.events  # the stubs know no handlers that return
        events.register(f"before-call.{operation}", fail)
        clear_caches()  # clients know what was registered before they were made
        try:
            yield
        finally:
            events.unregister(f"before-call.{operation}", fail)
            clear_caches()
