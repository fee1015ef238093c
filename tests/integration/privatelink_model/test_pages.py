"""A page may be smaller than what was asked for, whatever is listed."""

import pytest
from botocore.client import BaseClient

from sandbox.accounts import CONSUMER
from sandbox.privatelink import PrivateLink
from tests.integration.privatelink_model.balancing import create, listen, target_group
from tests.integration.privatelink_model.parties import Party, Provider

LISTS_OF_BALANCING = {
    "describe_listeners": "Listeners",
    "describe_load_balancers": "LoadBalancers",
    "describe_target_groups": "TargetGroups",
}
LISTS_OF_THE_PROVIDER = {
    "describe_vpc_endpoint_connection_notifications": "ConnectionNotificationSet",
    "describe_vpc_endpoint_connections": "VpcEndpointConnections",
    "describe_vpc_endpoint_service_configurations": "ServiceConfigurations",
    "describe_vpc_endpoint_service_permissions": "AllowedPrincipals",
}
LISTS_OF_THE_CONSUMER = {
    "describe_managed_prefix_lists": "PrefixLists",
    "describe_network_interfaces": "NetworkInterfaces",
    "describe_route_tables": "RouteTables",
    "describe_security_group_rules": "SecurityGroupRules",
    "describe_security_groups": "SecurityGroups",
    "describe_vpc_endpoints": "VpcEndpoints",
    "describe_vpcs": "Vpcs",
}


@pytest.fixture
def service_id(provider: Provider, consumer: Party) -> str:
    """Three of everything, or more: the id is that of the service with three principals."""
    principals = [f"arn:aws:iam::{CONSUMER}:role/{number}" for number in range(3)]
    service_id, name = provider.service(*principals)
    for number in range(3):
        provider.service()
        provider.ec2.create_vpc_endpoint_connection_notification(
            ServiceId=service_id,
            ConnectionNotificationArn=f"arn:aws:sns:{provider.region}:{provider.account_id}:told",
            ConnectionEvents=["Connect"],
        )
        create(provider, Name=f"db-{number}")
        listen(
            provider,
            provider.load_balancer_arn,
            target_group(provider, name=f"db-{number}"),
            port=5432 + number,
        )
        consumer.request(name)
        consumer.group(str(number))
        consumer.ec2.create_vpc(CidrBlock="10.0.0.0/16")
    return service_id


def assert_pages(
    privatelink: PrivateLink, client: BaseClient, operation: str, key: str, **asked: str
) -> None:
    paginator = client.get_paginator(operation)
    (whole,) = paginator.paginate(**asked)
    privatelink.largest_page = 2
    found = [page[key] for page in paginator.paginate(**asked)]
    assert [row for page in found for row in page] == whole[key]
    assert len(found) > 1
    assert {len(page) for page in found[:-1]} == {2}


@pytest.mark.parametrize(("operation", "key"), LISTS_OF_BALANCING.items())
@pytest.mark.usefixtures("service_id")
def test_lists_of_load_balancing_have_pages(
    provider: Provider, privatelink: PrivateLink, operation: str, key: str
) -> None:
    asked = {"LoadBalancerArn": provider.load_balancer_arn} if key == "Listeners" else {}
    assert_pages(privatelink, provider.elbv2, operation, key, **asked)


@pytest.mark.parametrize(("operation", "key"), LISTS_OF_THE_PROVIDER.items())
def test_lists_of_the_provider_have_pages(
    provider: Provider, privatelink: PrivateLink, service_id: str, operation: str, key: str
) -> None:
    asked = {"ServiceId": service_id} if key == "AllowedPrincipals" else {}
    assert_pages(privatelink, provider.ec2, operation, key, **asked)


@pytest.mark.parametrize(("operation", "key"), LISTS_OF_THE_CONSUMER.items())
@pytest.mark.usefixtures("service_id")
def test_lists_of_the_consumer_have_pages(
    consumer: Party, privatelink: PrivateLink, operation: str, key: str
) -> None:
    assert_pages(privatelink, consumer.ec2, operation, key)
