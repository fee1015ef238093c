from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privatelink.gateways.pace import Pace

_EPSILON = 1e-6


class Time:
    """Time that passes when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def paced(time: Time, rate: float = 0.5, burst: float = 5) -> Pace:
    return Pace(rate, burst, clock=time, sleep=time.sleep)


def test_a_burst_is_taken_at_once_and_then_so_many_a_second() -> None:
    time, at = Time(), list[float]()
    pace = paced(time)
    for _ in range(8):
        pace.take()
        at.append(time.now)
    assert at == pytest.approx([0, 0, 0, 0, 0, 2, 4, 6])


def test_twenty_calls_after_a_burst_take_thirty_seconds() -> None:
    time = Time()
    pace = paced(time)
    for _ in range(20):
        pace.take()
    assert time.now == pytest.approx(30)


def test_what_was_not_taken_comes_in_again_up_to_a_burst() -> None:
    time, at = Time(), list[float]()
    pace = paced(time)
    for _ in range(5):
        pace.take()
    time.now = 1000
    for _ in range(6):
        pace.take()
        at.append(time.now)
    assert at == pytest.approx([1000] * 5 + [1002])


@given(
    rate=st.floats(0.1, 20),
    burst=st.integers(1, 20),
    pauses=st.lists(st.floats(0, 30), max_size=40),
)
def test_no_stretch_of_time_has_more_calls_than_a_burst_and_what_comes_in(
    rate: float, burst: int, pauses: list[float]
) -> None:
    time, at = Time(), list[float]()
    pace = paced(time, rate, burst)
    for pause in pauses:
        time.now += pause
        pace.take()
        at.append(time.now)
    for first in range(len(at)):
        for last in range(first, len(at)):
            calls = last - first + 1
            assert calls <= burst + rate * (at[last] - at[first]) + _EPSILON


@given(rate=st.floats(0.1, 20), burst=st.integers(1, 20), calls=st.integers(1, 60))
def test_nobody_waits_longer_than_it_takes(rate: float, burst: int, calls: int) -> None:
    time = Time()
    pace = paced(time, rate, burst)
    for _ in range(calls):
        pace.take()
    assert time.now == pytest.approx(max(0, calls - burst) / rate)


def in_threads(calls: int, call: Callable[[], object]) -> None:
    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(call) for _ in range(calls)]:
            done.result()


def test_threads_that_take_at_the_same_time_each_wait_for_a_token_of_their_own() -> None:
    waits: list[float] = []
    pace = Pace(0.5, 5, clock=lambda: 0.0, sleep=waits.append)
    in_threads(40, pace.take)
    assert sorted(waits) == pytest.approx([2 * (number + 1) for number in range(35)])
