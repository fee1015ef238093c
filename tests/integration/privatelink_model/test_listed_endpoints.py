"""Filters and pages of the descriptions of endpoints."""

from typing import TYPE_CHECKING

import pytest

from sandbox.accounts import CONSUMER, REGION
from sandbox.privatelink import ConnectionState, PrivateLink
from tests.integration.privatelink_model.parties import STATES_OF_ENDPOINTS, Party, Provider

if TYPE_CHECKING:
    from mypy_boto3_ec2.type_defs import FilterTypeDef


@pytest.mark.parametrize("state", STATES_OF_ENDPOINTS)
def test_endpoints_are_filtered_by_state(
    provider: Provider, consumer: Party, privatelink: PrivateLink, state: ConnectionState
) -> None:
    _, name = provider.service("*", acceptance_required=state == "available")
    consumer.request(name)
    endpoint_id = consumer.request(name)
    privatelink.put_connection_in_state(endpoint_id, state)
    filters: list[FilterTypeDef] = [{"Name": "vpc-endpoint-state", "Values": [state]}]
    found = consumer.ec2.describe_vpc_endpoints(Filters=filters)["VpcEndpoints"]
    assert [each["VpcEndpointId"] for each in found] == [endpoint_id]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("service-name", "{service_name}"),
        ("vpc-id", "{vpc_id}"),
        ("vpc-endpoint-id", "{endpoint_id}"),
        ("vpc-endpoint-type", "Interface"),
        ("tag:Name", "w?b"),
        ("tag-key", "Name"),
    ],
)
def test_endpoints_are_filtered(provider: Provider, consumer: Party, name: str, value: str) -> None:
    _, service_name = provider.service("*")
    tags = [{"ResourceType": "vpc-endpoint", "Tags": [{"Key": "Name", "Value": "web"}]}]
    endpoint_id = consumer.request(service_name, TagSpecifications=tags)
    other = Party(CONSUMER)
    other.ec2.create_vpc_endpoint(
        VpcEndpointType="Gateway", VpcId=other.vpc_id, ServiceName=f"com.amazonaws.{REGION}.s3"
    )
    wanted = value.format(
        service_name=service_name, vpc_id=consumer.vpc_id, endpoint_id=endpoint_id
    )
    filters: list[FilterTypeDef] = [{"Name": name, "Values": [wanted]}]
    found = consumer.ec2.describe_vpc_endpoints(Filters=filters)["VpcEndpoints"]
    assert [each["VpcEndpointId"] for each in found] == [endpoint_id]


def test_a_tag_set_later_is_found(provider: Provider, consumer: Party) -> None:
    _, name = provider.service("*")
    endpoint_id, _ = consumer.request(name), consumer.request(name)
    consumer.ec2.create_tags(Resources=[endpoint_id], Tags=[{"Key": "Use", "Value": "web"}])
    filters: list[FilterTypeDef] = [{"Name": "tag:Use", "Values": ["api", "web"]}]
    found = consumer.ec2.describe_vpc_endpoints(Filters=filters)["VpcEndpoints"]
    assert [each["VpcEndpointId"] for each in found] == [endpoint_id]


def test_endpoints_come_in_pages(provider: Provider, consumer: Party) -> None:
    _, name = provider.service("*")
    ids = [consumer.request(name) for _ in range(3)]
    paginator = consumer.ec2.get_paginator("describe_vpc_endpoints")
    pages = list(paginator.paginate(PaginationConfig={"PageSize": 2}))
    assert [len(page["VpcEndpoints"]) for page in pages] == [2, 1]
    assert [each["VpcEndpointId"] for page in pages for each in page["VpcEndpoints"]] == ids
