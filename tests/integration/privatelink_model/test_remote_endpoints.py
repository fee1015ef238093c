"""Endpoints in another Region than their service."""

from ipaddress import IPv4Address, IPv4Network
from typing import TYPE_CHECKING

import pytest

from sandbox.accounts import CONSUMER, PROVIDER, REGION
from sandbox.privatelink import NetworkInterfaces, PrivateLink
from tests.integration.privatelink_model.parties import (
    REMOTE_REGION,
    Clock,
    Notice,
    Party,
    Provider,
)

if TYPE_CHECKING:
    from mypy_boto3_ec2.type_defs import FilterTypeDef


@pytest.fixture
def service(provider: Provider) -> tuple[str, str]:
    """Return the id and the name of a service for which everybody in both Regions may ask."""
    return provider.service("*", SupportedRegions=[REMOTE_REGION])


def test_both_sides_see_where_the_other_is(
    provider: Provider, remote_consumer: Party, service: tuple[str, str]
) -> None:
    _, name = service
    endpoint_id = remote_consumer.request(name, ServiceRegion=REGION)
    endpoint = remote_consumer.endpoint(endpoint_id)
    assert (endpoint["ServiceName"], endpoint["ServiceRegion"]) == (name, REGION)
    assert remote_consumer.state(endpoint_id) == "pendingAcceptance"
    (connection,) = provider.connections()
    assert connection["VpcEndpointRegion"] == REMOTE_REGION
    assert connection["VpcEndpointOwner"] == CONSUMER
    assert connection["DnsEntries"] == endpoint["DnsEntries"]


def test_an_endpoint_of_the_same_region_says_so(provider: Provider, consumer: Party) -> None:
    _, name = provider.service("*")
    for more in ({}, {"ServiceRegion": REGION}):
        assert consumer.endpoint(consumer.request(name, **more))["ServiceRegion"] == REGION
    assert {each["VpcEndpointRegion"] for each in provider.connections()} == {REGION}


def test_the_names_have_the_region_of_the_service_and_the_zones_of_the_endpoint(
    remote_consumer: Party, service: tuple[str, str]
) -> None:
    service_id, name = service
    endpoint_id = remote_consumer.request(name, ServiceRegion=REGION)
    names = [each["DnsName"] for each in remote_consumer.endpoint(endpoint_id)["DnsEntries"]]
    assert all(each.endswith(f".{service_id}.{REGION}.vpce.amazonaws.com") for each in names)
    assert f"-{REMOTE_REGION}a." in names[1]
    assert f"-{REMOTE_REGION}b." in names[2]


def test_the_addresses_are_of_the_endpoints_subnets(
    remote_consumer: Party, service: tuple[str, str]
) -> None:
    endpoint_id = remote_consumer.request(service[1], ServiceRegion=REGION)
    for number, address in enumerate(remote_consumer.addresses(endpoint_id)):
        assert IPv4Address(address) in IPv4Network(f"10.0.{number}.0/24")


def test_interfaces_can_be_set_to_appear_late_in_another_region_too(
    provider: Provider, remote_consumer: Party, privatelink: PrivateLink, service: tuple[str, str]
) -> None:
    privatelink.network_interfaces = NetworkInterfaces.ONCE_AVAILABLE
    endpoint_id = remote_consumer.request(service[1], ServiceRegion=REGION)
    assert remote_consumer.endpoint(endpoint_id)["NetworkInterfaceIds"] == []
    provider.accept(service[0], endpoint_id)
    assert len(remote_consumer.addresses(endpoint_id)) == 2


def test_the_zones_of_the_load_balancer_do_not_matter_in_another_region(
    provider: Provider, remote_consumer: Party
) -> None:
    (balancer,) = provider.elbv2.create_load_balancer(
        Name="one-zone", Type="network", Subnets=provider.subnet_ids[:1]
    )["LoadBalancers"]
    _, name = provider.service(
        "*",
        NetworkLoadBalancerArns=[balancer["LoadBalancerArn"]],
        SupportedRegions=[REMOTE_REGION],
    )
    subnet_ids = remote_consumer.subnet_ids
    endpoint_id = remote_consumer.request(name, ServiceRegion=REGION, SubnetIds=subnet_ids[1:2])
    remote_consumer.ec2.modify_vpc_endpoint(VpcEndpointId=endpoint_id, AddSubnetIds=subnet_ids[2:])
    assert remote_consumer.endpoint(endpoint_id)["SubnetIds"] == subnet_ids[1:]


