"""Filters and pages of the descriptions of endpoint connections."""

from base64 import urlsafe_b64encode
from typing import TYPE_CHECKING

import pytest

from sandbox.accounts import CONSUMER, REGION, STRANGER
from sandbox.privatelink.listing import FIVE_TO_A_THOUSAND, STRICTLY_FIVE_TO_A_THOUSAND
from tests.integration.privatelink_model.parties import Party, Provider, refusal

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
