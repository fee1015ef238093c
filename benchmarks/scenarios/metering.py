"""Meters what AWS charges for, and how much of its time a function takes.

Modelled time is mostly waiting for answers. What the processor works is measured in real processes
(`replays`), and added at the share of a processor that Lambda gives a function of its memory.
"""

from collections.abc import Mapping
from math import ceil
from typing import Final

from benchmarks.cold_start.needs import Needs
from benchmarks.cost import Usage
from benchmarks.scenarios.steady import Steady
from benchmarks.simulation import functions

_MESSAGES_A_REQUEST: Final = 10
"""SQS hands over, and deletes, so many messages in one request."""
_PLATFORM_LOG_BYTES: Final = 340
"""START, END and REPORT, which Lambda itself logs of each invocation."""
_WHOLE_PROCESSOR_MIB: Final = 1769
"""With so much memory a function has a processor of its own, and with less a share of one (Lambda
Developer Guide, "Configure Lambda function memory")."""


def logged_bytes(invocations: int, log_bytes: int = 0) -> int:
    """Return how much is logged by invocations that write so much each."""
    return invocations * (log_bytes + _PLATFORM_LOG_BYTES)


class Meter:
    """Meters a stack from now on, until it is stopped."""

    def __init__(self, stack: Steady) -> None:
        self._fleet = stack.fleet
        self._functions = stack.fleet.functions
        for function in self._functions.values():
            function.usage = functions.Usage()
        self._before = self._counts()
        self._begun = stack.world.clock.monotonic()

    def stop(self) -> None:
        """Read off what has been used."""
        self._events, self._sent = (
            now - before for now, before in zip(self._counts(), self._before, strict=True)
        )
        self._environments = sum(
            function.used_since(self._begun) for function in self._functions.values()
        )
        self._used = {name: function.usage for name, function in self._functions.items()}
        for function in self._functions.values():
            function.usage = functions.Usage()

    def _counts(self) -> tuple[int, int]:
        """Return how many events there were so far, and how many messages in queues."""
        sent = sum(queue.sent for queue in self._fleet.queues.values())
        return self._fleet.bus.events.total(), sent

    def usage(self, calls: Mapping[tuple[str, str, str], int], needs: Mapping[str, Needs]) -> Usage:
        """Return what AWS charges for, if these were the calls, and functions need so much."""
        return Usage(
            invocations=sum(used.invocations for used in self._used.values()),
            gb_seconds=sum(
                used.gb_seconds
                + used.invocations * self._gb_seconds(name, needs[name].again_seconds)
                for name, used in self._used.items()
                if used.invocations
            ),
            events=self._events,
            schedules=1,
            queue_requests=self._sent + 2 * ceil(self._sent / _MESSAGES_A_REQUEST),
            read_units=calls.get(("provider", "dynamodb", "Query"), 0),
            configuration_requests=sum(
                count for (_, service, _), count in calls.items() if service == "appconfigdata"
            ),
            logged_bytes=sum(
                logged_bytes(used.invocations, needs[name].log_bytes)
                for name, used in self._used.items()
                if used.invocations
            ),
            environments=self._environments,
        )

    def processor_seconds(self, needs: Mapping[str, Needs]) -> float:
        """Return how long processors work for all invocations, cold starts left out."""
        return sum(
            used.invocations * needs[name].processor_seconds
            for name, used in self._used.items()
            if used.invocations
        )

    def longest_share_of_timeout(self, needs: Mapping[str, Needs]) -> float:
        """Return how much of its time the longest invocation takes, if it is a cold start's."""
        return max(
            (self._used[name].longest + self._working(name, each.first_seconds))
            / self._functions[name].timeout
            for name, each in needs.items()
        )

    def _gb_seconds(self, name: str, seconds: float) -> float:
        return self._working(name, seconds) * self._functions[name].memory_mib / 1024

    def _working(self, name: str, seconds: float) -> float:
        """Return how long a function works for what takes a whole processor so many seconds."""
        return seconds * max(_WHOLE_PROCESSOR_MIB / self._functions[name].memory_mib, 1.0)
