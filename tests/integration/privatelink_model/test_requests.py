"""CreateVpcEndpoint: who may ask, and what an endpoint looks like."""

import re

import pytest

from sandbox.accounts import CONSUMER, REGION, STRANGER
from sandbox.privatelink import PrivateLink
from sandbox.privatelink.clients import in_process_client
from tests.integration.privatelink_model.parties import ZONES, Clock, Party, Provider, refusal


def test_an_endpoint_service_has_an_id_and_a_name_as_at_aws(provider: Provider) -> None:
    service_id, name = provider.service()
    assert re.fullmatch(r"vpce-svc-[0-9a-f]{17}", service_id)
    assert name == f"com.amazonaws.vpce.{REGION}.{service_id}"


def test_a_service_is_described_with_its_load_balancer_and_zones(provider: Provider) -> None:
    service_id, _ = provider.service()
    (service,) = provider.ec2.describe_vpc_endpoint_service_configurations(ServiceIds=[service_id])[
        "ServiceConfigurations"
    ]
    assert service["NetworkLoadBalancerArns"] == [provider.load_balancer_arn]
    assert service["AvailabilityZones"] == list(ZONES)
    assert len(set(service["AvailabilityZoneIds"])) == len(ZONES)
    assert service["AcceptanceRequired"]


def test_the_zones_of_a_service_are_those_that_its_load_balancer_is_in_by_now(
    provider: Provider,
) -> None:
    def zone_ids() -> set[str]:
        (service,) = provider.ec2.describe_vpc_endpoint_service_configurations()[
            "ServiceConfigurations"
        ]
        return set(service["AvailabilityZoneIds"])

    provider.service()
    before = zone_ids()
    provider.elbv2.set_subnets(
        LoadBalancerArn=provider.load_balancer_arn, Subnets=provider.subnet_ids[1:]
    )
    assert zone_ids() < before
    assert len(zone_ids()) == len(before) - 1


@pytest.mark.parametrize(
    "principal",
    [
        "*",
        f"arn:aws:iam::{CONSUMER}:root",
        f"arn:aws:iam::{CONSUMER}:role/network",
        f"arn:aws:iam::{CONSUMER}:user/somebody",
    ],
)
def test_a_permitted_account_gets_an_endpoint(
    provider: Provider, consumer: Party, principal: str
) -> None:
    _, name = provider.service(principal)
    assert consumer.endpoint(consumer.request(name))["ServiceName"] == name


@pytest.mark.parametrize("principals", [(), (f"arn:aws:iam::{STRANGER}:root",)])
def test_a_service_that_does_not_permit_the_account_does_not_exist_for_it(
    provider: Provider, consumer: Party, principals: tuple[str, ...]
) -> None:
    _, name = provider.service(*principals)
    assert refusal(lambda: consumer.request(name)) == "InvalidServiceName"
    assert (
        refusal(lambda: consumer.ec2.describe_vpc_endpoint_services(ServiceNames=[name]))
        == "InvalidServiceName"
    )


def test_the_owner_needs_no_permission(provider: Provider) -> None:
    _, name = provider.service()
    assert provider.state(provider.request(name)) == "pendingAcceptance"


def test_an_unknown_service_is_refused(consumer: Party) -> None:
    name = f"com.amazonaws.vpce.{REGION}.vpce-svc-00000000000000000"
    assert refusal(lambda: consumer.request(name)) == "InvalidServiceName"


def test_a_service_of_another_region_is_unknown(provider: Provider) -> None:
    _, name = provider.service("*")
    elsewhere = in_process_client("ec2", CONSUMER, "eu-central-1")
    vpc_id = elsewhere.describe_vpcs()["Vpcs"][0]["VpcId"]
    code = refusal(
        lambda: elsewhere.create_vpc_endpoint(
            VpcEndpointType="Interface", VpcId=vpc_id, ServiceName=name
        )
    )
    assert code == "InvalidServiceName"


