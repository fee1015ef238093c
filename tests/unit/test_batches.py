from collections.abc import Sequence
from threading import Barrier, Lock, Thread, current_thread

import pytest

from privatelink.batches import Batch, in_turn, side_by_side


def records(*bodies: str) -> list[dict[str, str]]:
    return [{"messageId": f"m{n}", "body": body} for n, body in enumerate(bodies)]


class Failures(list[tuple[str, tuple[str, ...]]]):
    def __call__(self, error: Exception, message_ids: Sequence[str]) -> None:
        self.append((str(error), tuple(message_ids)))


def fail_on_bad(body: str) -> str:
    if body == "bad":
        raise ValueError(body)
    return body


def test_ten_messages_about_one_thing_are_one_piece_of_work() -> None:
    batch, done = Batch(records(*["web"] * 10), Failures()), list[str]()
    batch.run(batch.read(fail_on_bad), done.append)
    assert done == ["web"]
    assert batch.response == {"batchItemFailures": []}


def test_a_message_that_cannot_be_read_fails_alone() -> None:
    failures = Failures()
    batch, done = Batch(records("web", "bad", "db"), failures), list[str]()
    batch.run(batch.read(fail_on_bad), done.append)
    assert done == ["web", "db"]
    assert batch.response == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
    assert failures == [("bad", ("m1",))]


def test_work_that_fails_fails_its_messages_and_no_others() -> None:
    failures = Failures()
    batch = Batch(records("web", "db", "web"), failures)

    def perform(work: str) -> None:
        if work == "web":
            raise RuntimeError("throttled")

    batch.run(batch.read(str), perform)
    assert batch.response == {
        "batchItemFailures": [{"itemIdentifier": "m0"}, {"itemIdentifier": "m2"}]
    }
    assert failures == [("throttled", ("m0", "m2"))]


def test_pieces_in_turn_are_performed_in_the_order_of_their_first_mention() -> None:
    batch, done = Batch(records("web", "db", "web", "mail"), Failures()), list[str]()
    batch.run(batch.read(str), done.append, in_turn)
    assert done == ["web", "db", "mail"]


class Crowd:
    """Work that notes how many are at it at the same time; each waits for a full crew."""

    def __init__(self, full: int) -> None:
        self._full = Barrier(full)
        self._lock = Lock()
        self._present = 0
        self.most = 0
        self.done: list[str] = []

    def __call__(self, work: str) -> None:
        with self._lock:
            self._present += 1
            self.most = max(self.most, self._present)
        self._full.wait()
        with self._lock:
            self._present -= 1
            self.done.append(work)


def test_side_by_side_all_pieces_are_performed_and_no_more_than_so_many_at_once() -> None:
    crowd = Crowd(4)
    names = [f"service-{n}" for n in range(20)]
    batch = Batch(records(*names), Failures())
    batch.run(batch.read(str), crowd, side_by_side(4))
    assert sorted(crowd.done) == sorted(names)
    assert crowd.most == 4


def test_a_single_piece_needs_no_thread() -> None:
    threads: list[Thread] = []
    batch = Batch(records("web", "web"), Failures())
    batch.run(batch.read(str), lambda _: threads.append(current_thread()), side_by_side(4))
    assert threads == [current_thread()]


def test_no_pieces_are_nothing_to_do() -> None:
    side_by_side(4)([])


def test_side_by_side_work_that_fails_fails_its_messages_and_no_others() -> None:
    failures, done = Failures(), list[str]()
    names = [f"service-{n % 10}" for n in range(30)]
    batch = Batch(records(*names), failures)

    def perform(work: str) -> None:
        if work in {"service-3", "service-7"}:
            raise RuntimeError(work)
        done.append(work)

    batch.run(batch.read(str), perform, side_by_side(4))
    assert len(done) == 8
    failed = [failure["itemIdentifier"] for failure in batch.response["batchItemFailures"]]
    assert failed == ["m3", "m7", "m13", "m17", "m23", "m27"]
    assert sorted(failures) == [
        ("service-3", ("m3", "m13", "m23")),
        ("service-7", ("m7", "m17", "m27")),
    ]


def test_what_is_no_ordinary_error_is_raised_when_the_others_have_ended() -> None:
    done: list[str] = []

    def perform(work: str) -> None:
        if work == "web":
            raise SystemExit(work)
        done.append(work)

    batch = Batch(records("web", "db", "mail"), Failures())
    with pytest.raises(SystemExit):
        batch.run(batch.read(str), perform, side_by_side(2))
    assert sorted(done) == ["db", "mail"]
