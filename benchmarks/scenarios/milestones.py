"""When each endpoint was asked for, accepted, available and published, in seconds of the clock."""

from dataclasses import dataclass, field

from benchmarks.scenarios.contenders import Stage
from benchmarks.simulation.estate import Consumer
from sandbox.accounts import PROVIDER
from sandbox.in_process.wire import Call


@dataclass
class Milestones:
    """What is seen of the calls that AWS takes."""

    stage: Stage
    requested: dict[str, float] = field(default_factory=dict)
    accepted: dict[str, float] = field(default_factory=dict)
    published: dict[str, list[float]] = field(default_factory=dict)
    """When a consumer's address was put, by account."""
    _owners: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.stage.world.cloud.watchers.append(self._see)

    def request(self, consumer: Consumer) -> None:
        """Have a consumer ask for an endpoint."""
        estate, clock = self.stage.estate, self.stage.world.clock
        vpc_endpoint_id = estate.request(consumer, estate.services[0])
        self.requested[vpc_endpoint_id] = clock.monotonic()
        self._owners[vpc_endpoint_id] = consumer.account_id

    @property
    def all_accepted(self) -> float:
        """When the last one was accepted."""
        return max(self.accepted.values())

    @property
    def all_published(self) -> float:
        """When all were available, and their addresses stood where they do in the end."""
        return max(
            *(self.available(each) for each in self.requested),
            *(times[-1] for times in self.published.values()),
        )

    @property
    def is_complete(self) -> bool:
        """Whether every endpoint is available by now, and every consumer has an address."""
        accounts = set(self._owners.values())
        now = self.stage.world.clock.monotonic()
        return (
            len(self.accepted) == len(self.requested)
            and accounts <= self.published.keys()
            and all(self.available(each) <= now for each in self.requested)
        )

    def pending(self, vpc_endpoint_id: str) -> float:
        """Return how long AWS takes for an endpoint."""
        pending = self.stage.world.model.pending_of
        return pending(vpc_endpoint_id) if pending else 0.0

    def available(self, vpc_endpoint_id: str) -> float:
        """Return when an accepted endpoint is available."""
        return self.accepted[vpc_endpoint_id] + self.pending(vpc_endpoint_id)

    def seconds_to_ready(self, vpc_endpoint_id: str) -> float:
        """Return from when on the consumer can look its endpoint up, beyond what AWS took."""
        put = self.published[self._owners[vpc_endpoint_id]][0]
        ready = max(self.available(vpc_endpoint_id), put)
        return ready - self.requested[vpc_endpoint_id] - self.pending(vpc_endpoint_id)

    def _see(self, call: Call) -> None:
        now = self.stage.world.clock.monotonic()
        if call.operation == "AcceptVpcEndpointConnections":
            for vpc_endpoint_id in call.params["VpcEndpointIds"]:
                self.accepted.setdefault(vpc_endpoint_id, now)
        elif _puts_the_address(call):
            self.published.setdefault(call.account_id, []).append(now)


def _puts_the_address(call: Call) -> bool:
    if call.operation != "PutParameter" or call.account_id == PROVIDER:
        return False
    name = call.params["Name"]
    return name.endswith("/ip") and "/az/" not in name


def run_until_quiet(milestones: Milestones, most: float) -> None:
    """Let time pass until all is done; TimeoutError if it is not after so many seconds."""
    clock, contender = milestones.stage.world.clock, milestones.stage.contender
    until = clock.monotonic() + most
    while not (milestones.is_complete and contender.is_quiet):
        if clock.monotonic() > until:
            raise TimeoutError(most)
        clock.run(until=clock.monotonic() + 1.0)
