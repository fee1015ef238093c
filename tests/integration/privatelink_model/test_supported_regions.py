"""The Regions that a service supports besides its own, and what one has there."""

import pytest

from sandbox.accounts import CONSUMER, PROVIDER, REGION
from tests.integration.privatelink_model.parties import REMOTE_REGION, Party, Provider, refusal


def supported(provider: Provider, service_id: str) -> list[str]:
    (service,) = provider.ec2.describe_vpc_endpoint_service_configurations(ServiceIds=[service_id])[
        "ServiceConfigurations"
    ]
    return [each["Region"] for each in service["SupportedRegions"]]


def test_some_zones_have_no_access_to_another_region(provider: Provider) -> None:
    consumer = Party(CONSUMER, "ap-northeast-2")
    _, name = provider.service("*", SupportedRegions=["ap-northeast-2"])
    first, second, third = consumer.subnet_ids
    asked = {"ServiceRegion": REGION}
    assert refusal(lambda: consumer.request(name, SubnetIds=[first, second], **asked)) == (
        "InvalidParameter"
    )
    assert consumer.request(name, SubnetIds=[first, third], **asked)


@pytest.mark.parametrize(
    ("regions", "permitted", "asked"),
    [
        ((), "*", {"ServiceRegion": REGION}),
        (("us-west-2",), "*", {"ServiceRegion": REGION}),
        ((REMOTE_REGION,), f"arn:aws:iam::{PROVIDER}:root", {"ServiceRegion": REGION}),
        ((REMOTE_REGION,), "*", {"ServiceRegion": "us-west-2"}),
        ((REMOTE_REGION,), "*", {}),
    ],
    ids=["no Region", "another Region", "another account", "sought elsewhere", "sought here"],
)
def test_a_service_that_is_not_offered_there_does_not_exist(
    provider: Provider,
    remote_consumer: Party,
    regions: tuple[str, ...],
    permitted: str,
    asked: dict[str, str],
) -> None:
    _, name = provider.service(permitted, SupportedRegions=list(regions))
    assert refusal(lambda: remote_consumer.request(name, **asked)) == "InvalidServiceName"
    sought = [asked["ServiceRegion"]] if asked else []
    describe = remote_consumer.ec2.describe_vpc_endpoint_services
    code = refusal(lambda: describe(ServiceNames=[name], ServiceRegions=sought))
    assert code == "InvalidServiceName"


def test_a_service_is_found_in_the_region_that_is_named(
    provider: Provider, remote_consumer: Party
) -> None:
    _, name = provider.service("*", SupportedRegions=[REMOTE_REGION])
    found = remote_consumer.ec2.describe_vpc_endpoint_services(
        ServiceNames=[name], ServiceRegions=["us-west-2", REGION]
    )
    assert found["ServiceNames"] == [name]
    assert found["ServiceDetails"][0]["ServiceRegion"] == REGION


def test_a_service_supports_its_own_region_whatever_is_asked(provider: Provider) -> None:
    plain, _ = provider.service()
    wide, _ = provider.service(SupportedRegions=[REMOTE_REGION, REGION])
    assert supported(provider, plain) == [REGION]
    assert supported(provider, wide) == [REGION, REMOTE_REGION]
    modify = provider.ec2.modify_vpc_endpoint_service_configuration
    assert refusal(lambda: modify(ServiceId=wide, RemoveSupportedRegions=[REGION])) == (
        "InvalidParameterValue"
    )
    assert supported(provider, wide) == [REGION, REMOTE_REGION]


def test_regions_are_added_and_removed_and_what_is_there_stays(
    provider: Provider, remote_consumer: Party
) -> None:
    service_id, name = provider.service("*")
    modify = provider.ec2.modify_vpc_endpoint_service_configuration
    for _ in range(2):
        modify(ServiceId=service_id, AddSupportedRegions=[REMOTE_REGION])
    assert supported(provider, service_id) == [REGION, REMOTE_REGION]
    endpoint_id = remote_consumer.request(name, ServiceRegion=REGION)
    for _ in range(2):
        modify(ServiceId=service_id, RemoveSupportedRegions=[REMOTE_REGION])
    code = refusal(lambda: remote_consumer.request(name, ServiceRegion=REGION))
    assert code == "InvalidServiceName"
    assert provider.accept(service_id, endpoint_id) == []
    assert remote_consumer.state(endpoint_id) == "available"


def test_regions_have_services_of_their_own(consumer: Party, remote_consumer: Party) -> None:
    here, there = Provider(), Provider(region=REMOTE_REGION)
    (_, near), (service_id, far) = here.service("*"), there.service("*")
    consumer.request(near)
    endpoint_id = remote_consumer.request(far)
    assert there.states() == {endpoint_id: "pendingAcceptance"}
    code = refusal(lambda: here.accept(service_id, endpoint_id))
    assert code == "InvalidVpcEndpointServiceId.NotFound"
