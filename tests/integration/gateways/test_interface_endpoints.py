from typing import TYPE_CHECKING, Any

import pytest

from privatelink.errors import AwsError
from privatelink.gateways.interface_endpoints import InterfaceEndpoints
from privatelink.model import NetworkInterfaceId
from sandbox.privatelink import PrivateLink
from tests.integration.gateways.requests import names, noted_requests
from tests.integration.privatelink_model.parties import Party, Provider

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client


@pytest.fixture
def gateway(ec2: "EC2Client") -> InterfaceEndpoints:
    return InterfaceEndpoints(ec2)


def other_interface(consumer: Party, description: str = "") -> NetworkInterfaceId:
    created = consumer.ec2.create_network_interface(
        SubnetId=consumer.subnet_ids[0], Description=description
    )
    return NetworkInterfaceId(created["NetworkInterface"]["NetworkInterfaceId"])


def test_an_endpoint_tells_its_service_and_its_subnets(
    provider: Provider, consumer: Party, gateway: InterfaceEndpoints
) -> None:
    _, service_name = provider.service("*")
    consumer.request(service_name)
    (endpoint,) = gateway.describe_vpc_endpoints(service_name)
    assert endpoint.service_name == service_name
    assert sorted(endpoint.subnet_ids) == sorted(consumer.subnet_ids[:2])


def test_endpoints_of_several_services_are_one_call(
    provider: Provider, consumer: Party, gateway: InterfaceEndpoints, ec2: "EC2Client"
) -> None:
    service_names = [provider.service("*")[1] for _ in range(3)]
    endpoint_ids = [consumer.request(name) for name in service_names]
    with noted_requests(ec2) as requests:
        found = gateway.describe_vpc_endpoints(*service_names[:2])
    assert {e.vpc_endpoint_id: e.service_name for e in found} == dict(
        zip(endpoint_ids[:2], service_names[:2], strict=True)
    )
    assert names(requests) == ["DescribeVpcEndpoints"]


def test_two_hundred_services_are_asked_for_in_a_call(
    gateway: InterfaceEndpoints, ec2: "EC2Client"
) -> None:
    with noted_requests(ec2) as requests:
        assert not gateway.describe_vpc_endpoints(*(f"com.amazonaws.{n}" for n in range(201)))
    assert [len(params["Filters"][0]["Values"]) for _, params in requests] == [200, 1]


def test_no_service_is_never_every_service(gateway: InterfaceEndpoints, ec2: "EC2Client") -> None:
    with noted_requests(ec2) as requests:
        assert gateway.describe_vpc_endpoints() == ()
        with pytest.raises(ValueError, match="''"):
            gateway.describe_vpc_endpoints("com.amazonaws.vpce.one", "")
    assert not requests


def test_interfaces_of_endpoints_and_others_are_one_call(
    provider: Provider, consumer: Party, gateway: InterfaceEndpoints, ec2: "EC2Client"
) -> None:
    _, service_name = provider.service("*")
    endpoint_id = consumer.request(service_name)
    edge, hidden = other_interface(consumer, "VMware VMC Interface 1"), "eni-0fedcba9876543210"
    other_interface(consumer, "not asked for")
    endpoints = gateway.describe_vpc_endpoints(service_name)
    with noted_requests(ec2) as requests:
        found = gateway.describe_network_interfaces(endpoints, [edge, NetworkInterfaceId(hidden)])
    assert names(requests) == ["DescribeNetworkInterfaces"]
    assert found.keys() == {*endpoints[0].network_interface_ids, edge}
    assert found[edge].description == "VMware VMC Interface 1"
    own = [found[i] for i in endpoints[0].network_interface_ids]
    assert sorted(i.private_ip_address for i in own) == sorted(consumer.addresses(endpoint_id))
    assert all(i.availability_zone_id for i in own)


def test_every_page_of_interfaces_is_read(
    consumer: Party, gateway: InterfaceEndpoints, privatelink: PrivateLink, ec2: "EC2Client"
) -> None:
    ids = {other_interface(consumer) for _ in range(3)}
    privatelink.largest_page = 1
    with noted_requests(ec2) as requests:
        assert gateway.describe_network_interfaces([], ids).keys() == ids
    assert names(requests) == ["DescribeNetworkInterfaces"] * 3


def test_two_hundred_interfaces_are_asked_for_in_a_call(
    gateway: InterfaceEndpoints, ec2: "EC2Client"
) -> None:
    ids = [NetworkInterfaceId(f"eni-{number:017x}") for number in range(201)]
    with noted_requests(ec2) as requests:
        assert not gateway.describe_network_interfaces([], ids)
    assert [len(params["Filters"][0]["Values"]) for _, params in requests] == [200, 1]


def test_only_of_an_endpoints_interface_the_zone_has_to_be_told(
    provider: Provider, consumer: Party, gateway: InterfaceEndpoints, ec2: "EC2Client"
) -> None:
    _, service_name = provider.service("*")
    consumer.request(service_name)
    edge = other_interface(consumer)
    endpoints = gateway.describe_vpc_endpoints(service_name)
    untold = {edge}

    def forget(parsed: dict[str, Any], **_: object) -> None:
        for row in parsed["NetworkInterfaces"]:
            if row["NetworkInterfaceId"] in untold:
                del row["AvailabilityZoneId"]

    ec2.meta.events.register("after-call.ec2.DescribeNetworkInterfaces", forget)
    assert not gateway.describe_network_interfaces(endpoints, [edge])[edge].availability_zone_id
    untold.add(endpoints[0].network_interface_ids[0])
    with pytest.raises(AwsError, match="NoAvailabilityZoneId"):
        gateway.describe_network_interfaces(endpoints, [edge])
