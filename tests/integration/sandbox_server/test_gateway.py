import pytest
from botocore.exceptions import ClientError

from sandbox.accounts import CONSUMER, PROVIDER, REGION
from sandbox.emulator import gateway
from sandbox.process import Sandbox
from tests.integration.sandbox_server.roles import refusal


def test_ec2_answers(sandbox: Sandbox) -> None:
    ec2 = sandbox.client("ec2", PROVIDER)

    vpc_id = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]

    assert ec2.describe_vpcs(VpcIds=[vpc_id])["Vpcs"][0]["CidrBlock"] == "10.1.0.0/16"


def test_an_account_does_not_see_the_resources_of_another(sandbox: Sandbox) -> None:
    vpc_id = sandbox.client("ec2", PROVIDER).create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    consumer = sandbox.client("ec2", CONSUMER)

    assert refusal(consumer.describe_vpcs, VpcIds=[vpc_id]) == "InvalidVpcID.NotFound"


def test_a_region_does_not_see_the_resources_of_another(sandbox: Sandbox) -> None:
    vpc_id = sandbox.client("ec2", PROVIDER).create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    elsewhere = sandbox.client("ec2", PROVIDER, "eu-central-1")

    assert refusal(elsewhere.describe_vpcs, VpcIds=[vpc_id]) == "InvalidVpcID.NotFound"


def test_elastic_load_balancing_shares_its_subnets_with_ec2(sandbox: Sandbox) -> None:
    ec2, elbv2 = sandbox.client("ec2", PROVIDER), sandbox.client("elbv2", PROVIDER)
    vpc_id = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc_id, CidrBlock="10.1.0.0/24")["Subnet"]["SubnetId"]

    created = elbv2.create_load_balancer(Name="gateway", Type="network", Subnets=[subnet])

    assert created["LoadBalancers"][0]["VpcId"] == vpc_id


@pytest.mark.parametrize(
    ("service", "method"), [("ec2", "describe_fpga_images"), ("elbv2", "describe_trust_stores")]
)
def test_what_moto_lacks_is_an_invalid_action(sandbox: Sandbox, service: str, method: str) -> None:
    client = sandbox.client(service, PROVIDER)

    with pytest.raises(ClientError) as refused:
        getattr(client, method)()

    assert refused.value.response["Error"]["Code"] == "InvalidAction"
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_errors_of_elastic_load_balancing_carry_their_code(sandbox: Sandbox) -> None:
    elbv2 = sandbox.client("elbv2", PROVIDER)

    assert refusal(elbv2.describe_load_balancers, Names=["none"]) == "LoadBalancerNotFound"


def test_a_client_within_the_server_needs_no_connection() -> None:
    inside = gateway.in_process_client("ec2", "222233334444", REGION)
    elsewhere = gateway.in_process_client("ec2", "555566667777", REGION)

    vpc_id = inside.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]

    assert inside.describe_vpcs(VpcIds=[vpc_id])["Vpcs"][0]["CidrBlock"] == "10.1.0.0/16"
    assert refusal(elsewhere.describe_vpcs, VpcIds=[vpc_id]) == "InvalidVpcID.NotFound"


def test_observers_are_told_of_requests_and_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[gateway.Exchange] = []
    monkeypatch.setattr(gateway, "_observers", [])
    gateway.observe(told.append)
    ec2 = gateway.in_process_client("ec2", "222233334444", REGION)

    ec2.create_vpc(CidrBlock="10.1.0.0/16")
    refusal(ec2.describe_vpcs, VpcIds=["vpc-0"])

    assert [(one.action, one.status) for one in told] == [("CreateVpc", 200), ("DescribeVpcs", 400)]
    assert told[0].account_id == "222233334444"
    assert told[0].region == REGION
    assert told[0].parameters["CidrBlock"] == "10.1.0.0/16"
    assert b"<vpcId>vpc-" in told[0].body