def test_a_connection_lives_as_one_of_the_same_region(
    provider: Provider,
    remote_consumer: Party,
    privatelink: PrivateLink,
    clock: Clock,
    service: tuple[str, str],
) -> None:
    privatelink.pending_seconds = 60
    privatelink.linger_seconds = 600
    service_id, name = service
    first, second = (remote_consumer.request(name, ServiceRegion=REGION) for _ in range(2))
    assert provider.accept(service_id, first) == []
    assert (remote_consumer.state(first), provider.states()[first]) == ("pending", "pending")
    clock.advance(seconds=60)
    assert (remote_consumer.state(first), provider.states()[first]) == ("available", "available")
    assert provider.reject(service_id, first, second) == []
    assert remote_consumer.state(first) == remote_consumer.state(second) == "rejected"
    remote_consumer.ec2.delete_vpc_endpoints(VpcEndpointIds=[first])
    assert provider.states() == {first: "deleted", second: "rejected"}
    clock.advance(seconds=600)
    assert provider.states() == {second: "rejected"}


def test_connections_and_endpoints_are_filtered_by_the_others_region(
    provider: Provider, consumer: Party, remote_consumer: Party, service: tuple[str, str]
) -> None:
    near = consumer.request(service[1])
    far = remote_consumer.request(service[1], ServiceRegion=REGION)
    for region, endpoint_id in ((REGION, near), (REMOTE_REGION, far)):
        (connection,) = provider.connections(vpc_endpoint_region=region)
        assert connection["VpcEndpointId"] == endpoint_id
    for region, expected in ((REGION, 1), (REMOTE_REGION, 0)):
        filters: list[FilterTypeDef] = [{"Name": "service-region", "Values": [region]}]
        found = remote_consumer.ec2.describe_vpc_endpoints(Filters=filters)["VpcEndpoints"]
        assert len(found) == expected


def test_each_side_is_told_in_its_own_region(
    provider: Provider, remote_consumer: Party, notices: list[Notice], service: tuple[str, str]
) -> None:
    service_id, name = service
    topics = {
        region: f"arn:aws:sns:{region}:{account_id}:connections"
        for region, account_id in ((REGION, PROVIDER), (REMOTE_REGION, CONSUMER))
    }
    events = ["Accept", "Connect", "Delete", "Reject"]
    provider.ec2.create_vpc_endpoint_connection_notification(
        ServiceId=service_id,
        ConnectionNotificationArn=topics[REGION],
        ConnectionEvents=events,
    )
    endpoint_id = remote_consumer.request(name, ServiceRegion=REGION)
    created = remote_consumer.ec2.create_vpc_endpoint_connection_notification(
        VpcEndpointId=endpoint_id,
        ConnectionNotificationArn=topics[REMOTE_REGION],
        ConnectionEvents=events,
    )["ConnectionNotification"]
    assert created["ServiceRegion"] == REGION
    provider.accept(service_id, endpoint_id)
    remote_consumer.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint_id])
    told = [(each.account_id, each.region, each.topic_arn) for each in notices]
    to_provider = (PROVIDER, REGION, topics[REGION])
    to_consumer = (CONSUMER, REMOTE_REGION, topics[REMOTE_REGION])
    assert told == [to_provider, *2 * [to_provider, to_consumer]]


def test_a_service_with_connections_from_afar_is_in_use(
    provider: Provider, remote_consumer: Party, service: tuple[str, str]
) -> None:
    remote_consumer.request(service[1], ServiceRegion=REGION)
    answer = provider.ec2.delete_vpc_endpoint_service_configurations(ServiceIds=[service[0]])
    (item,) = answer["Unsuccessful"]
    assert item["Error"]["Code"] == "ExistingVpcEndpointConnections"
