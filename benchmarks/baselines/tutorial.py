"""What everybody writes first: each notification invokes a function, which does it all.

Per event: describe the connection, accept it, authorize the source, put the address. botocore
retries each call, and Lambda the whole function.

In its favour: EC2 answers the filter `vpc-endpoint-id`, which it is reported to refuse; Lambda goes
on retrying where it would have given up after the second time; and what is retried is spread over
time, and does not come back all at once.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import cycle
from random import Random
from typing import Final

from moto.core.responses import ActionResult
from moto.ec2.responses import EC2Response

from benchmarks.baselines.steps import accept, client, open_and_publish
from benchmarks.simulation.functions import ASYNCHRONOUS_RETRIES, Event, LambdaFunction
from benchmarks.simulation.topic import Topic
from benchmarks.simulation.world import World
from sandbox.privatelink import endpoint_connections
from sandbox.privatelink.listing import FIVE_TO_A_THOUSAND, paged
from sandbox.privatelink.models import service_configurations
from sandbox.privatelink.patches import Patch

NOTIFIED_OF: Final = ("Connect",)
_TIMEOUT: Final = 60.0
_SPREAD: Final = (0.5, 1.5)
"""Lambda's minute and two minutes are taken between these times as long."""


def handle(event: Event) -> None:
    """Handle the notification of one new connection."""
    for record in event["Records"]:
        notice = json.loads(record["Sns"]["Message"])
        (connection,) = client("ec2").describe_vpc_endpoint_connections(
            Filters=[{"Name": "vpc-endpoint-id", "Values": [notice["vpcEndpointId"]]}]
        )["VpcEndpointConnections"]
        if connection["VpcEndpointState"] == "pendingAcceptance":
            accept(connection["ServiceId"], connection["VpcEndpointId"])
        open_and_publish(
            connection["VpcEndpointOwner"],
            connection["VpcEndpointRegion"],
            connection["VpcEndpointId"],
        )


@dataclass
class Tutorial:
    """The function, subscribed to the topic."""

    world: World
    seed: int
    function: LambdaFunction = field(init=False)

    def __post_init__(self) -> None:
        clock = self.world.clock
        self.function = LambdaFunction("tutorial", clock, handle, _TIMEOUT)
        random = Random(f"{self.seed} notifications")  # noqa: S311 - nothing is kept secret by it
        retries = partial(_retries, Random(f"{self.seed} retries"))  # noqa: S311 - as above
        self.world.model.notify = Topic(clock, self.function, random, retries).publish

    @property
    def is_quiet(self) -> bool:
        """Whether no invocation is under way or to come."""
        return not self.function.awaited

    @property
    def functions(self) -> Iterable[LambdaFunction]:
        """The one function."""
        return (self.function,)


def _retries(random: Random) -> Iterator[float]:
    for delay in cycle(ASYNCHRONOUS_RETRIES):
        yield delay * random.uniform(*_SPREAD)


def _describe(request: EC2Response) -> ActionResult:
    """Answer the filter by the id of an endpoint, too."""
    filters = request.params.get("Filters", [])
    ids = [value for f in filters if f["Name"] == "vpc-endpoint-id" for value in f["Values"]]
    if not ids:
        return endpoint_connections.describe_vpc_endpoint_connections(request)
    rows = [
        endpoint_connections.row_of(service.endpoints[each])
        for service in service_configurations(request.ec2_backend)
        for each in ids
        if each in service.endpoints
    ]
    return paged(request, rows, FIVE_TO_A_THOUSAND, key="VpcEndpointConnections")


ANSWERS_BY_ID: Final = Patch(
    EC2Response,
    "describe_vpc_endpoint_connections",
    _describe,
    "the tutorial is given the benefit of the doubt",
)
