"""DeleteVpcEndpoints, and what the provider goes on seeing."""

import pytest

from sandbox.privatelink import ConnectionState, PrivateLink
from tests.integration.privatelink_model.parties import (
    STATES_OF_ENDPOINTS,
    Clock,
    Party,
    Provider,
    refusal,
)


@pytest.mark.parametrize("state", STATES_OF_ENDPOINTS)
def test_an_endpoint_can_be_deleted_in_every_state(
    provider: Provider, consumer: Party, privatelink: PrivateLink, state: ConnectionState
) -> None:
    _, name = provider.service("*")
    endpoint_id = consumer.request(name)
    privatelink.put_connection_in_state(endpoint_id, state)
    answer = consumer.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint_id])
    assert answer["Unsuccessful"] == []
    assert consumer.ec2.describe_vpc_endpoints()["VpcEndpoints"] == []
    assert refusal(lambda: consumer.endpoint(endpoint_id)) == "InvalidVpcEndpointId.NotFound"
    assert provider.states() == {endpoint_id: "deleted"}


def test_the_providers_row_lingers_and_is_then_gone(
    provider: Provider, consumer: Party, privatelink: PrivateLink, clock: Clock
) -> None:
    privatelink.linger_seconds = 600
    service_id, name = provider.service("*")
    endpoint_id = consumer.request(name)
    clock.advance(hours=5)
    consumer.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint_id])
    clock.advance(seconds=599)
    assert provider.states() == {endpoint_id: "deleted"}
    (item,) = provider.accept(service_id, endpoint_id)
    assert item["Error"]["Code"] == "InvalidState"
    clock.advance(seconds=1)
    assert provider.states() == {}
    (item,) = provider.accept(service_id, endpoint_id)
    assert item["Error"]["Code"] == "InvalidVpcEndpointId.NotFound"


def test_a_rejected_row_stays_as_long_as_its_endpoint(
    provider: Provider, consumer: Party, privatelink: PrivateLink, clock: Clock
) -> None:
    service_id, name = provider.service("*")
    endpoint_id = consumer.request(name)
    provider.reject(service_id, endpoint_id)
    clock.advance(seconds=2 * privatelink.linger_seconds)
    assert provider.states() == {endpoint_id: "rejected"}


def test_without_lingering_the_row_goes_with_the_endpoint(
    provider: Provider, consumer: Party, privatelink: PrivateLink
) -> None:
    privatelink.linger_seconds = 0
    _, name = provider.service("*")
    consumer.ec2.delete_vpc_endpoints(VpcEndpointIds=[consumer.request(name)])
    assert provider.connections() == []


def test_unknown_ids_are_unsuccessful_and_the_rest_is_deleted(
    provider: Provider, consumer: Party, stranger: Party
) -> None:
    _, name = provider.service("*")
    own, foreign = consumer.request(name), stranger.request(name)
    unsuccessful = consumer.ec2.delete_vpc_endpoints(
        VpcEndpointIds=["vpce-00000000000000000", foreign, own]
    )["Unsuccessful"]
    assert {each["ResourceId"]: each["Error"]["Code"] for each in unsuccessful} == {
        "vpce-00000000000000000": "InvalidVpcEndpointId.NotFound",
        foreign: "InvalidVpcEndpointId.NotFound",
    }
    assert provider.states() == {own: "deleted", foreign: "pendingAcceptance"}


@pytest.mark.parametrize("state", ConnectionState)
def test_a_service_with_waiting_or_live_connections_cannot_be_deleted(
    provider: Provider, consumer: Party, privatelink: PrivateLink, state: ConnectionState
) -> None:
    service_id, name = provider.service("*")
    privatelink.put_connection_in_state(consumer.request(name), state)
    unsuccessful = provider.ec2.delete_vpc_endpoint_service_configurations(ServiceIds=[service_id])[
        "Unsuccessful"
    ]
    if state in {"pendingAcceptance", "pending", "available"}:
        (item,) = unsuccessful
        assert item["Error"]["Code"] == "ExistingVpcEndpointConnections"
        assert len(provider.connections()) == 1
        return
    assert unsuccessful == []
    code = refusal(
        lambda: provider.ec2.describe_vpc_endpoint_service_configurations(ServiceIds=[service_id])
    )
    assert code == "InvalidVpcEndpointServiceId.NotFound"


def test_an_unknown_service_cannot_be_deleted(provider: Provider) -> None:
    (item,) = provider.ec2.delete_vpc_endpoint_service_configurations(ServiceIds=["vpce-svc-0"])[
        "Unsuccessful"
    ]
    assert item["Error"]["Code"] == "InvalidVpcEndpointServiceId.NotFound"
