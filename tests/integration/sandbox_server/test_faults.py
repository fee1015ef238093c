from collections.abc import Iterator
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from sandbox.accounts import CONSUMER, PROVIDER, REGION
from sandbox.emulator.faults import Fault, FaultKind
from sandbox.process import Client, Sandbox, SandboxError, session_of_nobody
from tests.integration.sandbox_server.roles import Roles, allow, refusal

NETWORK = "10.6.0.0/16"


@pytest.fixture(autouse=True)
def none_stays(sandbox: Sandbox) -> Iterator[None]:
    yield
    sandbox.clear_faults()


def client(sandbox: Sandbox, service: str, account_id: str = PROVIDER) -> Client:
    """Return a client that does not retry."""
    return session_of_nobody().client(
        service,
        endpoint_url=sandbox.endpoint_url,
        region_name=REGION,
        aws_access_key_id=account_id,
        aws_secret_access_key="test",  # noqa: S106 - the sandbox's
        config=Config(proxies={}, retries={"total_max_attempts": 1}),
    )


THROTTLED = {"ec2": (503, "RequestLimitExceeded"), "elbv2": (400, "Throttling")}
THROTTLED |= {"sns": (400, "Throttling"), "sts": (400, "Throttling")}
DENIED = {"ec2": (403, "UnauthorizedOperation"), "ssm": (400, "AccessDeniedException")}
DENIED |= {"elbv2": (403, "AccessDenied"), "sts": (403, "AccessDenied")}
FAILED = {"ec2": (500, "InternalError"), "ssm": (500, "InternalServerError")}
FAILED |= {"dynamodb": (500, "InternalServerError"), "sts": (500, "InternalFailure")}
CASES = [
    *((FaultKind.THROTTLED, service, *expected) for service, expected in THROTTLED.items()),
    (FaultKind.THROTTLED, "ssm", 400, "ThrottlingException"),
    (FaultKind.THROTTLED, "dynamodb", 400, "ThrottlingException"),
    (FaultKind.THROTTLED, "events", 400, "ThrottlingException"),
    *((FaultKind.DENIED, service, *expected) for service, expected in DENIED.items()),
    *((FaultKind.FAILED, service, *expected) for service, expected in FAILED.items()),
]
READS = {
    "dynamodb": ("dynamodb:ListTables", "list_tables"),
    "ec2": ("ec2:DescribeVpcs", "describe_vpcs"),
    "elbv2": ("elasticloadbalancing:DescribeLoadBalancers", "describe_load_balancers"),
    "events": ("events:ListRules", "list_rules"),
    "sns": ("sns:ListTopics", "list_topics"),
    "ssm": ("ssm:DescribeParameters", "describe_parameters"),
    "sts": ("sts:GetCallerIdentity", "get_caller_identity"),
}


