from collections.abc import Sequence

from privatelink.batches import Batch


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
