"""What is unchanged costs pages, and what changes costs its own calls."""

import pytest

from benchmarks.scenarios import growth, steady


def test_ten_times_as_many_unchanged_endpoints_cost_no_call_more() -> None:
    few, many = growth.unchanged(10), growth.unchanged(100)
    assert (few.calls, few.provider_ec2_calls) == (many.calls, many.provider_ec2_calls)
    assert few.accept_calls == many.accept_calls == 0


def test_a_new_endpoint_costs_the_same_whoever_else_there_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(steady, "pending_of", lambda _: lambda _: 30.0)
    calls = []
    for consumers in (2, 8):
        monkeypatch.setattr(growth, "_CONSUMERS", consumers)
        monkeypatch.setattr(growth, "_STANDING", consumers)
        cost = growth.changes(1)
        assert cost.accept_calls == 1
        calls.append(cost.calls)
    # An environment may have to assume a role, or fetch the allowlist, that another one has.
    assert calls[0] == pytest.approx(calls[1], rel=0.1)


def test_figures_are_named_by_what_changes_or_does_not() -> None:
    cost = growth.Cost(endpoints=7, calls=5, provider_ec2_calls=3, accept_calls=1, gb_seconds=0.5)
    names = {figure.name for figure in growth.figures([cost], [cost])}
    assert {"unchanged_7_calls", "changes_7_accept_calls", "changes_7_gb_seconds"} <= names
