"""The cost of a month follows from what a run uses."""

from copy import replace
from dataclasses import fields

import pytest

from benchmarks import prices
from benchmarks.cost import OURS, POLLER, Installation, Usage, per_month

ONE_RUN = Installation(runs_a_month=1)
RUN = Usage(
    invocations=10,
    gb_seconds=20,
    events=30,
    schedules=1,
    queue_requests=40,
    notifications=5,
    read_units=50,
    write_units=60,
    configuration_requests=7,
    logged_bytes=10**9,
    environments=2,
)


def test_each_component_is_counts_times_prices() -> None:
    assert per_month(ONE_RUN, RUN) == pytest.approx(
        {
            "lambda": 10 * 0.20e-6 + 20 * 13.3334e-6,
            "eventbridge": 31 * 1e-6,
            "sns": 5 * 0.5e-6,
            "sqs": 40 * 0.4e-6,
            "dynamodb": 50 * 0.125e-6 + 60 * 0.625e-6,
            "kms": 0,
            "appconfig": 7 * 0.2e-6 + 2 * 365 * 0.0008,
            "cloudwatch": 0.5,
        }
    )


def test_an_installation_that_does_nothing_costs_what_stands_there() -> None:
    idle = per_month(replace(OURS, runs_a_month=0), Usage())
    assert sum(idle.values()) == pytest.approx(1 + 7 * 0.3 + 17 * 0.1 + 3 * 657_000 * 0.4e-6)


def test_a_sweep_every_five_minutes_is_8760_a_month() -> None:
    assert OURS.runs_a_month == 8760
    assert POLLER.runs_a_month == 5 * OURS.runs_a_month


@pytest.mark.parametrize("field", [field.name for field in fields(Usage)])
def test_twice_as_much_of_anything_costs_more_and_no_more_than_twice(field: str) -> None:
    once = sum(per_month(OURS, RUN).values())
    twice = sum(per_month(OURS, replace(RUN, **{field: 2 * getattr(RUN, field)})).values())
    assert once < twice < 2 * once


def test_every_price_is_a_price_with_a_source() -> None:
    named = [value for value in vars(prices).values() if isinstance(value, prices.Price)]
    assert set(named) == set(prices.ALL)
    for price in prices.ALL:
        assert price.each > 0
        assert price.page.startswith("https://aws.amazon.com/")
        assert price.read