@pytest.mark.parametrize(("kind", "service", "status", "code"), CASES)
def test_a_call_fails_as_its_service_fails(
    sandbox: Sandbox, kind: FaultKind, service: str, status: int, code: str
) -> None:
    action, method = READS[service]
    call = getattr(client(sandbox, service), method)
    sandbox.inject(Fault(kind=kind, of=action))

    with pytest.raises(ClientError) as failure:
        call()

    assert failure.value.response["Error"]["Code"] == code
    assert failure.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert call()["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_a_fault_lasts_as_many_times_as_were_asked_for_and_is_counted(sandbox: Sandbox) -> None:
    ssm = client(sandbox, "ssm")
    before = sandbox.injected().get("denied", 0)
    sandbox.inject(Fault(kind=FaultKind.DENIED, of="ssm:Put*", times=3))

    def put() -> str:
        return refusal(ssm.put_parameter, Name="/faults/a", Value="1", Type="String")

    assert [put(), put()] == ["AccessDeniedException"] * 2
    [fault] = sandbox.faults_to_come()
    assert (fault.kind, fault.of, fault.times) == (FaultKind.DENIED, "ssm:Put*", 1)
    assert put() == "AccessDeniedException"
    assert not put()
    assert sandbox.injected()["denied"] == before + 3
    assert sandbox.faults_to_come() == ()


def test_a_fault_without_a_number_lasts_until_faults_are_cleared(sandbox: Sandbox) -> None:
    ec2 = client(sandbox, "ec2")
    sandbox.inject(Fault(kind=FaultKind.FAILED, of="ec2:DescribeVpcs", times=None))

    assert [refusal(ec2.describe_vpcs) for _ in range(4)] == ["InternalError"] * 4
    sandbox.clear_faults()

    assert not refusal(ec2.describe_vpcs)


def test_a_fault_is_limited_to_an_account_or_to_a_role(sandbox: Sandbox, roles: Roles) -> None:
    arn = roles.create(allow("ec2:*"), name="afflicted-role")
    session, other = roles.assume(arn, "ec2"), roles.allowed("ec2", allow("ec2:*"))
    denied = FaultKind.DENIED
    sandbox.inject(
        Fault(kind=denied, of="ec2:DescribeVpcs", account_id=CONSUMER),
        Fault(kind=denied, of="ec2:DescribeVpcs", role="afflicted"),
    )

    assert not refusal(other.describe_vpcs)
    assert refusal(session.describe_vpcs) == "UnauthorizedOperation"
    assert refusal(sandbox.client("ec2", CONSUMER).describe_vpcs) == "UnauthorizedOperation"


def test_a_call_that_fails_changes_nothing_and_is_on_record(sandbox: Sandbox) -> None:
    ssm = client(sandbox, "ssm")
    sandbox.inject(Fault(kind=FaultKind.THROTTLED, of="ssm:PutParameter"))

    refused = refusal(ssm.put_parameter, Name="/faults/b", Value="1", Type="String")

    assert refused == "ThrottlingException"
    call = sandbox.calls()[-1]
    assert (call.action, call.outcome) == ("ssm:PutParameter", "allowed")
    assert refusal(ssm.get_parameter, Name="/faults/b") == "ParameterNotFound"


@pytest.mark.parametrize(
    "mistake", [{"kind": "wrong", "of": "x"}, {"kind": "denied"}, {"kind": "denied", "times": 0}]
)
def test_what_is_no_fault_is_refused(sandbox: Sandbox, mistake: dict[str, Any]) -> None:
    with pytest.raises(SandboxError, match="POST faults"):
        sandbox._ask("POST", "faults", mistake)  # noqa: SLF001 - what a typed fault cannot say


@pytest.fixture
def connection(sandbox: Sandbox) -> dict[str, str]:
    """Return an endpoint service's id, and that of an endpoint that waits for acceptance."""
    ec2, consumer = sandbox.client("ec2", PROVIDER), sandbox.client("ec2", CONSUMER)
    subnets = []
    for each in (ec2, consumer):
        vpc_id = each.create_vpc(CidrBlock=NETWORK)["Vpc"]["VpcId"]
        subnet = each.create_subnet(VpcId=vpc_id, CidrBlock=NETWORK, AvailabilityZone=f"{REGION}a")[
            "Subnet"
        ]
        subnets.append(subnet)
    balancer = sandbox.client("elbv2", PROVIDER).create_load_balancer(
        Name="faults", Type="network", Scheme="internal", Subnets=[subnets[0]["SubnetId"]]
    )["LoadBalancers"][0]["LoadBalancerArn"]
    service = ec2.create_vpc_endpoint_service_configuration(
        NetworkLoadBalancerArns=[balancer], AcceptanceRequired=True
    )["ServiceConfiguration"]
    ec2.modify_vpc_endpoint_service_permissions(
        ServiceId=service["ServiceId"], AddAllowedPrincipals=[f"arn:aws:iam::{CONSUMER}:root"]
    )
    endpoint = consumer.create_vpc_endpoint(
        VpcEndpointType="Interface",
        VpcId=subnets[1]["VpcId"],
        ServiceName=service["ServiceName"],
        SubnetIds=[subnets[1]["SubnetId"]],
    )["VpcEndpoint"]
    return {"ServiceId": service["ServiceId"], "VpcEndpointId": endpoint["VpcEndpointId"]}


def test_an_acceptance_is_refused_within_a_success(
    sandbox: Sandbox, connection: dict[str, str]
) -> None:
    ec2 = sandbox.client("ec2", PROVIDER)
    request = {
        "ServiceId": connection["ServiceId"],
        "VpcEndpointIds": [connection["VpcEndpointId"], "vpce-0123456789abcdef0"],
    }
    filters = [{"Name": "service-id", "Values": [connection["ServiceId"]]}]
    sandbox.inject(Fault(kind=FaultKind.UNSUCCESSFUL, of="ec2:*VpcEndpointConnections"))
    [row] = ec2.describe_vpc_endpoint_connections(Filters=filters)["VpcEndpointConnections"]

    answer = ec2.accept_vpc_endpoint_connections(**request)

    assert [item["ResourceId"] for item in answer["Unsuccessful"]] == request["VpcEndpointIds"]
    assert answer["Unsuccessful"][0]["Error"]["Code"] == "InternalError"
    assert [row] == ec2.describe_vpc_endpoint_connections(Filters=filters)["VpcEndpointConnections"]
    assert row["VpcEndpointState"] == "pendingAcceptance"


def test_a_stale_answer_is_the_one_that_the_same_request_got_before(sandbox: Sandbox) -> None:
    ec2 = sandbox.client("ec2", PROVIDER)
    filters = [{"Name": "cidr", "Values": ["10.66.0.0/16"]}]

    def found() -> int:
        return len(ec2.describe_vpcs(Filters=filters)["Vpcs"])

    for _ in range(2):  # what was remembered for a fault is forgotten with it
        before = found()
        sandbox.inject(Fault(kind=FaultKind.STALE, of="ec2:DescribeVpcs", times=2))
        assert found() == before
        ec2.create_vpc(CidrBlock="10.66.0.0/16")

        assert [found(), found(), found()] == [before, before, before + 1]
    ec2.create_vpc(CidrBlock="10.67.0.0/16")
    sandbox.inject(Fault(kind=FaultKind.STALE, of="ec2:DescribeVpcs"))
    assert found() == 2
    other = [{"Name": "cidr", "Values": ["10.67.0.0/16"]}]
    assert len(ec2.describe_vpcs(Filters=other)["Vpcs"]) == 1
