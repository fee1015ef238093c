"""Lambda functions: their execution environments, what their invocations cost, and retries."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from math import ceil
from typing import Any, Final

from benchmarks.simulation import latencies
from benchmarks.simulation.clock import VirtualClock
from benchmarks.simulation.invocations import INVOCATION, Environment, Invocation, TimedOutError

type Event = Mapping[str, Any]
type Handler = Callable[[Event], Any]

ASYNCHRONOUS_RETRIES: Final = (60.0, 120.0)
"""After how many seconds Lambda invokes again what has failed: one minute, then two (Lambda
Developer Guide, "How Lambda handles errors and retries with asynchronous invocation")."""


class FailedError(Exception):
    """The function has raised an error, or has been ended."""


@dataclass
class Usage:
    """What has been used of a function."""

    invocations: int = 0
    cold_starts: int = 0
    timeouts: int = 0
    gb_seconds: float = 0.0
    longest: float = 0.0


@dataclass
class LambdaFunction:
    """A function; INIT is billed like the rest."""

    name: str
    clock: VirtualClock
    handler: Handler
    timeout: float
    memory_mib: int = 512
    usage: Usage = field(default_factory=Usage)
    errors: list[BaseException] = field(default_factory=list)
    """What the handler has raised."""
    awaited: int = 0
    """How many asynchronous invocations are not done with."""
    _idle: list[Environment] = field(default_factory=list)

    def invoke(self, event: Event) -> Any:  # noqa: ANN401 - whatever the handler returns
        """Run the handler, and return its answer, or raise FailedError."""
        begun = self.clock.monotonic()
        self.usage.invocations += 1
        environment = self._environment()
        started = self.clock.monotonic()
        token = INVOCATION.set(
            Invocation(self.name, self.clock, environment, started + self.timeout)
        )
        try:
            self.clock.sleep(latencies.INVOCATION)
            answer = self.handler(event)
        except (Exception, TimedOutError) as error:
            self.errors.append(error)
            if isinstance(error, TimedOutError):
                self.usage.timeouts += 1
            else:
                self._keep(environment)
            raise FailedError from error
        else:
            self._keep(environment)
            return answer
        finally:
            INVOCATION.reset(token)
            self._bill(begun, started)

    def invoke_asynchronously(
        self, event: Event, retries: Iterable[float] = ASYNCHRONOUS_RETRIES, after: float = 0.0
    ) -> None:
        """Have the function invoked, and invoked again as often as Lambda does if it fails."""

        def attempt() -> None:
            for delay in chain(retries, [None]):
                try:
                    self.invoke(event)
                except FailedError:
                    if delay is not None:
                        self.clock.sleep(delay)
                else:
                    break
            self.awaited -= 1

        self.awaited += 1
        self.clock.spawn(attempt, after=after)

    def used_since(self, seconds: float) -> int:
        """Return how many execution environments were left since so many seconds of the clock."""
        return sum(each.warm_until >= seconds + latencies.KEPT_WARM for each in self._idle)

    def cool_down(self) -> None:
        """Drop the execution environments that nobody is in."""
        self._idle.clear()

    def _environment(self) -> Environment:
        now = self.clock.monotonic()
        self._idle = [each for each in self._idle if each.warm_until >= now]
        if self._idle:
            return self._idle.pop()
        self.usage.cold_starts += 1
        self.clock.sleep(latencies.COLD_START)
        return Environment()

    def _keep(self, environment: Environment) -> None:
        environment.warm_until = self.clock.monotonic() + latencies.KEPT_WARM
        self._idle.append(environment)

    def _bill(self, begun: float, started: float) -> None:
        now = self.clock.monotonic()
        milliseconds = ceil(round((now - begun) * 1000, 6))
        self.usage.gb_seconds += milliseconds / 1000 * self.memory_mib / 1024
        self.usage.longest = max(self.usage.longest, now - started)
