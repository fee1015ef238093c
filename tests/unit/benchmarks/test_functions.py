"""Lambda functions in modelled time."""

from benchmarks.simulation import latencies
from benchmarks.simulation.clock import VirtualClock
from benchmarks.simulation.functions import Event, LambdaFunction
from benchmarks.simulation.invocations import keep, sleep
from tests.unit.benchmarks.modelled import modelled_time


def taking(clock: VirtualClock, seconds: float, timeout: float = 10.0) -> LambdaFunction:
    def handle(event: Event) -> None:
        keep("begun", lambda: seen.append(event))
        sleep(seconds)
        if event.get("fails"):
            raise LookupError

    seen: list[Event] = []
    return LambdaFunction("function", clock, handle, timeout)


def test_environments_are_used_again_one_invocation_at_a_time() -> None:
    with modelled_time() as (clock, _):
        function = taking(clock, 1)
        for after in (0, 0, 5, 5, 5):
            function.invoke_asynchronously({}, after=after)
        clock.run()
    assert (function.usage.invocations, function.usage.cold_starts) == (5, 3)


def test_an_environment_is_gone_after_a_while() -> None:
    with modelled_time() as (clock, _):
        function = taking(clock, 1)
        for after in (0, 100, 102 + latencies.KEPT_WARM):
            function.invoke_asynchronously({}, after=after)
        clock.run()
    assert function.usage.cold_starts == 2


def test_an_invocation_that_takes_too_long_is_ended_and_its_environment_with_it() -> None:
    with modelled_time() as (clock, _):
        function = taking(clock, 11)
        function.invoke_asynchronously({}, retries=())
        clock.run()
    assert (function.usage.timeouts, round(function.usage.longest, 6)) == (1, 10)
    with modelled_time() as (clock, _):
        function = taking(clock, 11)
        function.invoke_asynchronously({}, retries=(60,))
        clock.run()
    assert function.usage.cold_starts == 2


def test_what_fails_is_invoked_again_after_one_and_two_minutes_and_then_no_more() -> None:
    with modelled_time() as (clock, _):
        function = taking(clock, 0)
        function.invoke_asynchronously({"fails": True})
        clock.run(until=60)
        assert (function.usage.invocations, function.awaited) == (1, 1)
        clock.run()
    assert (function.usage.invocations, function.awaited, len(function.errors)) == (3, 0, 3)
    assert round(clock.monotonic() - latencies.COLD_START) == 180


def test_time_is_billed_by_the_millisecond_and_init_with_it() -> None:
    with modelled_time() as (clock, _):
        function = taking(clock, 1.0005 - latencies.INVOCATION)
        function.invoke_asynchronously({})
        clock.run()
    assert round(function.usage.gb_seconds, 6) == round((latencies.COLD_START + 1.001) / 2, 6)
