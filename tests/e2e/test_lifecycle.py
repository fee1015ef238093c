"""The life of connections on the deployed stack, whatever goes wrong."""

import json
from collections import Counter
from collections.abc import Iterator

import pytest

from sandbox.accounts import CONSUMER, PROVIDER, STRANGER
from sandbox.consumers import SDDC_CIDR
from sandbox.emulator.faults import Fault, FaultKind
from sandbox.waiting import wait_until
from sandbox.walkthrough import ADDRESS, SERVICE_ALIAS, Walkthrough
from tests.e2e.convergence import Stack
from tests.e2e.deployed import PENDING_SECONDS
from tests.e2e.endpoints import allowlisted, endpoint, places
from tests.e2e.foreign import (
    FOREIGN_PARAMETERS,
    FOREIGN_RULES,
    foreign_things,
    let_foreign_hands_work,
)
from tests.e2e.ledger import findings, rules_of_history, would

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("at_once", "foreign")]

type World = tuple[list[tuple[str, str, int, int]], dict[str, str], dict[str, str]]

OURS = (SDDC_CIDR, "tcp", 80, 80)
ANOTHER_ADDRESS = "10.0.3.182"
NEWCOMER = "555566667777"


@pytest.fixture(scope="module")
def at_once(walkthrough: Walkthrough) -> Iterator[None]:
    """Endpoints become available as soon as they are accepted."""
    walkthrough.sandbox.configure(pending_seconds=0.0)
    yield
    walkthrough.sandbox.configure(pending_seconds=PENDING_SECONDS)


@pytest.fixture(scope="class")
def foreign(walkthrough: Walkthrough) -> Iterator[None]:
    with foreign_things(walkthrough):
        yield


@pytest.fixture(scope="class")
def connected(walkthrough: Walkthrough, stack: Stack, foreign: None) -> Iterator[str]:
    """An endpoint of the listed consumer, published and open."""
    del foreign  # is there before
    with endpoint(walkthrough, CONSUMER) as endpoint_id:
        wait_until(lambda: walkthrough.decision(endpoint_id).get("available"), what="availability")
        stack.wait_until_idle()
        assert set(walkthrough.ingress_rules(CONSUMER)) == {OURS, *FOREIGN_RULES}
        assert walkthrough.parameter_name(CONSUMER) in walkthrough.parameters(CONSUMER)
        yield endpoint_id


def world(walkthrough: Walkthrough) -> World:
    """Return all inbound rules and parameters of the consumer, and the provider's copies."""
    return (
        sorted(walkthrough.ingress_rules(CONSUMER)),
        walkthrough.parameters(CONSUMER),
        walkthrough.parameters(PROVIDER),
    )


def document(walkthrough: Walkthrough, *account_ids: str, **settings: object) -> str:
    """Return an allowlist with some consumers and settings; JSON is YAML."""
    consumers = [
        {"account_id": account_id, "source_cidrs": [SDDC_CIDR]} for account_id in account_ids
    ]
    service = {"service_id": walkthrough.service_id, "consumers": consumers, **settings}
    return json.dumps({"services": {SERVICE_ALIAS: service}})


def assert_nothing_is_left(walkthrough: Walkthrough) -> None:
    assert set(walkthrough.ingress_rules(CONSUMER)) == FOREIGN_RULES
    assert places(walkthrough, CONSUMER) <= FOREIGN_PARAMETERS


class TestConnected:
    def test_what_foreign_hands_did_is_repaired_but_not_in_observe_mode(
        self, walkthrough: Walkthrough, stack: Stack, connected: str
    ) -> None:
        before = world(walkthrough)
        observing = document(walkthrough, CONSUMER, mode="observe")
        with stack.allowlisted(observing):
            first = stack.last_call()
            let_foreign_hands_work(walkthrough)
            worse = world(walkthrough)
            with endpoint(walkthrough, CONSUMER, ANOTHER_ADDRESS) as other:
                stack.sweep()
                assert walkthrough.connection_state(other) == "pendingAcceptance"
                assert walkthrough.decision(other)["action"] == "would accept"
            stack.wait_until_idle()
            assert world(walkthrough) == worse
            assert set(stack.writes(after=first)) == {"dynamodb:BatchWriteItem"}
            assert "would have connections notified" in would(walkthrough)
            assert {sentence.split()[1] for sentence in would(walkthrough)} == {
                "authorize",
                "have",
                "put",
                "revoke",
            }

        assert world(walkthrough) == before
        assert would(walkthrough) == set()
        assert walkthrough.connection_state(connected) == "available"
        ec2 = walkthrough.sandbox.client("ec2", PROVIDER)
        assert ec2.describe_vpc_endpoint_connection_notifications()["ConnectionNotificationSet"]
        assert stack.writes_of_a_sweep() == []

    def test_a_stranger_that_a_service_lets_in_by_itself_is_rejected(
        self, walkthrough: Walkthrough, stack: Stack, connected: str
    ) -> None:
        ec2 = walkthrough.sandbox.client("ec2", PROVIDER)
        finding = f"acceptance-not-required/{walkthrough.service_id}"
        before = world(walkthrough)
        most = document(walkthrough, CONSUMER, max_withdrawals=0)  # these are not counted
        with stack.allowlisted(most):
            ec2.modify_vpc_endpoint_service_configuration(
                ServiceId=walkthrough.service_id, AcceptanceRequired=False
            )
            with endpoint(walkthrough, STRANGER) as stranger:
                wait_until(
                    lambda: walkthrough.connection_state(stranger) == "rejected",
                    what="the rejection",
                )
                stack.wait_until_idle()
                assert "live-unlisted" in rules_of_history(walkthrough, stranger)
                assert finding in findings(walkthrough)
            ec2.modify_vpc_endpoint_service_configuration(
                ServiceId=walkthrough.service_id, AcceptanceRequired=True
            )
        assert finding not in findings(walkthrough)
        assert walkthrough.connection_state(connected) == "available"
        assert world(walkthrough) == before
        assert stack.writes_of_a_sweep() == []


