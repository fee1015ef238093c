"""Filters and pages of the descriptions of endpoint services and their permissions."""

from typing import TYPE_CHECKING

import pytest

from sandbox.accounts import CONSUMER
from tests.integration.privatelink_model.parties import Party, Provider, refusal

if TYPE_CHECKING:
    from mypy_boto3_ec2.type_defs import FilterTypeDef


def test_services_are_filtered_and_come_in_pages(provider: Provider, consumer: Party) -> None:
    tags = [{"ResourceType": "vpc-endpoint-service", "Tags": [{"Key": "Name", "Value": "web"}]}]
    tagged, name = provider.service(TagSpecifications=tags)
    for _ in range(6):
        provider.service()
    paginator = provider.ec2.get_paginator("describe_vpc_endpoint_service_configurations")
    pages = paginator.paginate(PaginationConfig={"PageSize": 5})
    assert [len(page["ServiceConfigurations"]) for page in pages] == [5, 2]
    for filter_name, value in (
        ("service-id", tagged),
        ("service-name", name),
        ("tag:Name", "web"),
        ("tag-key", "Name"),
    ):
        filters: list[FilterTypeDef] = [{"Name": filter_name, "Values": [value]}]
        found = provider.ec2.describe_vpc_endpoint_service_configurations(Filters=filters)
        assert [each["ServiceId"] for each in found["ServiceConfigurations"]] == [tagged]
    foreign = consumer.ec2.describe_vpc_endpoint_service_configurations()
    assert foreign["ServiceConfigurations"] == []


def test_permissions_come_in_pages_in_a_steady_order_with_their_type(provider: Provider) -> None:
    principals = [f"arn:aws:iam::{CONSUMER}:role/{number}" for number in range(4)]
    principals += ["*", f"arn:aws:iam::{CONSUMER}:root", f"arn:aws:iam::{CONSUMER}:user/u"]
    service_id, _ = provider.service(*principals)
    paginator = provider.ec2.get_paginator("describe_vpc_endpoint_service_permissions")
    pages = list(paginator.paginate(ServiceId=service_id, PaginationConfig={"PageSize": 5}))
    assert [len(page["AllowedPrincipals"]) for page in pages] == [5, 2]
    allowed = [each for page in pages for each in page["AllowedPrincipals"]]
    assert [each["Principal"] for each in allowed] == sorted(principals)
    types = {each["Principal"]: each["PrincipalType"] for each in allowed}
    assert types["*"] == "All"
    assert {types[each] for each in principals[:4]} == {"Role"}
    assert [types[each] for each in principals[5:]] == ["Account", "User"]
    filters: list[FilterTypeDef] = [{"Name": "principal-type", "Values": ["Account"]}]
    found = provider.ec2.describe_vpc_endpoint_service_permissions(
        ServiceId=service_id, Filters=filters
    )
    assert [each["Principal"] for each in found["AllowedPrincipals"]] == principals[5:6]


@pytest.mark.parametrize(
    ("operation", "request_"),
    [
        ("describe_vpc_endpoint_service_permissions", {"ServiceId": "vpce-svc-0"}),
        ("describe_vpc_endpoint_service_configurations", {"ServiceIds": ["vpce-svc-0"]}),
        ("modify_vpc_endpoint_service_permissions", {"ServiceId": "vpce-svc-0"}),
    ],
)
def test_an_unknown_service_is_said_to_be_unknown(
    provider: Provider, operation: str, request_: dict[str, object]
) -> None:
    code = refusal(lambda: getattr(provider.ec2, operation)(**request_))
    assert code == "InvalidVpcEndpointServiceId.NotFound"
