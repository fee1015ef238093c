"""The network interfaces of endpoints: addresses, groups, and how both change."""

from ipaddress import IPv4Address, IPv4Network

import pytest

from sandbox.privatelink import ConnectionState, NetworkInterfaces, PrivateLink
from sandbox.privatelink.addresses import (
    AddressInUseError,
    AddressUnusableError,
    NoFreeAddressError,
    free_address,
    wanted_address,
)
from tests.integration.privatelink_model.parties import (
    STATES_OF_ENDPOINTS,
    ZONES,
    Clock,
    Party,
    Provider,
    refusal,
)

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


def test_there_is_one_interface_a_subnet_with_an_address_of_it(
    provider: Provider, consumer: Party
) -> None:
    _, name = provider.service("*")
    group_id = consumer.group()
    endpoint_id = consumer.request(name, SecurityGroupIds=[group_id])
    interfaces = consumer.interfaces(endpoint_id)
    assert [each["SubnetId"] for each in interfaces] == consumer.subnet_ids[:2]
    assert [each["AvailabilityZone"] for each in interfaces] == list(ZONES[:2])
    for number, each in enumerate(interfaces):
        assert IPv4Address(each["PrivateIpAddress"]) in IPv4Network(f"10.0.{number}.0/24")
        assert each["PrivateIpAddresses"] == [
            {"Primary": True, "PrivateIpAddress": each["PrivateIpAddress"]}
        ]
        assert each["Groups"] == [{"GroupId": group_id, "GroupName": "endpoint"}]
        assert each["InterfaceType"] == "vpc_endpoint"
        assert each["RequesterManaged"]
        assert each["Description"] == f"VPC Endpoint Interface {endpoint_id}"
        assert each["Status"] == "in-use"
        assert each["VpcId"] == consumer.vpc_id


def test_the_zones_id_is_the_same_in_every_account(
    provider: Provider, consumer: Party, stranger: Party
) -> None:
    _, name = provider.service("*")
    ids = [
        [each["AvailabilityZoneId"] for each in party.interfaces(party.request(name))]
        for party in (consumer, stranger)
    ]
    assert ids[0] == ids[1]
    assert len(set(ids[0])) == 2


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


def test_an_added_subnet_adds_an_interface_and_a_name(provider: Provider, consumer: Party) -> None:
    _, name = provider.service("*")
    endpoint_id = consumer.request(name)
    before = consumer.addresses(endpoint_id)
    consumer.ec2.modify_vpc_endpoint(
        VpcEndpointId=endpoint_id, AddSubnetIds=consumer.subnet_ids[2:]
    )
    assert consumer.endpoint(endpoint_id)["SubnetIds"] == consumer.subnet_ids
    after = consumer.addresses(endpoint_id)
    assert after[:2] == before
    assert IPv4Address(after[2]) in IPv4Network("10.0.2.0/24")
    assert ZONES[2] in consumer.endpoint(endpoint_id)["DnsEntries"][-1]["DnsName"]


def test_a_removed_subnet_takes_its_interface_and_its_name(
    provider: Provider, consumer: Party
) -> None:
    _, name = provider.service("*")
    endpoint_id = consumer.request(name)
    gone, kept = consumer.endpoint(endpoint_id)["NetworkInterfaceIds"]
    consumer.ec2.modify_vpc_endpoint(
        VpcEndpointId=endpoint_id, RemoveSubnetIds=consumer.subnet_ids[:1]
    )
    endpoint = consumer.endpoint(endpoint_id)
    assert endpoint["NetworkInterfaceIds"] == [kept]
    assert len(endpoint["DnsEntries"]) == 2
    everything = consumer.ec2.describe_network_interfaces()["NetworkInterfaces"]
    assert gone not in {each["NetworkInterfaceId"] for each in everything}


def test_a_zone_moves_to_another_subnet_in_one_request(provider: Provider, consumer: Party) -> None:
    _, name = provider.service("*")
    endpoint_id = consumer.request(name)
    other = consumer.subnet("10.0.50.0/24", ZONES[0])
    consumer.ec2.modify_vpc_endpoint(
        VpcEndpointId=endpoint_id,
        AddSubnetIds=[other],
        RemoveSubnetIds=consumer.subnet_ids[:1],
    )
    address = consumer.addresses(endpoint_id)[0]
    assert IPv4Address(address) in IPv4Network("10.0.50.0/24")


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


def test_a_second_subnet_of_a_zone_cannot_be_added(provider: Provider, consumer: Party) -> None:
    _, name = provider.service("*")
    endpoint_id = consumer.request(name)
    second = consumer.subnet("10.0.50.0/24", ZONES[0])
    code = refusal(
        lambda: consumer.ec2.modify_vpc_endpoint(VpcEndpointId=endpoint_id, AddSubnetIds=[second])
    )
    assert code == "DuplicateSubnetsInSameZone"
    assert consumer.endpoint(endpoint_id)["SubnetIds"] == consumer.subnet_ids[:2]


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


