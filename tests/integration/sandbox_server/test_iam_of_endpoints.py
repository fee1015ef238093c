from collections.abc import Callable
from typing import Any

import pytest

from sandbox.accounts import CONSUMER, PROVIDER, REGION
from sandbox.process import Client, Sandbox
from tests.integration.sandbox_server.roles import Roles, allow, refusal

DENIED = "UnauthorizedOperation"
SERVICES = f"arn:aws:ec2:{REGION}:{PROVIDER}:vpc-endpoint-service/*"
ENDPOINTS = f"arn:aws:ec2:{REGION}:{CONSUMER}:vpc-endpoint/*"


@pytest.fixture(scope="module")
def service_ids(sandbox: Sandbox) -> tuple[str, str]:
    """Return an endpoint service tagged as managed and one that is not."""
    ec2, elbv2 = sandbox.client("ec2", PROVIDER), sandbox.client("elbv2", PROVIDER)
    vpc_id = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc_id, CidrBlock="10.9.0.0/24")["Subnet"]["SubnetId"]
    balancer = elbv2.create_load_balancer(
        Name="iam", Type="network", Scheme="internal", Subnets=[subnet]
    )
    arn = balancer["LoadBalancers"][0]["LoadBalancerArn"]
    managed, other = (
        ec2.create_vpc_endpoint_service_configuration(
            NetworkLoadBalancerArns=[arn], AcceptanceRequired=True
        )["ServiceConfiguration"]["ServiceId"]
        for _ in range(2)
    )
    ec2.create_tags(Resources=[managed], Tags=[{"Key": "managed", "Value": "yes"}])
    return managed, other


class TestEndpointServices:
    @pytest.mark.parametrize(
        ("action", "parameters"),
        [
            ("AcceptVpcEndpointConnections", {"VpcEndpointIds": ["vpce-0123456789abcdef0"]}),
            ("RejectVpcEndpointConnections", {"VpcEndpointIds": ["vpce-0123456789abcdef0"]}),
            (
                "CreateVpcEndpointConnectionNotification",
                {
                    "ConnectionNotificationArn": f"arn:aws:sns:{REGION}:{PROVIDER}:topic",
                    "ConnectionEvents": ["Connect"],
                },
            ),
            ("DescribeVpcEndpointServicePermissions", {}),
        ],
    )
    def test_what_is_done_to_a_service_is_checked_on_the_service(
        self, roles: Roles, service_ids: tuple[str, str], action: str, parameters: dict[str, Any]
    ) -> None:
        managed, other = service_ids
        by_arn = roles.allowed("ec2", allow(f"ec2:{action}", SERVICES.replace("*", managed)))
        by_tag = roles.allowed(
            "ec2", allow(f"ec2:{action}", SERVICES, StringEquals={"aws:ResourceTag/managed": "yes"})
        )
        method = by_arn.meta.method_to_api_mapping
        name = next(python for python, api in method.items() if api == action)

        for ec2 in (by_arn, by_tag):
            assert not refusal(getattr(ec2, name), ServiceId=managed, **parameters)
            assert refusal(getattr(ec2, name), ServiceId=other, **parameters) == DENIED

    def test_a_notification_is_modified_by_who_may_do_so_for_its_service(
        self, sandbox: Sandbox, roles: Roles, service_ids: tuple[str, str]
    ) -> None:
        ids = [
            sandbox.client("ec2", PROVIDER).create_vpc_endpoint_connection_notification(
                ServiceId=service_id,
                ConnectionNotificationArn=f"arn:aws:sns:{REGION}:{PROVIDER}:topic",
                ConnectionEvents=["Connect"],
            )["ConnectionNotification"]["ConnectionNotificationId"]
            for service_id in service_ids
        ]
        action = "ec2:ModifyVpcEndpointConnectionNotification"
        by_arn = roles.allowed("ec2", allow(action, SERVICES.replace("*", service_ids[0])))
        tagged = {"aws:ResourceTag/managed": "yes"}
        by_tag = roles.allowed("ec2", allow(action, SERVICES, StringEquals=tagged))

        def refused(client: Client, notification_id: str) -> str:
            return refusal(
                client.modify_vpc_endpoint_connection_notification,
                ConnectionNotificationId=notification_id,
                ConnectionEvents=["Connect", "Delete"],
            )

        for client in (by_arn, by_tag):
            assert [refused(client, each) for each in ids] == ["", DENIED]
            assert refused(client, "vpce-nfn-0") == DENIED

    def test_describing_cannot_be_limited_to_a_service(self, roles: Roles) -> None:
        limited = roles.allowed("ec2", allow("ec2:DescribeVpcEndpointConnections", SERVICES))
        unlimited = roles.allowed("ec2", allow("ec2:DescribeVpcEndpointConnections"))

        assert refusal(limited.describe_vpc_endpoint_connections) == DENIED
        assert not refusal(unlimited.describe_vpc_endpoint_connections)


