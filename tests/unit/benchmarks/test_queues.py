"""How Lambda reads a queue."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from benchmarks.simulation.clock import VirtualClock
from benchmarks.simulation.functions import Event, FailedError
from benchmarks.simulation.latencies import SQS_HAND_OVER
from benchmarks.simulation.queues import Queue
from benchmarks.simulation.template import QueueSettings
from tests.unit.benchmarks.modelled import modelled_time


@dataclass
class Function:
    """Takes its time, notes its batches down, and fails as it is told."""

    clock: VirtualClock
    seconds: float = 0.0
    failing: set[str] = field(default_factory=set)
    is_broken: bool = False
    batches: list[tuple[float, list[str]]] = field(default_factory=list)

    def invoke(self, event: Event) -> Any:  # noqa: ANN401 - as the protocol has it
        bodies = [record["body"] for record in event["Records"]]
        self.batches.append((round(self.clock.monotonic() - SQS_HAND_OVER, 6), bodies))
        self.clock.sleep(self.seconds)
        if self.is_broken:
            raise FailedError
        failed = [each["messageId"] for each in event["Records"] if each["body"] in self.failing]
        return {"batchItemFailures": [{"itemIdentifier": each} for each in failed]}


@contextmanager
def queue(**settings: float) -> Iterator[tuple[VirtualClock, Queue, Function]]:
    usual: dict[str, Any] = {
        "logical_id": "Queue",
        "visibility_timeout": 100,
        "receives": 3,
        "batch_size": 3,
        "window": 0,
        "concurrency": 1,
    }
    with modelled_time() as (clock, _):
        function = Function(clock)
        yield clock, Queue(clock, QueueSettings(**(usual | settings)), function), function


def test_what_arrives_at_the_same_moment_is_one_batch_without_a_window() -> None:
    with queue() as (clock, it, function):
        it.send("a")
        it.send("b")
        clock.call_after(1, lambda: it.send("c"))
        clock.run()
    assert function.batches == [(0, ["a", "b"]), (1, ["c"])]


def test_a_window_gathers_until_it_is_over() -> None:
    with queue(window=5) as (clock, it, function):
        it.send("a")
        clock.call_after(4, lambda: it.send("b"))
        clock.call_after(6, lambda: it.send("c"))
        clock.run()
    assert function.batches == [(5, ["a", "b"]), (11, ["c"])]


def test_a_full_batch_does_not_wait_for_its_window() -> None:
    with queue(window=5) as (clock, it, function):
        for number, body in enumerate("abcd"):
            clock.call_after(number, lambda body=body: it.send(body))  # type: ignore[misc] # as above
        clock.run()
    assert function.batches == [(2, ["a", "b", "c"]), (8, ["d"])]


def test_no_more_batches_are_under_way_than_may_be() -> None:
    with queue(batch_size=1, concurrency=2) as (clock, it, function):
        function.seconds = 10
        for body in "abcde":
            it.send(body)
        clock.run()
    started = [round(at) for at, _ in function.batches]
    assert started == [0, 0, 10, 10, 20]


def test_a_backlog_fills_batches_by_itself() -> None:
    with queue() as (clock, it, function):
        function.seconds = 10
        it.send("a")
        for number, body in enumerate("bcd"):
            clock.call_after(number + 1, lambda body=body: it.send(body))  # type: ignore[misc] # as above
        clock.run()
    assert [bodies for _, bodies in function.batches] == [["a"], ["b", "c", "d"]]


def test_a_delayed_message_is_received_later() -> None:
    with queue() as (clock, it, function):
        it.send("late", delay=30)
        clock.run(until=29)
        assert not it.is_empty
        clock.run()
        assert it.is_empty
    assert function.batches == [(30, ["late"])]


def test_what_is_not_finished_comes_back_after_its_visibility_timeout_and_dies_in_the_end() -> None:
    with queue() as (clock, it, function):
        function.failing = {"b"}
        it.send("a")
        it.send("b")
        clock.run()
    assert [bodies for _, bodies in function.batches] == [["a", "b"], ["b"], ["b"]]
    assert [round(at) for at, _ in function.batches] == [0, 100, 200]
    assert [message.body for message in it.dead] == ["b"]


def test_all_of_a_batch_comes_back_if_the_function_fails() -> None:
    with queue() as (clock, it, function):
        function.is_broken = True
        it.send("a")
        it.send("b")
        clock.call_after(50, lambda: setattr(function, "is_broken", False))
        clock.run()
    assert [bodies for _, bodies in function.batches] == [["a", "b"], ["a", "b"]]
    assert not it.dead
