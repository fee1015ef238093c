from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest

from privatelink.errors import ThrottledError
from privatelink.gateways.readings import Readings
from privatelink.hints import TO_COME

BEGIN = datetime(2026, 11, 22, 12, tzinfo=UTC)


@dataclass
class World:
    """A clock, and something that changes each time it is read."""

    now: datetime = BEGIN
    reads: list[datetime] = field(default_factory=list)
    readings: Readings = field(init=False)

    def __post_init__(self) -> None:
        self.readings = Readings(clock=lambda: self.now)

    def at(self, seconds: float) -> datetime:
        self.now = BEGIN + timedelta(seconds=seconds)
        return self.now

    def read(self) -> int:
        self.reads.append(self.now)
        return len(self.reads)

    def keep(self, key: str = "web") -> int:
        return self.readings.keep(key, self.read)


def test_what_was_read_since_a_request_is_not_read_again() -> None:
    world = World()
    requested = world.at(0)
    for seconds in (1, 20, 300):
        world.at(seconds)
        world.readings.since(requested)
        assert world.keep() == 1


def test_what_was_read_before_a_request_is_read_anew() -> None:
    world = World()
    world.readings.since(world.at(0))
    world.at(1)
    assert world.keep() == 1
    world.readings.since(world.at(2))
    world.at(3)
    assert world.keep() == 2


def test_what_was_read_at_the_very_moment_of_a_request_is_read_anew() -> None:
    world = World()
    world.keep()
    world.readings.since(world.now)
    assert world.keep() == 2


def test_things_of_different_keys_are_different() -> None:
    world = World()
    assert (world.keep("web"), world.keep("db"), world.keep("web")) == (1, 2, 1)


@pytest.mark.parametrize("requested", [TO_COME, BEGIN + timedelta(days=400)])
def test_a_request_of_the_future_counts_as_made_now(requested: datetime) -> None:
    world = World()
    world.at(1)
    world.keep()
    world.at(2)
    world.readings.since(requested)
    world.at(3)
    assert (world.keep(), world.keep()) == (2, 2)
    # What has been read since is good for a request that was made in between.
    world.readings.since(BEGIN + timedelta(seconds=2))
    assert world.keep() == 2


@pytest.mark.parametrize("requested", [BEGIN, datetime.min.replace(tzinfo=UTC)])
def test_nothing_older_than_ten_minutes_is_used_whatever_a_request_says(
    requested: datetime,
) -> None:
    world = World()
    world.at(1)
    world.keep()
    world.at(600)
    world.readings.since(requested)
    assert world.keep() == 1
    world.at(602)
    world.readings.since(requested)
    assert world.keep() == 2


def test_that_there_is_nothing_is_known_too() -> None:
    asked: list[None] = []
    readings = Readings()
    assert [readings.keep("web", lambda: asked.append(None)) for _ in range(3)] == [None] * 3
    assert len(asked) == 1


def throttled() -> int:
    raise ThrottledError("DescribeListeners", "Throttling", "slower")


def test_what_cannot_be_read_is_tried_again() -> None:
    world = World()
    with pytest.raises(ThrottledError):
        world.readings.keep("web", throttled)
    assert world.keep() == 1


def in_eight_threads[Result](call: Callable[[], Result]) -> list[Result]:
    together = Barrier(8)

    def wait_and_call() -> Result:
        together.wait()
        return call()

    with ThreadPoolExecutor(8) as pool:
        return [each.result() for each in [pool.submit(wait_and_call) for _ in range(8)]]


def test_threads_that_ask_at_the_same_time_share_one_reading() -> None:
    world = World()
    assert in_eight_threads(world.keep) == [1] * 8


def test_threads_that_wait_for_a_reading_hear_of_its_failure() -> None:
    world, begun = World(), Barrier(2)

    def fail() -> int:
        begun.wait()
        begun.wait()
        return throttled()

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(world.readings.keep, "web", fail)
        begun.wait()
        second = pool.submit(world.readings.keep, "web", world.read)
        begun.wait()
        assert isinstance(first.exception(), ThrottledError)
        # It has asked meanwhile, or afterwards.
        assert second.exception() in {None, first.exception()}
    assert world.keep() == 1


def test_a_failure_takes_away_no_reading_that_was_begun_since() -> None:
    world = World()

    def fail_late() -> int:
        world.readings.since(world.at(5))
        world.at(6)
        assert world.keep() == 1
        return throttled()

    with pytest.raises(ThrottledError):
        world.readings.keep("web", fail_late)
    assert world.keep() == 1
