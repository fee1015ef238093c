"""A working day of a stack, as CloudWatch sees it: what the dashboard shows of it.

Sixteen consumers ask for endpoints, and two whom nobody expects. Somebody revokes rules and deletes
parameters; a service accepts everybody for a while; AWS takes its time with an endpoint; and a
consumer is taken off the allowlist.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any, Final

from benchmarks.scenarios.contenders import pending_of
from benchmarks.simulation import template
from benchmarks.simulation.estate import Consumer, Estate, build
from benchmarks.simulation.fleet import Fleet, use_cases
from benchmarks.simulation.world import World, new_world
from sandbox.accounts import PROVIDER, REGION
from sandbox.privatelink.clients import in_process_client

HOURS: Final = 8
PERIOD: Final = 300
"""Seconds that a point of the dashboard is about."""

_LISTED: Final = 16
_STRANGERS: Final = 2
_HOUR: Final = 3600.0
_SLOW: Final = 900.0
"""Seconds that AWS takes for the endpoint that it takes its time with."""
_DEAD_LETTERS: Final = "DeadLetters"

type Series = Mapping[str, Sequence[tuple[float, float]]]
"""Points in time, in seconds, and values of each metric: `namespace metric resource`."""


@dataclass
class Day:
    """A day under way."""

    world: World
    estate: Estate
    fleet: Fleet
    random: Random
    series: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    _used: dict[str, float] = field(default_factory=dict)

    def at(self, hour: float, act: Callable[[], object]) -> None:
        """Have something happen at an hour."""
        self.world.clock.call_after(hour * _HOUR, act)

    def list_consumers(self, *, but: Sequence[Consumer] = ()) -> None:
        """Have the allowlist name all consumers but strangers and some others."""
        listed = {each.account_id for each in self.estate.consumers[:_LISTED] if each not in but}
        document = json.loads(self.estate.allowlist)
        for service in document["services"].values():
            service["consumers"] = [
                each for each in service["consumers"] if each["account_id"] in listed
            ]
        self.world.cloud.document = json.dumps(document)

    def request(self, consumer: Consumer) -> None:
        """Have a consumer ask for an endpoint."""
        self.estate.request(consumer, self.estate.services[0])

    def request_slowly(self, consumer: Consumer) -> None:
        """Have a consumer ask for an endpoint that AWS takes its time with."""
        usual = self.world.model.pending_of
        slow = self.estate.request(consumer, self.estate.services[0])
        self.world.model.pending_of = lambda each: _SLOW if each == slow else usual(each)  # type: ignore[misc]

    def spoil(self, consumer: Consumer) -> None:
        """Revoke the rules of a consumer's group, and delete its parameters, as a person does."""
        ec2 = in_process_client("ec2", consumer.account_id, consumer.region)
        rules = ec2.describe_security_group_rules(
            Filters=[{"Name": "group-id", "Values": [consumer.group_id]}]
        )["SecurityGroupRules"]
        inbound = [each["SecurityGroupRuleId"] for each in rules if not each["IsEgress"]]
        ec2.revoke_security_group_ingress(GroupId=consumer.group_id, SecurityGroupRuleIds=inbound)
        ssm = in_process_client("ssm", consumer.account_id, consumer.region)
        found = ssm.get_parameters_by_path(Path="/privatelink", Recursive=True)["Parameters"]
        ssm.delete_parameters(Names=[each["Name"] for each in found])

    def require_acceptance(self, *, required: bool) -> None:
        """Switch the service's acceptance on or off."""
        in_process_client("ec2", PROVIDER, REGION).modify_vpc_endpoint_service_configuration(
            ServiceId=self.estate.services[0].service_id, AcceptanceRequired=required
        )

    def sample(self) -> None:
        """Take what SQS and Lambda tell, and do so again after a period."""
        for logical_id, queue in self.fleet.queues.items():
            dead = logical_id.removesuffix("Queue") + _DEAD_LETTERS
            self._put(f"AWS/SQS ApproximateAgeOfOldestMessage {logical_id}", queue.oldest_age)
            self._put(f"AWS/SQS ApproximateNumberOfMessagesVisible {dead}", len(queue.dead))
        for package, function in self.fleet.functions.items():
            name = "".join(word.title() for word in package.split("_"))
            used = function.usage.gb_seconds - self._used.get(package, 0.0)
            self._used[package] = function.usage.gb_seconds
            milliseconds = used * 1024 / function.memory_mib * 1000
            self._put(f"AWS/Lambda Duration {name}", milliseconds)
        self.world.clock.call_after(PERIOD, self.sample)

    def _put(self, key: str, value: float) -> None:
        self.series.setdefault(key, []).append((self.world.clock.monotonic(), value))

    def collected(self) -> Series:
        """Return everything that was told."""
        for told in self.world.told:
            name = told.function.replace("_", "-")
            self.series.setdefault(f"PrivateLinkAutopilot {told.name} {name}", []).append(
                (told.seconds, told.value)
            )
        return {key: tuple(points) for key, points in sorted(self.series.items())}


def day(hours: float = HOURS, seed: int = 0) -> Series:
    """Let a day pass, and return what CloudWatch has got of it."""
    random: Any = Random(f"{seed} day")  # noqa: S311 - nothing is kept secret by it
    with new_world(seed) as world:
        world.model.pending_of = pending_of(seed)
        estate = build(consumers=_LISTED + _STRANGERS)
        with use_cases(world):
            fleet = Fleet(world, estate.allowlist, seed)
            today = Day(world, estate, fleet, random)
            today.list_consumers()
            _plan(today)
            fleet.sweep_regularly(first=template.sweep_interval() / 2)
            today.sample()
            world.clock.run(until=world.clock.monotonic() + hours * _HOUR)
            return today.collected()


def _plan(today: Day) -> None:
    listed, strangers = today.estate.consumers[:_LISTED], today.estate.consumers[_LISTED:]
    for consumer in listed:
        today.at(today.random.uniform(0.1, 7.5), partial(today.request, consumer))
    for consumer in strangers:
        today.at(today.random.uniform(1.0, 5.0), partial(today.request, consumer))
    first, second = listed[:2]
    today.at(0.05, partial(today.request, first))
    today.at(2.5, partial(today.spoil, first))
    today.at(3.5, partial(today.require_acceptance, required=False))
    today.at(4.25, partial(today.require_acceptance, required=True))
    today.at(5.25, partial(today.request_slowly, listed[2]))
    today.at(6.5, partial(today.list_consumers, but=[second]))