class TestEndpoints:
    @pytest.fixture
    def create_endpoint(self, sandbox: Sandbox) -> Callable[[], str]:
        def create() -> str:
            ec2 = sandbox.client("ec2", CONSUMER)
            vpc_id = ec2.create_vpc(CidrBlock="10.8.0.0/16")["Vpc"]["VpcId"]
            name = f"com.amazonaws.{REGION}.s3"
            created = ec2.create_vpc_endpoint(
                VpcId=vpc_id, ServiceName=name, VpcEndpointType="Gateway"
            )
            return str(created["VpcEndpoint"]["VpcEndpointId"])

        return create

    def test_every_endpoint_to_be_deleted_is_checked(
        self, roles: Roles, create_endpoint: Callable[[], str]
    ) -> None:
        one, two = create_endpoint(), create_endpoint()
        ec2 = roles.allowed(
            "ec2", allow("ec2:DeleteVpcEndpoints", ENDPOINTS.replace("*", one)), account_id=CONSUMER
        )

        assert refusal(ec2.delete_vpc_endpoints, VpcEndpointIds=[one, two]) == DENIED
        assert not refusal(ec2.delete_vpc_endpoints, VpcEndpointIds=[one])

    def test_a_modification_is_checked_on_the_endpoint(
        self, roles: Roles, create_endpoint: Callable[[], str]
    ) -> None:
        one, two = create_endpoint(), create_endpoint()
        ec2 = roles.allowed(
            "ec2", allow("ec2:ModifyVpcEndpoint", ENDPOINTS.replace("*", one)), account_id=CONSUMER
        )

        assert not refusal(ec2.modify_vpc_endpoint, VpcEndpointId=one, ResetPolicy=True)
        assert refusal(ec2.modify_vpc_endpoint, VpcEndpointId=two, ResetPolicy=True) == DENIED

    def test_tags_of_a_new_endpoint_need_a_permission_of_their_own(
        self, sandbox: Sandbox, roles: Roles
    ) -> None:
        vpc_id = sandbox.client("ec2", CONSUMER).create_vpc(CidrBlock="10.8.0.0/16")["Vpc"]["VpcId"]
        creates = allow("ec2:CreateVpcEndpoint")
        tags = allow(
            "ec2:CreateTags", ENDPOINTS, StringEquals={"ec2:CreateAction": "CreateVpcEndpoint"}
        )
        request = {
            "VpcId": vpc_id,
            "ServiceName": f"com.amazonaws.{REGION}.s3",
            "VpcEndpointType": "Gateway",
            "TagSpecifications": [
                {"ResourceType": "vpc-endpoint", "Tags": [{"Key": "a", "Value": "b"}]}
            ],
        }

        def refused(*statements: dict[str, Any]) -> str:
            ec2 = roles.allowed("ec2", *statements, account_id=CONSUMER)
            return refusal(ec2.create_vpc_endpoint, **request)

        assert not refused(creates, tags)
        assert refused(creates) == DENIED
        assert refused(tags) == DENIED


def test_elastic_load_balancings_descriptions_cannot_be_limited_to_a_resource(roles: Roles) -> None:
    balancer = (
        f"arn:aws:elasticloadbalancing:{REGION}:{PROVIDER}:loadbalancer/net/x/0123456789abcdef"
    )
    limited = roles.allowed("elbv2", allow("elasticloadbalancing:DescribeListeners", balancer))
    unlimited = roles.allowed("elbv2", allow("elasticloadbalancing:DescribeListeners"))

    assert refusal(limited.describe_listeners, LoadBalancerArn=balancer) == "AccessDenied"
    assert refusal(unlimited.describe_listeners, LoadBalancerArn=balancer) == "LoadBalancerNotFound"