def test_a_permission_withdrawn_keeps_the_endpoint_and_refuses_the_next(
    provider: Provider, consumer: Party
) -> None:
    service_id, name = provider.service("*")
    endpoint_id = consumer.request(name)
    provider.ec2.modify_vpc_endpoint_service_permissions(
        ServiceId=service_id, RemoveAllowedPrincipals=["*"]
    )
    assert provider.states() == {endpoint_id: "pendingAcceptance"}
    assert refusal(lambda: consumer.request(name)) == "InvalidServiceName"


def test_a_permitted_account_finds_the_service_by_its_name(
    provider: Provider, consumer: Party
) -> None:
    service_id, name = provider.service("*")
    answer = consumer.ec2.describe_vpc_endpoint_services(ServiceNames=[name])
    assert answer["ServiceNames"] == [name]
    assert answer["ServiceDetails"][0]["ServiceId"] == service_id
    assert answer["ServiceDetails"][0]["Owner"] == provider.account_id


def test_without_required_acceptance_an_endpoint_becomes_available_by_itself(
    provider: Provider, consumer: Party, privatelink: PrivateLink, clock: Clock
) -> None:
    privatelink.pending_seconds = 60
    _, name = provider.service("*", acceptance_required=False)
    endpoint_id = consumer.request(name)
    assert consumer.state(endpoint_id) == "pending"
    clock.advance(seconds=60)
    assert consumer.state(endpoint_id) == "available"


def test_acceptance_can_be_required_later(provider: Provider, consumer: Party) -> None:
    service_id, name = provider.service("*", acceptance_required=False)
    provider.ec2.modify_vpc_endpoint_service_configuration(
        ServiceId=service_id, AcceptanceRequired=True
    )
    assert consumer.state(consumer.request(name)) == "pendingAcceptance"


def test_an_endpoint_is_described_as_at_aws(
    provider: Provider, consumer: Party, clock: Clock
) -> None:
    service_id, name = provider.service("*")
    group_id = consumer.group()
    endpoint = consumer.endpoint(
        consumer.request(
            name,
            SecurityGroupIds=[group_id],
            TagSpecifications=[
                {"ResourceType": "vpc-endpoint", "Tags": [{"Key": "Name", "Value": "web"}]}
            ],
        )
    )
    assert endpoint["VpcEndpointType"] == "Interface"
    assert endpoint["VpcId"] == consumer.vpc_id
    assert endpoint["OwnerId"] == CONSUMER
    assert endpoint["SubnetIds"] == consumer.subnet_ids[:2]
    assert endpoint["Groups"] == [{"GroupId": group_id, "GroupName": "endpoint"}]
    assert endpoint["CreationTimestamp"] == clock.now
    assert endpoint["Tags"] == [{"Key": "Name", "Value": "web"}]
    assert not endpoint["PrivateDnsEnabled"]
    random = rf"{endpoint['VpcEndpointId']}-[0-9a-z]{{8}}"
    domain = re.escape(f".{service_id}.{REGION}.vpce.amazonaws.com")
    names = [entry["DnsName"] for entry in endpoint["DnsEntries"]]
    assert re.fullmatch(random + domain, names[0])
    for zone, zonal in zip(ZONES[:2], names[1:], strict=True):
        assert re.fullmatch(f"{random}-{zone}{domain}", zonal)
    assert all(entry["HostedZoneId"] for entry in endpoint["DnsEntries"])


def test_the_names_of_the_zones_are_in_the_order_of_the_zones(
    provider: Provider, consumer: Party
) -> None:
    _, name = provider.service("*")
    endpoint_id = consumer.request(name, SubnetIds=consumer.subnet_ids[::-1])
    zonal = [each["DnsName"] for each in consumer.endpoint(endpoint_id)["DnsEntries"][1:]]
    assert [zone for zone, each in zip(ZONES, zonal, strict=True) if zone in each] == list(ZONES)


