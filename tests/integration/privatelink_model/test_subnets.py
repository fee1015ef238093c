"""The subnets that an endpoint is in, and how they change."""

from ipaddress import IPv4Address, IPv4Network

from tests.integration.privatelink_model.parties import ZONES, Party, Provider, refusal


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


def test_a_second_subnet_of_a_zone_cannot_be_added(provider: Provider, consumer: Party) -> None:
    _, name = provider.service("*")
    endpoint_id = consumer.request(name)
    second = consumer.subnet("10.0.50.0/24", ZONES[0])
    code = refusal(
        lambda: consumer.ec2.modify_vpc_endpoint(VpcEndpointId=endpoint_id, AddSubnetIds=[second])
    )
    assert code == "DuplicateSubnetsInSameZone"
    assert consumer.endpoint(endpoint_id)["SubnetIds"] == consumer.subnet_ids[:2]


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


def test_an_unknown_endpoint_cannot_be_modified(consumer: Party) -> None:
    code = refusal(
        lambda: consumer.ec2.modify_vpc_endpoint(
            VpcEndpointId="vpce-00000000000000000", AddSubnetIds=consumer.subnet_ids
        )
    )
    assert code == "InvalidVpcEndpointId.NotFound"