def test_a_refused_modification_changes_nothing(provider: Provider, consumer: Party) -> None:
    _, name = provider.service("*")
    endpoint_id = consumer.request(name)
    before = consumer.addresses(endpoint_id)
    code = refusal(
        lambda: consumer.ec2.modify_vpc_endpoint(
            VpcEndpointId=endpoint_id,
            AddSubnetIds=consumer.subnet_ids[2:],
            RemoveSubnetIds=consumer.subnet_ids[:1],
            AddSecurityGroupIds=["sg-00000000"],
        )
    )
    assert code == "InvalidGroup.NotFound"
    assert consumer.addresses(endpoint_id) == before


def test_security_groups_change_on_the_interfaces_too(provider: Provider, consumer: Party) -> None:
    _, name = provider.service("*")
    endpoint_id = consumer.request(name)
    default = consumer.endpoint(endpoint_id)["Groups"][0]["GroupId"]
    group_id = consumer.group()
    consumer.ec2.modify_vpc_endpoint(
        VpcEndpointId=endpoint_id, AddSecurityGroupIds=[group_id], RemoveSecurityGroupIds=[default]
    )
    assert [each["GroupId"] for each in consumer.endpoint(endpoint_id)["Groups"]] == [group_id]
    for interface in consumer.interfaces(endpoint_id):
        assert [each["GroupId"] for each in interface["Groups"]] == [group_id]


def test_an_unknown_endpoint_cannot_be_modified(consumer: Party) -> None:
    code = refusal(
        lambda: consumer.ec2.modify_vpc_endpoint(
            VpcEndpointId="vpce-00000000000000000", AddSubnetIds=consumer.subnet_ids
        )
    )
    assert code == "InvalidVpcEndpointId.NotFound"


def test_the_deletion_deletes_the_interfaces(provider: Provider, consumer: Party) -> None:
    _, name = provider.service("*")
    consumer.ec2.delete_vpc_endpoints(VpcEndpointIds=[consumer.request(name)])
    assert consumer.ec2.describe_network_interfaces()["NetworkInterfaces"] == []


def test_an_endpoint_created_again_has_other_addresses(provider: Provider, consumer: Party) -> None:
    _, name = provider.service("*")
    seen = set()
    for _ in range(4):
        endpoint_id = consumer.request(name)
        seen.add(tuple(consumer.addresses(endpoint_id)))
        consumer.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint_id])
    assert len(seen) > 1


def test_interfaces_may_appear_late(
    provider: Provider, consumer: Party, privatelink: PrivateLink, clock: Clock
) -> None:
    privatelink.network_interfaces = NetworkInterfaces.ONCE_AVAILABLE
    privatelink.pending_seconds = 60
    service_id, name = provider.service("*")
    endpoint_id = consumer.request(name)

    def seen() -> tuple[int, int]:
        everything = consumer.ec2.describe_network_interfaces()["NetworkInterfaces"]
        return len(consumer.endpoint(endpoint_id)["NetworkInterfaceIds"]), len(everything)

    assert seen() == (0, 0)
    provider.accept(service_id, endpoint_id)
    assert seen() == (0, 0)
    clock.advance(seconds=60)
    assert seen() == (2, 2)
    provider.reject(service_id, endpoint_id)
    assert seen() == (2, 2)


def test_a_setting_may_be_plain_text(
    provider: Provider, consumer: Party, privatelink: PrivateLink
) -> None:
    _, name = provider.service("*")
    endpoint_id = consumer.request(name)
    vars(privatelink)["network_interfaces"] = "once available"
    assert consumer.endpoint(endpoint_id)["NetworkInterfaceIds"] == []
    vars(privatelink)["network_interfaces"] = "sometimes"
    with pytest.raises(ValueError, match="sometimes"):
        consumer.endpoint(endpoint_id)


def test_a_hidden_interface_is_unknown(
    provider: Provider, consumer: Party, privatelink: PrivateLink
) -> None:
    _, name = provider.service("*")
    hidden = consumer.endpoint(consumer.request(name))["NetworkInterfaceIds"]
    privatelink.network_interfaces = NetworkInterfaces.ONCE_AVAILABLE
    code = refusal(lambda: consumer.ec2.describe_network_interfaces(NetworkInterfaceIds=hidden))
    assert code == "InvalidNetworkInterfaceID.NotFound"


@pytest.mark.parametrize("state", STATES_OF_ENDPOINTS)
def test_interfaces_exist_in_every_state(
    provider: Provider, consumer: Party, privatelink: PrivateLink, state: ConnectionState
) -> None:
    _, name = provider.service("*")
    endpoint_id = consumer.request(name)
    privatelink.put_connection_in_state(endpoint_id, state)
    assert consumer.state(endpoint_id) == state
    assert len(consumer.addresses(endpoint_id)) == 2


def test_network_interfaces_come_in_pages(consumer: Party) -> None:
    for number in range(7):
        consumer.ec2.create_network_interface(
            SubnetId=consumer.subnet_ids[0], PrivateIpAddress=f"10.0.0.{10 + number}"
        )
    pages = consumer.ec2.get_paginator("describe_network_interfaces").paginate(
        PaginationConfig={"PageSize": 5}
    )
    assert [len(page["NetworkInterfaces"]) for page in pages] == [5, 2]
