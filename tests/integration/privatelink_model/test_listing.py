"""Filters and pages of the descriptions."""

from base64 import urlsafe_b64encode
from typing import TYPE_CHECKING

import pytest

from sandbox.accounts import CONSUMER, REGION, STRANGER
from sandbox.privatelink import ConnectionState, PrivateLink
from sandbox.privatelink.listing import FIVE_TO_A_THOUSAND, STRICTLY_FIVE_TO_A_THOUSAND
from tests.integration.privatelink_model.parties import (
    STATES_OF_ENDPOINTS,
    Party,
    Provider,
    refusal,
)

if TYPE_CHECKING:
    from mypy_boto3_ec2.type_defs import FilterTypeDef


@pytest.fixture
def two_services(provider: Provider, consumer: Party, stranger: Party) -> dict[str, str]:
    """Two services: one with a waiting and an accepted endpoint, the other with one waiting."""
    web, web_name = provider.service("*")
    database, database_name = provider.service("*")
    accepted = stranger.request(web_name)
    provider.accept(web, accepted)
    return {
        "web": web,
        "database": database,
        "waiting": consumer.request(web_name),
        "accepted": accepted,
        "elsewhere": consumer.request(database_name),
    }


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("service-id", "{web}", {"waiting", "accepted"}),
        ("service-id", "{database}", {"elsewhere"}),
        ("service-id", "vpce-svc-*", {"waiting", "accepted", "elsewhere"}),
        ("service-id", "vpce-svc-?", set()),
        ("service-id", "vpce-svc-" + 17 * "?", {"waiting", "accepted", "elsewhere"}),
        ("service-id", r"vpce-svc-\*", set()),
        ("vpc-endpoint-owner", CONSUMER, {"waiting", "elsewhere"}),
        ("vpc-endpoint-owner", STRANGER, {"accepted"}),
        ("vpc-endpoint-state", "pendingAcceptance", {"waiting", "elsewhere"}),
        ("vpc-endpoint-state", "PendingAcceptance", set()),
        ("vpc-endpoint-state", "available", {"accepted"}),
        ("ip-address-type", "ipv4", {"waiting", "accepted", "elsewhere"}),
        ("ip-address-type", "ipv6", set()),
        ("vpc-endpoint-region", REGION, {"waiting", "accepted", "elsewhere"}),
        ("vpc-endpoint-region", "cross-region", set()),
        ("service-id", "", {"waiting", "accepted", "elsewhere"}),
    ],
)
def test_connections_are_filtered(
    provider: Provider, two_services: dict[str, str], name: str, value: str, expected: set[str]
) -> None:
    filters: list[FilterTypeDef] = [{"Name": name, "Values": [value.format(**two_services)]}]
    found = provider.ec2.describe_vpc_endpoint_connections(Filters=filters)
    ids = {each["VpcEndpointId"] for each in found["VpcEndpointConnections"]}
    assert ids == {two_services[each] for each in expected}


def test_values_widen_and_filters_narrow(provider: Provider, two_services: dict[str, str]) -> None:
    filters: list[FilterTypeDef] = [
        {"Name": "vpc-endpoint-state", "Values": ["available", "pendingAcceptance"]},
        {"Name": "service-id", "Values": [two_services["web"]]},
    ]
    found = provider.ec2.describe_vpc_endpoint_connections(Filters=filters)
    ids = {each["VpcEndpointId"] for each in found["VpcEndpointConnections"]}
    assert ids == {two_services["waiting"], two_services["accepted"]}


def test_a_filter_without_values_restricts_nothing(
    provider: Provider, two_services: dict[str, str]
) -> None:
    filters: list[FilterTypeDef] = [{"Name": "service-id", "Values": []}]
    found = provider.ec2.describe_vpc_endpoint_connections(Filters=filters)
    assert {each["ServiceId"] for each in found["VpcEndpointConnections"]} == {
        two_services["web"],
        two_services["database"],
    }


@pytest.mark.parametrize("name", ["vpc-endpoint-id", "vpc-id", "tag:Name"])
def test_a_filter_that_the_server_does_not_know_is_refused(provider: Provider, name: str) -> None:
    filters: list[FilterTypeDef] = [{"Name": name, "Values": ["vpce-0"]}]
    code = refusal(lambda: provider.ec2.describe_vpc_endpoint_connections(Filters=filters))
    assert code == "InvalidFilter"


def test_connections_come_in_pages(provider: Provider, consumer: Party) -> None:
    _, name = provider.service("*")
    ids = [consumer.request(name) for _ in range(12)]
    paginator = provider.ec2.get_paginator("describe_vpc_endpoint_connections")
    pages = list(paginator.paginate(PaginationConfig={"PageSize": 5}))
    assert [len(page["VpcEndpointConnections"]) for page in pages] == [5, 5, 2]
    seen = [each["VpcEndpointId"] for page in pages for each in page["VpcEndpointConnections"]]
    assert seen == ids


def test_a_page_that_fits_exactly_is_the_last_one(provider: Provider, consumer: Party) -> None:
    _, name = provider.service("*")
    for _ in range(5):
        consumer.request(name)
    answer = provider.ec2.describe_vpc_endpoint_connections(MaxResults=5)
    assert len(answer["VpcEndpointConnections"]) == 5
    assert "NextToken" not in answer


@pytest.mark.parametrize("size", [None, 1000, 5000])
def test_a_page_has_a_thousand_items_at_most(size: int | None) -> None:
    page, token = FIVE_TO_A_THOUSAND(range(1500), max_results=size, next_token=None)
    assert page == list(range(1000))
    rest, end = FIVE_TO_A_THOUSAND(range(1500), max_results=size, next_token=token)
    assert (rest, end) == (list(range(1000, 1500)), None)


def test_the_older_operations_give_everything_if_no_size_is_asked_for() -> None:
    answer = STRICTLY_FIVE_TO_A_THOUSAND(range(1500), max_results=None, next_token=None)
    assert answer == (list(range(1500)), None)


@pytest.mark.parametrize("size", [-1, 0, 4])
def test_a_page_of_fewer_than_five_connections_is_refused(provider: Provider, size: int) -> None:
    code = refusal(lambda: provider.ec2.describe_vpc_endpoint_connections(MaxResults=size))
    assert code == "InvalidParameterValue"


@pytest.mark.parametrize(
    "token",
    ["next", "%", *(urlsafe_b64encode(each).decode() for each in (b"from 0", b"to 5", b"from x"))],
)
def test_an_alien_token_is_refused(provider: Provider, token: str) -> None:
    code = refusal(lambda: provider.ec2.describe_vpc_endpoint_connections(NextToken=token))
    assert code == "InvalidNextToken"


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
