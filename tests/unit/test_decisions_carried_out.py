"""How decisions about many connections become few calls, and no more than there is time for."""

from collections.abc import Sequence

import msgspec
import pytest

from accept_endpoint_connections.calls import CALLS_MAX, Allowance, apply
from privatelink.acceptance import AcceptancePlan, plan_acceptance
from privatelink.errors import PrivateLinkError, ThrottledError, UnsuccessfulItemsError
from privatelink.gateways.endpoint_services import EndpointServices
from privatelink.model import ServiceId, VpcEndpointId
from privatelink.rules import Action
from tests.unit.builders import HOME, NOW, SERVICE_ID, STRANGER, connection, service_entry


class Services(EndpointServices):
    """Services that note the calls; those of which the number is given fail."""

    def __init__(self, *failures: PrivateLinkError | None) -> None:
        self.calls: list[tuple[Action, int]] = []
        self._failures = dict(enumerate(failures))

    def accept_vpc_endpoint_connections(
        self, service_id: ServiceId, vpc_endpoint_ids: Sequence[VpcEndpointId]
    ) -> None:
        self._note(Action.ACCEPT, service_id, vpc_endpoint_ids)

    def reject_vpc_endpoint_connections(
        self, service_id: ServiceId, vpc_endpoint_ids: Sequence[VpcEndpointId]
    ) -> None:
        self._note(Action.REJECT, service_id, vpc_endpoint_ids)

    def _note(self, action: Action, service_id: ServiceId, ids: Sequence[VpcEndpointId]) -> None:
        assert service_id == SERVICE_ID
        self.calls.append((action, len(ids)))
        if failure := self._failures.get(len(self.calls) - 1):
            raise failure


def plan(accept: int, reject: int = 0) -> AcceptancePlan:
    connections = [
        *(connection(number) for number in range(accept)),
        *(connection(accept + number, owner=STRANGER) for number in range(reject)),
    ]
    entry = msgspec.structs.replace(service_entry(), unlisted="reject")
    return plan_acceptance(connections, entry, home=HOME, now=NOW)


def test_a_call_takes_a_hundred_connections() -> None:
    services = Services()
    applied = apply(services, SERVICE_ID, plan(250, 101), Allowance(), [])
    accept, reject = Action.ACCEPT, Action.REJECT
    assert services.calls == [
        *((accept, 100), (accept, 100), (accept, 50)),
        *((reject, 100), (reject, 1)),
    ]
    assert applied.plan == plan(250, 101)
    assert not applied.is_cut_short


def test_what_is_more_than_twenty_calls_is_left_undone_and_is_no_error() -> None:
    services, errors = Services(), list[PrivateLinkError]()
    applied = apply(services, SERVICE_ID, plan(2_150, 30), Allowance(), errors)
    assert services.calls == [(Action.ACCEPT, 100)] * CALLS_MAX
    assert len(applied.plan.by(Action.ACCEPT)) == 2_000
    assert applied.plan.by(Action.REJECT) == ()
    assert applied.is_cut_short
    assert errors == []


def test_twenty_calls_are_not_too_many() -> None:
    applied = apply(Services(), SERVICE_ID, plan(2_000), Allowance(), [])
    assert not applied.is_cut_short


def test_services_of_one_invocation_share_what_it_may_do() -> None:
    services, allowance = Services(), Allowance()
    assert not apply(services, SERVICE_ID, plan(1_900), allowance, []).is_cut_short
    assert apply(services, SERVICE_ID, plan(150), allowance, []).is_cut_short
    assert len(services.calls) == CALLS_MAX


@pytest.mark.parametrize("failures", [1, 2])
def test_a_call_that_fails_is_an_error_and_keeps_the_others_from_nothing(failures: int) -> None:
    throttled = ThrottledError("AcceptVpcEndpointConnections", "RequestLimitExceeded", "")
    errors = list[PrivateLinkError]()
    applied = apply(
        Services(*[throttled] * failures), SERVICE_ID, plan(300, 1), Allowance(), errors
    )
    assert len(applied.plan.by(Action.ACCEPT)) == 300 - 100 * failures
    assert len(applied.plan.by(Action.REJECT)) == 1
    assert errors == [throttled] * failures
    assert not applied.is_cut_short


def test_of_a_call_that_refuses_some_only_those_are_undone() -> None:
    first = connection(0).vpc_endpoint_id
    refusal = UnsuccessfulItemsError("AcceptVpcEndpointConnections", {first: ("x", "y")})
    applied = apply(Services(refusal), SERVICE_ID, plan(3), Allowance(), [])
    accepted = [d.connection.vpc_endpoint_id for d in applied.plan.by(Action.ACCEPT)]
    assert accepted == [connection(1).vpc_endpoint_id, connection(2).vpc_endpoint_id]
