"""The network interfaces of endpoints: what they are like, and when they can be seen."""

from ipaddress import IPv4Address, IPv4Network

import pytest

from sandbox.privatelink import ConnectionState, NetworkInterfaces, PrivateLink
from tests.integration.privatelink_model.parties import (
    STATES_OF_ENDPOINTS,
    ZONES,
    Clock,
    Party,
    Provider,
    refusal,
)


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


def test_the_deletion_deletes_the_interfaces(provider: Provider, consumer: Party) -> None:
    _, name = provider.service("*")
    consumer.ec2.delete_vpc_endpoints(VpcEndpointIds=[consumer.request(name)])
    assert consumer.ec2.describe_network_interfaces()["NetworkInterfaces"] == []


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
