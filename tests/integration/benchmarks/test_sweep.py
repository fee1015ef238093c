"""A small sweep, in modelled time and then in real processes of the built functions."""

import pytest

from benchmarks.cost import OURS, per_month
from benchmarks.scenarios import sweep as scenario
from benchmarks.scenarios.sweep import Sweep, sweep

pytestmark = pytest.mark.xdist_group("cold starts")


@pytest.fixture(scope="module")
def small() -> Sweep:
    return sweep(20)


def test_nothing_is_written_where_there_is_nothing_to_do(small: Sweep) -> None:
    assert (small.writes, small.throttles) == (0, 0)
    assert small.calls["provider", "ec2", "DescribeVpcEndpointConnections"] == 1


def test_a_consumer_is_looked_at_in_eight_calls(small: Sweep) -> None:
    assert small.calls_in("consumer") == 8 * small.consumers == 16


def test_every_function_that_sweeps_has_done_the_same_in_a_process_of_its_own(small: Sweep) -> None:
    assert small.needs.keys() == {
        "accept_endpoint_connections",
        "authorize_security_group_ingress",
        "publish_endpoint_addresses",
    }
    for needs in small.needs.values():
        assert needs.response == {"batchItemFailures": []}
        assert needs.peak_mib > 20
        assert needs.log_bytes > 0


def test_what_is_used_has_its_price(small: Sweep) -> None:
    usage = small.usage
    assert (usage.invocations, usage.events, usage.schedules) == (3, 3, 1)
    # A hint and two requests for each of two functions; three batches are received and deleted.
    assert usage.queue_requests == 5 + 2
    assert usage.read_units == small.calls["provider", "dynamodb", "Query"]
    assert 0 < usage.gb_seconds < 30
    assert usage.environments == 3
    assert min(per_month(OURS, usage)[name] for name in ("lambda", "sqs", "dynamodb")) > 0


def test_the_poller_finds_nothing_to_do_either(small: Sweep) -> None:
    assert small.look.invocations == 1
    assert 0 < small.look.gb_seconds < 1


def test_figures_are_named_by_the_size(small: Sweep) -> None:
    figures = {figure.name: figure for figure in scenario.figures([small])}
    assert figures["sweep_20_calls_per_consumer"].value == 8
    assert figures["cost_per_month_20_dollars"].baseline is not None
    assert 0 < figures["sweep_20_longest_share_of_timeout"].value < 0.5
