"""A rehearsal that may not read everything says what it does not know, and invents nothing."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from console.planning import planned
from sandbox.in_process.clients import CLIENTS
from sandbox.in_process.wire import Answer, Call, Listener
from tests.console.lives import RehearsedLife

_READS = (
    "DescribeVpcEndpointConnections",
    "DescribeVpcEndpointServiceConfigurations",
    "DescribeVpcEndpointConnectionNotifications",
    "DescribeVpcEndpointServicePermissions",
    "DescribeLoadBalancers",
    "DescribeListeners",
    "DescribeTargetHealth",
    "DescribeVpcEndpoints",
    "DescribeNetworkInterfaces",
    "DescribeSecurityGroups",
    "DescribeSecurityGroupRules",
    "DescribeRouteTables",
    "DescribeVpcs",
    "GetParametersByPath",
    "AssumeRole",
)


@dataclass
class Denying:
    """Stands before another listener, and denies one operation."""

    listener: Listener
    operation: str
    denied: int = 0

    def before(self, call: Call) -> Answer | None:
        if call.operation != self.operation:
            return self.listener.before(call)
        self.denied += 1
        return {
            "Error": {"Code": "AccessDenied", "Message": "denied by the test"},
            "ResponseMetadata": {"HTTPStatusCode": 403},
        }

    def after(self, call: Call, answer: Answer) -> None:
        if call.operation != self.operation:
            self.listener.after(call, answer)


@pytest.fixture
def life() -> Iterator[RehearsedLife]:
    """A life in which some are connected, and some are about to be."""
    life = RehearsedLife()
    try:
        homes = [(0, 0), (1, 1), (2, 2)]
        life.settle_in(homes=homes, prompt=True, page=1000, managed=True)
        for service, site in homes:
            life.create_endpoint(service=service, site=site, groups=0, both=True)
        life.rest()
        yield life
    finally:
        life.is_over = True
        life.teardown()


@pytest.mark.parametrize("operation", _READS)
def test_what_may_not_be_read_is_said_to_be_unknown_and_decisions_are_what_they_are(
    life: RehearsedLife, operation: str
) -> None:
    text = life.world.appconfig.current.text
    whole = planned(life.rehearse(text))
    assert whole.is_known
    assert whole.to_do > 0
    listener = CLIENTS.wire.listener
    assert listener is not None
    CLIENTS.wire.listener = denying = Denying(listener, operation)
    # What had been told of load balancers stays as it is, and would be told again.
    life.world.cloud.forget_balancing()
    try:
        part = planned(life.rehearse(text))
    finally:
        CLIENTS.wire.listener = listener
    assert denying.denied > 0
    assert not part.is_known
    for known, service in zip(whole.services, part.services, strict=True):
        assert service.decisions in {known.decisions, ()}
        assert service.decisions or service.unknown.errors
