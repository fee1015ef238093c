"""AcceptVpcEndpointConnections and RejectVpcEndpointConnections, and what both sides then see."""

import pytest

from sandbox.accounts import CONSUMER, STRANGER
from sandbox.privatelink import ConnectionState, PrivateLink
from tests.integration.privatelink_model.parties import (
    STATES_OF_ENDPOINTS,
    Clock,
    Party,
    Provider,
    refusal,
)

ACCEPTED = "available"


def test_a_request_waits_until_the_provider_decides(
    provider: Provider, consumer: Party, clock: Clock
) -> None:
    _, name = provider.service("*")
    endpoint_id = consumer.request(name)
    clock.advance(days=3)
    assert provider.states() == {endpoint_id: "pendingAcceptance"}
    assert consumer.state(endpoint_id) == "pendingAcceptance"


def test_an_accepted_connection_is_pending_and_then_available_on_both_sides(
    provider: Provider, consumer: Party, privatelink: PrivateLink, clock: Clock
) -> None:
    privatelink.pending_seconds = 30
    service_id, name = provider.service("*")
    endpoint_id = consumer.request(name)
    assert provider.accept(service_id, endpoint_id) == []
    assert (provider.states()[endpoint_id], consumer.state(endpoint_id)) == ("pending", "pending")
    clock.advance(seconds=29)
    assert provider.states()[endpoint_id] == "pending"
    clock.advance(seconds=1)
    assert provider.states()[endpoint_id] == "available"
    assert consumer.state(endpoint_id) == "available"


def test_many_requests_of_many_accounts_are_accepted_in_one_call(
    provider: Provider, consumer: Party, stranger: Party
) -> None:
    service_id, name = provider.service("*")
    ids = [consumer.request(name), consumer.request(name), stranger.request(name)]
    assert provider.accept(service_id, *ids[1:]) == []
    assert provider.states() == {ids[0]: "pendingAcceptance", ids[1]: ACCEPTED, ids[2]: ACCEPTED}


def test_the_provider_sees_whose_endpoint_it_is(
    provider: Provider, consumer: Party, stranger: Party, clock: Clock
) -> None:
    service_id, name = provider.service("*")
    endpoint_id = consumer.request(name)
    clock.advance(hours=1)
    stranger.request(name)
    first, second = provider.connections()
    assert (first["VpcEndpointOwner"], second["VpcEndpointOwner"]) == (CONSUMER, STRANGER)
    assert first["ServiceId"] == service_id
    assert first["VpcEndpointId"] == endpoint_id
    assert first["NetworkLoadBalancerArns"] == [provider.load_balancer_arn]
    assert first["IpAddressType"] == "ipv4"
    assert first["VpcEndpointRegion"] == "ap-northeast-1"
    assert first["VpcEndpointConnectionId"] != second["VpcEndpointConnectionId"]
    assert first["CreationTimestamp"] < second["CreationTimestamp"]
    assert first["DnsEntries"] == consumer.endpoint(endpoint_id)["DnsEntries"]


def test_nobody_else_sees_the_connection(provider: Provider, consumer: Party) -> None:
    _, name = provider.service("*")
    consumer.request(name)
    assert consumer.ec2.describe_vpc_endpoint_connections()["VpcEndpointConnections"] == []


@pytest.mark.parametrize("state", STATES_OF_ENDPOINTS)
def test_accepting_succeeds_for_a_waiting_request_only(
    provider: Provider, consumer: Party, privatelink: PrivateLink, state: ConnectionState
) -> None:
    service_id, name = provider.service("*")
    endpoint_id = consumer.request(name)
    privatelink.put_connection_in_state(endpoint_id, state)
    refused = provider.accept(service_id, endpoint_id)
    if state == "pendingAcceptance":
        assert refused == []
        assert provider.states() == {endpoint_id: ACCEPTED}
        return
    (item,) = refused
    assert (item["ResourceId"], item["Error"]["Code"]) == (endpoint_id, "InvalidState")
    assert provider.states() == {endpoint_id: state}


