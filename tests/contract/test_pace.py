"""The paces at which AWS is called, against the buckets of AWS and the template's settings."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from accept_endpoint_connections.calls import CALLS_MAX
from privatelink.batches import SIDE_BY_SIDE
from privatelink.gateways.endpoint_services import DECISIONS_A_SECOND, DECISIONS_AT_ONCE
from privatelink.gateways.parameters import PUTS_A_SECOND, PUTS_AT_ONCE
from privatelink.gateways.sessions import MARGIN
from tests.contract.stack import ENTERING, function, timeout

ACCEPT = "accept_endpoint_connections"
PUBLISH = "publish_endpoint_addresses"
LEAVES_OF_A_SHELF = 3 + 6
"""ip, ips and endpoint, and one for each zone: no Region has more than six."""


def event_source(package: str) -> Mapping[str, Any]:
    (event,) = function(package)["Events"].values()
    properties: Mapping[str, Any] = event["Properties"]
    return properties


def environments(package: str) -> int:
    """Return how many execution environments are at work at the same time at most."""
    return int(event_source(package)["ScalingConfig"]["MaximumConcurrency"])


@pytest.mark.parametrize(
    ("package", "at_once", "a_second", "bucket"),
    [
        # EC2 developer guide, "Request throttling": Accept- and RejectVpcEndpointConnections.
        (ACCEPT, DECISIONS_AT_ONCE, DECISIONS_A_SECOND, (10, 1)),
        # AWS Support, in github.com/github-aws-runners/terraform-aws-github-runner/issues/2944; how
        # many at once is not documented.
        (PUBLISH, PUTS_AT_ONCE, PUTS_A_SECOND, (10, 3)),
    ],
)
def test_all_environments_together_take_what_aws_gives_and_no_more(
    package: str, at_once: float, a_second: float, bucket: tuple[float, float]
) -> None:
    number = environments(package)
    assert (number * at_once, number * a_second) == bucket


def test_the_calls_of_one_invocation_fit_into_its_time_even_without_a_burst() -> None:
    waiting, answering = CALLS_MAX / DECISIONS_A_SECOND, CALLS_MAX * 0.5
    assert waiting + answering < timeout(ACCEPT)


def test_the_copies_of_a_batch_of_new_consumers_are_put_within_half_the_time() -> None:
    puts = event_source(PUBLISH)["BatchSize"] * LEAVES_OF_A_SHELF
    assert puts / PUTS_A_SECOND <= timeout(PUBLISH) / 2


@pytest.mark.parametrize("package", ENTERING)
def test_one_request_for_convergence_does_not_wait_for_others(package: str) -> None:
    assert event_source(package)["MaximumBatchingWindowInSeconds"] == 0


@pytest.mark.parametrize("package", ENTERING)
def test_a_whole_batch_of_consumers_converges_at_once(package: str) -> None:
    assert event_source(package)["BatchSize"] == SIDE_BY_SIDE


@pytest.mark.parametrize("package", ENTERING)
def test_a_session_outlasts_the_invocation_that_uses_it(package: str) -> None:
    assert timedelta(seconds=timeout(package)) < MARGIN
