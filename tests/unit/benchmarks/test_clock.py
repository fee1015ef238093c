"""Modelled time, and the processes that live in it."""

import threading
from datetime import timedelta

import pytest

from benchmarks.simulation.futures import VirtualFuture
from benchmarks.simulation.locks import VirtualLock
from tests.unit.benchmarks.modelled import START, modelled_time


def test_processes_go_on_in_the_order_of_their_times() -> None:
    with modelled_time() as (clock, diary):
        clock.spawn(diary.after(3, "slow"))
        clock.spawn(diary.after(1, "fast"))
        clock.spawn(diary.after(1, "late"), after=1)
        clock.call_after(2.5, lambda: diary.note("call"))
        clock.run()
    assert diary.entries == [(1, "fast"), (2, "late"), (2.5, "call"), (3, "slow")]
    assert clock() == START + timedelta(seconds=3)


def test_what_is_due_at_the_same_moment_goes_on_as_it_was_scheduled() -> None:
    with modelled_time() as (clock, diary):
        for name in "abc":
            clock.spawn(diary.after(1, name))
        clock.run()
    assert [name for _, name in diary.entries] == ["a", "b", "c"]


def test_only_one_of_a_thousand_processes_runs_at_a_time() -> None:
    at_work: list[str] = []
    most = 0

    def work() -> None:
        nonlocal most
        for _ in range(3):
            at_work.append("one")
            most = max(most, len(at_work))
            at_work.pop()
            clock.sleep(1)

    with modelled_time() as (clock, _):
        for _ in range(1000):
            clock.spawn(work)
        clock.run()
    assert (most, clock.monotonic()) == (1, 3)


def test_a_run_ends_at_its_moment_and_goes_on_later() -> None:
    with modelled_time() as (clock, diary):
        clock.spawn(diary.after(5, "done"))
        clock.run(until=2)
        assert (clock.monotonic(), diary.entries) == (2, [])
        clock.run(until=5)
    assert diary.entries == [(5, "done")]


def test_a_process_waits_for_others() -> None:
    with modelled_time() as (clock, diary):
        others = [clock.spawn(diary.after(seconds, f"{seconds}")) for seconds in (2, 1)]

        def wait() -> None:
            clock.join(*others)
            diary.note("joined")

        clock.spawn(wait)
        clock.run()
    assert diary.entries == [(1, "1"), (2, "2"), (2, "joined")]


def test_pieces_are_done_side_by_side_and_not_too_many_at_a_time() -> None:
    with modelled_time() as (clock, diary):
        pieces = [diary.after(2, name) for name in "abcde"]
        clock.spawn(lambda: clock.side_by_side(pieces, most=2))
        clock.run()
    assert diary.entries == [(2, "a"), (2, "b"), (4, "c"), (4, "d"), (6, "e")]


def test_what_a_process_raises_surfaces_in_the_run() -> None:
    def fail() -> None:
        clock.sleep(1)
        raise LookupError

    with modelled_time() as (clock, diary):
        clock.spawn(fail)
        clock.spawn(diary.after(2, "other"))
        with pytest.raises(LookupError):
            clock.run()
        clock.run()
    assert diary.entries == [(2, "other")]


def test_a_piece_that_fails_fails_all_of_them_once_the_others_have_ended() -> None:
    def fail() -> None:
        raise LookupError

    with modelled_time() as (clock, diary):
        clock.spawn(lambda: clock.side_by_side([fail, diary.after(3, "other")], most=2))
        with pytest.raises(LookupError):
            clock.run()
    assert diary.entries == [(3, "other")]


def test_nobody_but_a_process_can_sleep() -> None:
    with modelled_time() as (clock, _), pytest.raises(RuntimeError):
        clock.sleep(1)


def test_what_is_under_way_ends_with_the_clock() -> None:
    before = threading.active_count()
    with modelled_time() as (clock, _):
        for _ in range(5):
            clock.spawn(clock.suspend)
        clock.run()
        assert threading.active_count() == before + 5
    assert threading.active_count() == before


def test_a_lock_is_waited_for_in_modelled_time() -> None:
    with modelled_time() as (clock, diary):
        lock = VirtualLock(clock)

        def work(name: str) -> None:
            with lock, lock:
                diary.after(2, name)()

        for name in "ab":
            clock.spawn(lambda name=name: work(name))  # type: ignore[misc] # a default of its own
        clock.run()
    assert diary.entries == [(2, "a"), (4, "b")]


def test_a_result_to_come_is_waited_for_in_modelled_time() -> None:
    with modelled_time() as (clock, diary):
        future = VirtualFuture(clock)
        clock.spawn(lambda: diary.note(str(future.result())))
        clock.call_after(3, lambda: future.set_result("there"))
        clock.run()
    assert diary.entries == [(3, "there")]