@pytest.mark.parametrize("state", STATES_OF_ENDPOINTS)
def test_rejecting_succeeds_for_what_waits_or_lives(
    provider: Provider, consumer: Party, privatelink: PrivateLink, state: ConnectionState
) -> None:
    service_id, name = provider.service("*")
    endpoint_id = consumer.request(name)
    privatelink.put_connection_in_state(endpoint_id, state)
    refused = provider.reject(service_id, endpoint_id)
    if state in {"pendingAcceptance", "pending", "available"}:
        assert refused == []
        assert provider.states() == {endpoint_id: "rejected"}
        assert consumer.state(endpoint_id) == "rejected"
        return
    (item,) = refused
    assert (item["ResourceId"], item["Error"]["Code"]) == (endpoint_id, "InvalidState")
    assert provider.states() == {endpoint_id: state}


def test_a_rejected_endpoint_stays_with_its_consumer(provider: Provider, consumer: Party) -> None:
    service_id, name = provider.service("*")
    endpoint_id = consumer.request(name)
    provider.reject(service_id, endpoint_id)
    assert len(consumer.addresses(endpoint_id)) == 2


def test_what_is_refused_does_not_hold_up_the_rest(provider: Provider, consumer: Party) -> None:
    service_id, name = provider.service("*")
    waiting, rejected = consumer.request(name), consumer.request(name)
    provider.reject(service_id, rejected)
    unknown = "vpce-00000000000000000"
    refused = provider.accept(service_id, rejected, unknown, waiting)
    assert {each["ResourceId"]: each["Error"]["Code"] for each in refused} == {
        rejected: "InvalidState",
        unknown: "InvalidVpcEndpointId.NotFound",
    }
    assert provider.states()[waiting] == ACCEPTED


def test_the_endpoint_of_another_service_is_unknown(provider: Provider, consumer: Party) -> None:
    service_id, _ = provider.service("*")
    _, other_name = provider.service("*")
    endpoint_id = consumer.request(other_name)
    (item,) = provider.accept(service_id, endpoint_id)
    assert item["Error"]["Code"] == "InvalidVpcEndpointId.NotFound"
    assert provider.states() == {endpoint_id: "pendingAcceptance"}


@pytest.mark.parametrize("decision", ["accept", "reject"])
def test_the_service_of_another_account_is_unknown(
    provider: Provider, consumer: Party, decision: str
) -> None:
    service_id, name = provider.service("*")
    endpoint_id = consumer.request(name)
    call = getattr(consumer.ec2, f"{decision}_vpc_endpoint_connections")
    code = refusal(lambda: call(ServiceId=service_id, VpcEndpointIds=[endpoint_id]))
    assert code == "InvalidVpcEndpointServiceId.NotFound"
    assert provider.states() == {endpoint_id: "pendingAcceptance"}


@pytest.mark.parametrize("decision", ["accept", "reject"])
def test_a_decision_about_nothing_is_refused(provider: Provider, decision: str) -> None:
    service_id, _ = provider.service("*")
    assert refusal(lambda: getattr(provider, decision)(service_id)) == "MissingParameter"


@pytest.mark.parametrize("decision", ["accept", "reject"])
def test_a_dry_run_decides_nothing(provider: Provider, consumer: Party, decision: str) -> None:
    service_id, name = provider.service("*")
    endpoint_id = consumer.request(name)
    call = getattr(provider.ec2, f"{decision}_vpc_endpoint_connections")
    code = refusal(lambda: call(ServiceId=service_id, VpcEndpointIds=[endpoint_id], DryRun=True))
    assert code == "DryRunOperation"
    assert provider.states() == {endpoint_id: "pendingAcceptance"}


def test_an_unknown_endpoint_cannot_be_put_in_a_state(privatelink: PrivateLink) -> None:
    with pytest.raises(LookupError):
        privatelink.put_connection_in_state("vpce-0", ConnectionState.FAILED)
