"""What the known operators do: look once a minute, and accept what waits one by one.

Each connection is then opened and published before the next one is looked at. What fails is left
for the next minute.

In its favour: a look that takes longer than a minute is not ended, and the next one comes at once
with the next minute.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from botocore.exceptions import ClientError

from benchmarks.baselines.steps import accept, client, open_and_publish
from benchmarks.simulation.functions import Event, FailedError, LambdaFunction
from benchmarks.simulation.invocations import keep
from benchmarks.simulation.world import World

DONE: Final = "done"
"""What an execution environment keeps the ids under of connections that are done with."""
INTERVAL: Final = 60.0
TIMEOUT: Final = 900.0


def handle(event: Event) -> None:
    """Look after all connections of a service."""
    done = keep(DONE, set[str])
    for connection in _connections(event["service_id"]):
        vpc_endpoint_id = connection["VpcEndpointId"]
        if vpc_endpoint_id in done:
            continue
        try:
            if connection["VpcEndpointState"] == "pendingAcceptance":
                accept(connection["ServiceId"], vpc_endpoint_id)
            open_and_publish(
                connection["VpcEndpointOwner"], connection["VpcEndpointRegion"], vpc_endpoint_id
            )
        except ClientError:
            continue
        done.add(vpc_endpoint_id)


def _connections(service_id: str) -> Iterator[Any]:
    pages = client("ec2").get_paginator("describe_vpc_endpoint_connections")
    for page in pages.paginate(Filters=[{"Name": "service-id", "Values": [service_id]}]):
        yield from page["VpcEndpointConnections"]


@dataclass
class Poller:
    """The function, invoked once a minute from `first` seconds on, and never twice at a time."""

    world: World
    service_id: str
    first: float
    function: LambdaFunction = field(init=False)
    is_quiet: bool = False
    """Whether the last look has found all done."""

    def __post_init__(self) -> None:
        self.function = LambdaFunction("poller", self.world.clock, handle, TIMEOUT)
        self.world.clock.spawn(self._look_again_and_again, after=self.first)

    @property
    def functions(self) -> Iterable[LambdaFunction]:
        """The one function."""
        return (self.function,)

    def _look_again_and_again(self) -> None:
        clock = self.world.clock
        while True:
            before = len(self.world.cloud.log)
            try:
                self.function.invoke({"service_id": self.service_id})
            except FailedError:
                before = 0
            self.is_quiet = len(self.world.cloud.log) - before == 1
            clock.sleep(INTERVAL - (clock.monotonic() - self.first) % INTERVAL)
