"""The examples that people deploy: what they make, and that they leave nothing behind."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.integration.sandbox_events.account import Account, unique
from tests.integration.sandbox_events.templates import CONSUMER_EXAMPLE, PROVIDER_EXAMPLE

Tags = dict[str, str]


def tags_of(resource: dict[str, Any]) -> Tags:
    return {tag["Key"]: tag["Value"] for tag in resource["Tags"]}


def test_the_providers_example_offers_its_web_server(provider: Account, consumer: Account) -> None:
    outputs = provider.deploy(unique("web"), PROVIDER_EXAMPLE, ConsumerAccountIds=consumer.id)

    ec2, elbv2 = provider.client("ec2"), provider.client("elbv2")
    (vpc,) = ec2.describe_vpcs(VpcIds=[outputs["VpcId"]])["Vpcs"]
    assert vpc["CidrBlock"] == "192.168.0.0/20"
    in_vpc = [{"Name": "vpc-id", "Values": [outputs["VpcId"]]}]
    (reservation,) = ec2.describe_instances(Filters=in_vpc)["Reservations"]
    (server,) = reservation["Instances"]
    assert server["PrivateIpAddress"] == "192.168.15.241"
    balancers = {"LoadBalancerArn": outputs["LoadBalancerArn"]}
    (balancer,) = elbv2.describe_load_balancers(LoadBalancerArns=[outputs["LoadBalancerArn"]])[
        "LoadBalancers"
    ]
    assert balancer["EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"] == "off"
    (listener,) = elbv2.describe_listeners(**balancers)["Listeners"]
    assert (listener["Protocol"], listener["Port"]) == ("TCP", 80)
    (group,) = elbv2.describe_target_groups(**balancers)["TargetGroups"]
    health = elbv2.describe_target_health(TargetGroupArn=group["TargetGroupArn"])
    (target,) = health["TargetHealthDescriptions"]
    assert target["Target"]["Id"] == server["InstanceId"]
    (service,) = ec2.describe_vpc_endpoint_service_configurations(
        ServiceIds=[outputs["ServiceId"]]
    )["ServiceConfigurations"]
    assert service["AcceptanceRequired"]
    assert service["ServiceName"] == outputs["ServiceName"]
    assert service["NetworkLoadBalancerArns"] == [outputs["LoadBalancerArn"]]
    assert tags_of(service)["Name"] == "overlapping-cidr-web"


def test_the_providers_example_permits_the_accounts_that_it_is_told(
    provider: Account, consumer: Account, stranger: Account
) -> None:
    stack = unique("web")

    def permitted(*account_ids: str) -> set[str]:
        outputs = provider.deploy(stack, PROVIDER_EXAMPLE, ConsumerAccountIds=",".join(account_ids))
        answer = provider.client("ec2").describe_vpc_endpoint_service_permissions(
            ServiceId=outputs["ServiceId"]
        )
        return {permission["Principal"] for permission in answer["AllowedPrincipals"]}

    roots = {account.id: f"arn:aws:iam::{account.id}:root" for account in (consumer, stranger)}
    assert permitted(consumer.id, stranger.id) == set(roots.values())
    assert permitted(stranger.id) == {roots[stranger.id]}


def test_the_consumers_example_makes_a_closed_group_first_and_the_endpoint_later(
    provider: Account, consumer: Account
) -> None:
    service = provider.deploy(unique("web"), PROVIDER_EXAMPLE, ConsumerAccountIds=consumer.id)
    stack, ec2 = unique("connected"), consumer.client("ec2")

    network = consumer.deploy(stack, CONSUMER_EXAMPLE)
    assert "EndpointId" not in network
    (group,) = ec2.describe_security_groups(GroupIds=[network["SecurityGroupId"]])["SecurityGroups"]
    assert group["IpPermissions"] == []
    assert tags_of(group)["privatelink-autopilot:managed-ingress"] == "true"

    outputs = consumer.deploy(
        stack, CONSUMER_EXAMPLE, CreateEndpoint="true", ServiceName=service["ServiceName"]
    )
    assert outputs.items() > network.items()
    (endpoint,) = ec2.describe_vpc_endpoints(VpcEndpointIds=[outputs["EndpointId"]])["VpcEndpoints"]
    assert endpoint["State"] == "pendingAcceptance"
    assert endpoint["SubnetIds"] == [network["SubnetId"]]
    assert [member["GroupId"] for member in endpoint["Groups"]] == [network["SecurityGroupId"]]
    assert tags_of(endpoint)["Name"] == "overlapping-cidr-web"


def test_the_consumers_example_refuses_an_endpoint_without_a_service(consumer: Account) -> None:
    with pytest.raises(ClientError, match="needs the name of the provider's endpoint service"):
        consumer.deploy(unique("connected"), CONSUMER_EXAMPLE, CreateEndpoint="true")


def test_both_examples_go_without_a_trace(provider: Account, consumer: Account) -> None:
    web, connected = unique("web"), unique("connected")
    service = provider.deploy(web, PROVIDER_EXAMPLE, ConsumerAccountIds=consumer.id)
    network = consumer.deploy(
        connected, CONSUMER_EXAMPLE, CreateEndpoint="true", ServiceName=service["ServiceName"]
    )

    consumer.remove(connected)
    provider.remove(web)

    for account, vpc_id in ((provider, service["VpcId"]), (consumer, network["VpcId"])):
        assert vpc_id not in {vpc["VpcId"] for vpc in account.client("ec2").describe_vpcs()["Vpcs"]}
    balancers = provider.client("elbv2").describe_load_balancers()["LoadBalancers"]
    assert service["LoadBalancerArn"] not in {arn["LoadBalancerArn"] for arn in balancers}
    services = provider.client("ec2").describe_vpc_endpoint_service_configurations()
    assert service["ServiceId"] not in {
        configuration["ServiceId"] for configuration in services["ServiceConfigurations"]
    }