def test_too_many_are_not_cut_until_the_number_is_raised(
    walkthrough: Walkthrough, stack: Stack, connected: str
) -> None:
    finding = f"breaker-tripped/{walkthrough.service_id}"
    with endpoint(walkthrough, CONSUMER, ANOTHER_ADDRESS) as other:
        wait_until(lambda: walkthrough.decision(other).get("available"), what="availability")
        stack.wait_until_idle()
        before = world(walkthrough)
        with stack.allowlisted(document(walkthrough, max_withdrawals=1), guarded=False):
            for each in (connected, other):
                assert each in findings(walkthrough)[finding]
                assert walkthrough.connection_state(each) == "available"
                assert walkthrough.decision(each)["rule"] == "withdrawal-stopped"
            assert world(walkthrough) == before

            stack.deploy_allowlist(document(walkthrough, max_withdrawals=2))
            for each in (connected, other):
                assert walkthrough.connection_state(each) == "rejected"
                assert rules_of_history(walkthrough, each)[-2:] == ["live-unlisted", "ended"]
            assert_nothing_is_left(walkthrough)
            assert finding not in findings(walkthrough)
            assert stack.writes_of_a_sweep() == []


FAULTS = (
    Fault(kind=FaultKind.EVENT_LOST, of="Endpoint Connection Notification"),
    Fault(kind=FaultKind.EVENT_DUPLICATED, of="AWS API Call via CloudTrail"),
    Fault(kind=FaultKind.EVENT_LOST, of="Consumer Convergence Requested"),
    Fault(kind=FaultKind.EVENT_DELAYED, of="Consumer Convergence Requested", seconds=1.0),
    # The first of these two meets the validator.
    Fault(kind=FaultKind.STALE, of="ec2:DescribeVpcEndpointConnections"),
    Fault(kind=FaultKind.STALE, of="ec2:DescribeVpcEndpointConnections"),
    Fault(kind=FaultKind.UNSUCCESSFUL, of="ec2:AcceptVpcEndpointConnections"),
    Fault(kind=FaultKind.THROTTLED, of="ec2:RejectVpcEndpointConnections"),
    Fault(kind=FaultKind.KILLED_BEFORE, of="ec2:RejectVpcEndpointConnections"),
    Fault(kind=FaultKind.DENIED, of="ec2:AuthorizeSecurityGroupIngress", account_id=NEWCOMER),
    Fault(kind=FaultKind.FAILED, of="ec2:DescribeSecurityGroupRules", account_id=CONSUMER),
    Fault(kind=FaultKind.KILLED_AFTER, of="ec2:RevokeSecurityGroupIngress", account_id=CONSUMER),
    Fault(kind=FaultKind.THROTTLED, of="ssm:PutParameter", account_id=NEWCOMER),
    Fault(kind=FaultKind.KILLED_AFTER, of="ssm:PutParameter", account_id=NEWCOMER),
    Fault(kind=FaultKind.DENIED, of="ssm:DeleteParameters", account_id=CONSUMER),
    Fault(kind=FaultKind.THROTTLED, of="dynamodb:BatchWriteItem"),
)


@pytest.fixture
def troubled(walkthrough: Walkthrough) -> Iterator[Walkthrough]:
    """Return a topology with one more consumer, in which everything goes wrong once."""
    joined = walkthrough.joined_by(NEWCOMER)
    walkthrough.sandbox.inject(*FAULTS)
    yield joined
    walkthrough.sandbox.clear_faults()


def test_when_the_faults_are_over_one_sweep_is_enough(
    stack: Stack, connected: str, troubled: Walkthrough
) -> None:
    sandbox = troubled.sandbox
    injected, open_findings = Counter(sandbox.injected()), findings(troubled).keys()

    def all_happened() -> bool:
        troubled.request_sweep()
        troubled.settle(0.8)
        return not sandbox.faults_to_come()

    # One consumer leaves while another one arrives.
    with (
        allowlisted(troubled, document(troubled, NEWCOMER)),
        endpoint(troubled, NEWCOMER) as arrival,
    ):
        wait_until(all_happened, what="all faults", seconds=90.0)
        stack.forget_failures()

        stack.sweep()
        assert troubled.connection_state(connected) == "rejected"
        assert "live-unlisted" in rules_of_history(troubled, connected)
        assert_nothing_is_left(troubled)
        assert troubled.connection_state(arrival) == "available"
        assert troubled.ingress_rules(NEWCOMER) == [OURS]
        assert troubled.parameters(NEWCOMER)[troubled.parameter_name(NEWCOMER)] == ADDRESS
        assert troubled.parameters(PROVIDER)[troubled.copy_name(NEWCOMER)] == ADDRESS
        assert findings(troubled).keys() == open_findings
        assert stack.writes_of_a_sweep() == []
    assert Counter(sandbox.injected()) - injected == Counter(f.kind for f in FAULTS)
