"""The small storm and sweep whose calls are on record."""

import pytest

from benchmarks import smoke
from benchmarks.call_counts import Counts

SIZE = (4, 2)


@pytest.fixture(scope="module")
def counts() -> Counts:
    return smoke.counted(*SIZE)


def test_the_same_calls_are_counted_each_time(counts: Counts) -> None:
    assert smoke.counted(*SIZE) == counts


def test_both_scenarios_are_counted_by_name(counts: Counts) -> None:
    assert counts["storm"]["provider ec2 AcceptVpcEndpointConnections"] == 1
    assert counts["sweep"]["consumer ec2 DescribeVpcs"] == 2
    assert not any("Put" in name and "ssm" in name for name in counts["sweep"])


def test_one_call_more_ends_with_an_error(
    counts: Counts, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(smoke, "on_record", lambda: counts)
    monkeypatch.setattr(smoke, "counted", lambda: counts)
    assert smoke.main([]) == 0
    name = "consumer ec2 DescribeVpcs"
    more = {**counts, "sweep": {**counts["sweep"], name: 3}}
    monkeypatch.setattr(smoke, "counted", lambda: more)
    assert smoke.main([]) == 1
    assert f"sweep: {name} was called 2 times and is 3" in capsys.readouterr().out