def test_policy_and_private_dns_can_be_set_and_changed(provider: Provider, consumer: Party) -> None:
    _, name = provider.service("*", PrivateDnsName="web.example.com")
    endpoint_id = consumer.request(name, PolicyDocument='{"Statement": []}', PrivateDnsEnabled=True)
    assert consumer.endpoint(endpoint_id)["PolicyDocument"] == '{"Statement": []}'
    assert consumer.endpoint(endpoint_id)["PrivateDnsEnabled"]
    consumer.ec2.modify_vpc_endpoint(
        VpcEndpointId=endpoint_id, PolicyDocument="{}", PrivateDnsEnabled=False
    )
    assert consumer.endpoint(endpoint_id)["PolicyDocument"] == "{}"
    assert not consumer.endpoint(endpoint_id)["PrivateDnsEnabled"]
    consumer.ec2.modify_vpc_endpoint(
        VpcEndpointId=endpoint_id, AddSubnetIds=consumer.subnet_ids[2:]
    )
    assert consumer.endpoint(endpoint_id)["PolicyDocument"] == "{}"


def test_without_security_groups_it_gets_the_default_group_of_the_vpc(
    provider: Provider, consumer: Party
) -> None:
    _, name = provider.service("*")
    (group,) = consumer.endpoint(consumer.request(name))["Groups"]
    assert group["GroupName"] == "default"
    (described,) = consumer.ec2.describe_security_groups(GroupIds=[group["GroupId"]])[
        "SecurityGroups"
    ]
    assert described["VpcId"] == consumer.vpc_id


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        ({"VpcEndpointType": "Gateway"}, "InvalidParameter"),
        ({"PrivateDnsEnabled": True}, "InvalidParameter"),
        ({"VpcId": "vpc-00000000"}, "InvalidVpcID.NotFound"),
        ({"SubnetIds": ["subnet-00000000"]}, "InvalidSubnetID.NotFound"),
        ({"SecurityGroupIds": ["sg-00000000"]}, "InvalidGroup.NotFound"),
        ({"DryRun": True}, "DryRunOperation"),
    ],
)
def test_a_request_that_does_not_fit_is_refused_and_leaves_nothing(
    provider: Provider, consumer: Party, request_: dict[str, object], code: str
) -> None:
    _, name = provider.service("*")
    assert refusal(lambda: consumer.request(name, **request_)) == code
    assert provider.connections() == []
    assert consumer.ec2.describe_vpc_endpoints()["VpcEndpoints"] == []
    assert consumer.ec2.describe_network_interfaces()["NetworkInterfaces"] == []


def test_a_security_group_of_another_vpc_is_refused(provider: Provider, consumer: Party) -> None:
    _, name = provider.service("*")
    elsewhere = Party(CONSUMER)
    code = refusal(lambda: consumer.request(name, SecurityGroupIds=[elsewhere.group()]))
    assert code == "InvalidGroup.NotFound"


def test_a_subnet_of_another_vpc_is_refused(provider: Provider, consumer: Party) -> None:
    _, name = provider.service("*")
    elsewhere = Party(CONSUMER)
    code = refusal(lambda: consumer.request(name, SubnetIds=elsewhere.subnet_ids[:1]))
    assert code == "InvalidParameter"


def test_two_subnets_of_one_zone_are_refused(provider: Provider, consumer: Party) -> None:
    _, name = provider.service("*")
    second = consumer.subnet("10.0.9.0/24", ZONES[0])
    code = refusal(lambda: consumer.request(name, SubnetIds=[consumer.subnet_ids[0], second]))
    assert code == "DuplicateSubnetsInSameZone"


def test_a_zone_without_a_load_balancer_is_refused(provider: Provider, consumer: Party) -> None:
    elbv2 = in_process_client("elbv2", provider.account_id, REGION)
    (small,) = elbv2.create_load_balancer(
        Name="small", Type="network", Scheme="internal", Subnets=provider.subnet_ids[:1]
    )["LoadBalancers"]
    _, name = provider.service("*", NetworkLoadBalancerArns=[small["LoadBalancerArn"]])
    assert refusal(lambda: consumer.request(name)) == "InvalidParameter"
    assert consumer.request(name, SubnetIds=consumer.subnet_ids[:1])


def test_endpoints_of_awss_own_services_stay_motos(consumer: Party) -> None:
    endpoint_id = consumer.request(f"com.amazonaws.{REGION}.ssm")
    assert consumer.state(endpoint_id) == "available"
    consumer.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint_id])
    assert consumer.ec2.describe_vpc_endpoints()["VpcEndpoints"] == []
