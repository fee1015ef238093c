"""The addresses of endpoint network interfaces."""

from ipaddress import IPv4Address, IPv4Network

import pytest

from sandbox.privatelink.addresses import (
    AddressInUseError,
    AddressUnusableError,
    NoFreeAddressError,
    free_address,
    wanted_address,
)
from tests.integration.privatelink_model.parties import ZONES, Party, Provider, refusal

SMALL = IPv4Network("10.0.0.0/28")


def test_aws_keeps_the_first_four_addresses_and_the_last_one() -> None:
    free = {free_address(SMALL, (), start=start) for start in range(16)}
    assert free == {f"10.0.0.{number}" for number in range(4, 15)}


def test_the_search_for_a_free_address_goes_around() -> None:
    used = {f"10.0.0.{number}" for number in range(5, 15)}
    assert free_address(SMALL, used, start=7) == "10.0.0.4"


def test_a_full_subnet_has_no_free_address() -> None:
    with pytest.raises(NoFreeAddressError):
        free_address(SMALL, {str(each) for each in SMALL}, start=0)


@pytest.mark.parametrize(
    "address", ["10.0.0.0", "10.0.0.3", "10.0.0.15", "10.0.1.4", "no address", "fd00::4"]
)
def test_an_unusable_address_cannot_be_had(address: str) -> None:
    with pytest.raises(AddressUnusableError):
        wanted_address(SMALL, (), address)


def test_a_used_address_cannot_be_had() -> None:
    with pytest.raises(AddressInUseError):
        wanted_address(SMALL, {"10.0.0.4"}, "10.0.0.4")
    assert wanted_address(SMALL, {"10.0.0.4"}, "10.0.0.5") == "10.0.0.5"


def test_no_two_interfaces_of_a_subnet_share_an_address(
    provider: Provider, consumer: Party
) -> None:
    _, name = provider.service("*")
    subnet_id = consumer.subnet("10.0.100.0/28", ZONES[0])
    addresses = [
        consumer.addresses(consumer.request(name, SubnetIds=[subnet_id]))[0] for _ in range(11)
    ]
    assert sorted(addresses, key=IPv4Address) == [f"10.0.100.{number}" for number in range(4, 15)]
    code = refusal(lambda: consumer.request(name, SubnetIds=[subnet_id]))
    assert code == "InsufficientFreeAddressesInSubnet"


def test_an_address_can_be_asked_for(provider: Provider, consumer: Party) -> None:
    _, name = provider.service("*")
    first, second = consumer.subnet_ids[:2]
    endpoint_id = consumer.request(
        name,
        SubnetConfigurations=[
            {"SubnetId": first, "Ipv4": "10.0.0.181"},
            {"SubnetId": second, "Ipv4": "10.0.1.181"},
        ],
    )
    assert consumer.addresses(endpoint_id) == ["10.0.0.181", "10.0.1.181"]


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("10.0.0.3", "InvalidParameterValue"),
        ("10.0.1.50", "InvalidParameterValue"),
        ("10.0.0.50", "InvalidIPAddress.InUse"),
    ],
)
def test_an_address_that_cannot_be_had_is_refused(
    provider: Provider, consumer: Party, address: str, code: str
) -> None:
    _, name = provider.service("*")
    subnet_id = consumer.subnet_ids[0]
    consumer.ec2.create_network_interface(SubnetId=subnet_id, PrivateIpAddress="10.0.0.50")
    wanted = [{"SubnetId": subnet_id, "Ipv4": address}]
    assert refusal(lambda: consumer.request(name, SubnetConfigurations=wanted)) == code
    assert provider.connections() == []


def test_a_configuration_changes_the_address_of_an_interface(
    provider: Provider, consumer: Party
) -> None:
    _, name = provider.service("*")
    endpoint_id = consumer.request(name)
    other = consumer.addresses(endpoint_id)[1]
    consumer.ec2.modify_vpc_endpoint(
        VpcEndpointId=endpoint_id,
        SubnetConfigurations=[{"SubnetId": consumer.subnet_ids[0], "Ipv4": "10.0.0.7"}],
    )
    assert consumer.addresses(endpoint_id) == ["10.0.0.7", other]
    assert len(consumer.ec2.describe_network_interfaces()["NetworkInterfaces"]) == 2


def test_a_configuration_that_is_so_already_changes_nothing(
    provider: Provider, consumer: Party
) -> None:
    _, name = provider.service("*")
    endpoint_id = consumer.request(name)
    before = consumer.endpoint(endpoint_id)["NetworkInterfaceIds"]
    consumer.ec2.modify_vpc_endpoint(
        VpcEndpointId=endpoint_id,
        SubnetConfigurations=[
            {"SubnetId": consumer.subnet_ids[0], "Ipv4": consumer.addresses(endpoint_id)[0]}
        ],
    )
    assert consumer.endpoint(endpoint_id)["NetworkInterfaceIds"] == before


def test_an_endpoint_created_again_has_other_addresses(provider: Provider, consumer: Party) -> None:
    _, name = provider.service("*")
    seen = set()
    for _ in range(4):
        endpoint_id = consumer.request(name)
        seen.add(tuple(consumer.addresses(endpoint_id)))
        consumer.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint_id])
    assert len(seen) > 1
