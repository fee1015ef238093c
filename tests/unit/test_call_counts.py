"""Calls that are made more often than on record are named, and so are those made less often."""

from pathlib import Path

from benchmarks.call_counts import RECORD, differences, on_record, put_on_record

DESCRIBE = "provider ec2 DescribeVpcEndpointConnections"
WAS = {"storm": {DESCRIBE: 2}, "sweep": {DESCRIBE: 1}}


def test_the_same_calls_differ_in_nothing() -> None:
    assert list(differences(WAS, WAS)) == []


def test_one_call_more_is_named_with_what_it_was_and_is() -> None:
    now = {"storm": {DESCRIBE: 3}, "sweep": {DESCRIBE: 1}}
    assert list(differences(WAS, now)) == [f"storm: {DESCRIBE} was called 2 times and is 3"]


def test_a_call_that_was_not_made_at_all_is_named() -> None:
    now = {**WAS, "sweep": {DESCRIBE: 1, "consumer ssm PutParameter": 4}}
    assert list(differences(WAS, now)) == [
        "sweep: consumer ssm PutParameter was called 0 times and is 4"
    ]


def test_fewer_calls_are_to_be_put_on_record() -> None:
    (sentence,) = differences(WAS, {"storm": {DESCRIBE: 2}})
    assert sentence.startswith(f"sweep: {DESCRIBE} was called 1 times and is 0")
    assert "make bench-smoke UPDATE=1" in sentence


def test_what_is_put_on_record_is_what_the_next_is_compared_with(tmp_path: Path) -> None:
    put_on_record(WAS, tmp_path / "record.json")
    assert on_record(tmp_path / "record.json") == WAS


def test_something_is_on_record_of_both_scenarios() -> None:
    assert RECORD.exists()
    assert all(on_record()[scenario] for scenario in ("storm", "sweep"))
