"""The consumer's stack: what its role may do, in whose hands, and which events it forwards."""

from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from sandbox.accounts import REGION
from sandbox.process import Sandbox
from tests.integration.sandbox_events.account import Account, unique
from tests.integration.sandbox_events.templates import CONSUMER, CONSUMER_EXAMPLE, PROVIDER_EXAMPLE

EXTERNAL_ID = "an-external-id-0001"
FUNCTIONS = ("authorize-security-group-ingress", "publish-endpoint-addresses")
OTHERS = ("accept-endpoint-connections", "console")
SESSIONS = dict(zip(FUNCTIONS, ("ingress.vpce-svc-01", "addresses.vpce-svc-01"), strict=True))
READ = {
    FUNCTIONS[0]: {
        "managed_prefix_lists",
        "security_group_rules",
        "security_groups",
        "vpc_endpoints",
    },
    FUNCTIONS[1]: {"network_interfaces", "route_tables", "vpc_endpoints", "vpcs"},
}
READ_BY_ANY = sorted(READ[FUNCTIONS[0]] | READ[FUNCTIONS[1]])
EXPIRATION = (
    '[{"Type": "Expiration", "Version": "1.0",'
    ' "Attributes": {"Timestamp": "2030-01-01T00:00:00Z"}}]'
)
CALLS = {"source": ["aws.ec2"], "detail-type": ["AWS API Call via CloudTrail"]}


@dataclass(frozen=True)
class Assumed:
    """One of the consumer's roles, in the hands of one of the provider's."""

    sandbox: Sandbox
    credentials: dict[str, str]

    def client(self, service: str, region: str = REGION) -> Any:  # noqa: ANN401 - boto3's clients are made at run time
        make: Any = boto3.client  # the stubs know the clients of literal names only
        return make(
            service,
            endpoint_url=self.sandbox.endpoint_url,
            region_name=region,
            **self.credentials,
        )


@dataclass(frozen=True)
class RoleStack:
    provider: Account
    consumer: Account
    name: str
    role_stack: str
    role_arn: str
    reader_role_arn: str

    def admit(self, *regions: str) -> None:
        """Have the consumer's stack name its Regions."""
        self.consumer.deploy(
            self.role_stack,
            CONSUMER,
            **role_parameters(self.provider, self.name),
            EndpointRegions=",".join(regions),
        )

    @property
    def owner(self) -> str:
        return f"{self.provider.id}/{self.provider.region}/{self.name}"

    def act_as(self, function: str, external_id: str = EXTERNAL_ID, session: str = "") -> Assumed:
        """Assume the consumer's role from one of the provider's roles, under the usual name."""
        name = session or SESSIONS.get(function, SESSIONS[FUNCTIONS[0]])
        return self._chain(function, self.role_arn, external_id, name)

    def read_as(self, holder: str, external_id: str = EXTERNAL_ID) -> Assumed:
        """Assume the consumer's role that only reads, from one of the provider's roles."""
        return self._chain(holder, self.reader_role_arn, external_id, "privatelink-console")

    def _chain(self, holder: str, role_arn: str, external_id: str, name: str) -> Assumed:
        role = f"arn:aws:iam::{self.provider.id}:role/{self.name}-{holder}"
        chained = _assume(self.provider.client("sts"), role, "test")
        session = Assumed(self.provider.sandbox, chained)
        credentials = _assume(session.client("sts"), role_arn, name, ExternalId=external_id)
        return Assumed(self.provider.sandbox, credentials)


def _assume(sts: Any, role_arn: str, name: str, **parameters: str) -> dict[str, str]:  # noqa: ANN401 - a boto3 client
    answer = sts.assume_role(RoleArn=role_arn, RoleSessionName=name, **parameters)["Credentials"]
    return {
        "aws_access_key_id": answer["AccessKeyId"],
        "aws_secret_access_key": answer["SecretAccessKey"],
        "aws_session_token": answer["SessionToken"],
    }


@pytest.fixture
def stack(provider: Account, consumer: Account) -> RoleStack:
    """The consumer's stack, and roles of the provider by the names that it trusts."""
    name = unique("autopilot")
    trust = (
        '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sts:AssumeRole",'
        f' "Principal": {{"AWS": "arn:aws:iam::{provider.id}:root"}}}}}}'
    )
    anything = (
        '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sts:AssumeRole",'
        ' "Resource": "*"}}'
    )
    iam = provider.client("iam")
    for holder in (*FUNCTIONS, *OTHERS):
        role = f"{name}-{holder}"
        iam.create_role(RoleName=role, AssumeRolePolicyDocument=trust)
        iam.put_role_policy(RoleName=role, PolicyName="assume", PolicyDocument=anything)
    role_stack = unique("role")
    outputs = consumer.deploy(role_stack, CONSUMER, **role_parameters(provider, name))
    return RoleStack(
        provider, consumer, name, role_stack, outputs["RoleArn"], outputs["ReaderRoleArn"]
    )


def role_parameters(provider: Account, name: str) -> dict[str, str]:
    return {
        "ProviderAccountId": provider.id,
        "ProviderRegion": provider.region,
        "ProviderStackName": name,
        "ExternalId": EXTERNAL_ID,
        "RoleName": name,
    }


def permission(owner: str, *names: str) -> dict[str, Any]:
    tags = {f"privatelink-autopilot:{name}": "web" for name in names}
    tags["privatelink-autopilot:owner"] = owner
    return {
        "IpPermissions": [
            {
                "IpProtocol": "tcp",
                "FromPort": 80,
                "ToPort": 80,
                "IpRanges": [{"CidrIp": "192.168.0.0/20"}],
            }
        ],
        "TagSpecifications": [
            {
                "ResourceType": "security-group-rule",
                "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
            }
        ],
    }


def denied(call: Any, **parameters: Any) -> bool:  # noqa: ANN401 - any operation of any client
    try:
        call(**parameters)
    except ClientError as error:
        assert error.response["Error"]["Code"] in {  # noqa: PT017 - any other error is no denial
            "UnauthorizedOperation",
            "AccessDenied",
            "AccessDeniedException",
        }, error
        return True
    return False


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_role_trusts_two_functions_that_know_the_external_id(
    stack: RoleStack, function: str
) -> None:
    stack.act_as(function)

    with pytest.raises(ClientError, match="AccessDenied"):
        stack.act_as(function, external_id="another-external-id")
    for other in OTHERS:
        with pytest.raises(ClientError, match="AccessDenied"):
            stack.act_as(other)
    for session in {"any", *SESSIONS.values()} - {SESSIONS[function]}:
        with pytest.raises(ClientError, match="AccessDenied"):
            stack.act_as(function, session=session)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_each_function_reads_what_it_needs_in_the_regions_that_have_endpoints(
    stack: RoleStack, function: str
) -> None:
    session = stack.act_as(function)
    for read in READ_BY_ANY:
        here, elsewhere = (
            getattr(session.client("ec2", region), f"describe_{read}")
            for region in (REGION, "eu-west-1")
        )
        assert denied(here) == (read not in READ[function])
        assert denied(elsewhere)


def test_other_regions_than_the_providers_are_named_by_the_consumer(
    stack: RoleStack,
) -> None:
    stack.admit("eu-west-1", "us-east-1")
    for function in FUNCTIONS:
        session = stack.act_as(function)
        assert denied(session.client("ec2").describe_vpc_endpoints)
        assert not denied(session.client("ec2", "eu-west-1").describe_vpc_endpoints)
        assert not denied(session.client("ec2", "us-east-1").describe_vpc_endpoints)


def test_the_role_that_only_reads_trusts_the_console_that_knows_the_external_id(
    stack: RoleStack,
) -> None:
    stack.read_as("console")

    with pytest.raises(ClientError, match="AccessDenied"):
        stack.read_as("console", external_id="another-external-id")
    for function in FUNCTIONS:
        with pytest.raises(ClientError, match="AccessDenied"):
            stack.read_as(function)


def test_the_role_that_only_reads_sees_what_the_other_sees_and_changes_nothing(
    stack: RoleStack,
) -> None:
    network = stack.consumer.deploy(unique("connected"), CONSUMER_EXAMPLE)
    reader = stack.read_as("console")
    ec2, ssm = reader.client("ec2"), reader.client("ssm")
    parameter = {"Name": "/privatelink/web/vpc-1/ip", "Type": "String", "Value": "10.0.3.181"}

    for read in READ_BY_ANY:
        assert not denied(getattr(ec2, f"describe_{read}"))
    assert not denied(ssm.get_parameters_by_path, Path="/privatelink/web", Recursive=True)
    assert denied(ssm.get_parameters_by_path, Path="/other", Recursive=True)
    assert denied(ssm.put_parameter, **parameter)
    assert denied(ssm.delete_parameters, Names=[parameter["Name"]])
    assert denied(
        ec2.authorize_security_group_ingress,
        GroupId=network["SecurityGroupId"],
        **permission(stack.owner, "service", "endpoint"),
    )


def test_the_role_opens_only_groups_that_opted_in_and_signs_with_its_own_name(
    stack: RoleStack,
) -> None:
    network = stack.consumer.deploy(unique("connected"), CONSUMER_EXAMPLE)
    opted_in = network["SecurityGroupId"]
    not_opted_in = stack.consumer.client("ec2").create_security_group(
        GroupName=unique("closed"), Description="not opted in", VpcId=network["VpcId"]
    )["GroupId"]
    ec2 = stack.act_as(FUNCTIONS[0]).client("ec2")
    open_group = ec2.authorize_security_group_ingress
    ours = permission(stack.owner, "service", "endpoint")

    assert denied(open_group, GroupId=not_opted_in, **ours)
    assert denied(open_group, GroupId=opted_in, **permission("another", "service", "endpoint"))
    assert denied(open_group, GroupId=opted_in, **permission(stack.owner, "colour"))
    (rule,) = open_group(GroupId=opted_in, **ours)["SecurityGroupRules"]

    rules = [rule["SecurityGroupRuleId"]]
    assert denied(ec2.create_tags, Resources=rules, Tags=[{"Key": "Name", "Value": "x"}])
    assert denied(
        ec2.revoke_security_group_ingress, GroupId=not_opted_in, SecurityGroupRuleIds=rules
    )
    assert not denied(
        ec2.revoke_security_group_ingress, GroupId=opted_in, SecurityGroupRuleIds=rules
    )


def test_the_role_writes_parameters_under_its_prefix_only(stack: RoleStack) -> None:
    ssm = stack.act_as(FUNCTIONS[1]).client("ssm")
    parameter = {"Name": "/privatelink/web/vpc-1/ip", "Type": "String", "Value": "10.0.3.181"}

    assert not denied(ssm.put_parameter, **parameter)
    assert not denied(ssm.get_parameters_by_path, Path="/privatelink/web", Recursive=True)
    assert not denied(ssm.delete_parameters, Names=[parameter["Name"]])
    assert denied(ssm.put_parameter, **parameter | {"Name": "/privatelink-2/ip"})
    assert denied(ssm.get_parameters_by_path, Path="/other", Recursive=True)
    assert denied(ssm.delete_parameters, Names=["/other/ip"])
    assert denied(ssm.get_parameter, Name=parameter["Name"])
    assert denied(ssm.put_parameter, **parameter, Policies=EXPIRATION, Tier="Advanced")
    assert not denied(ssm.put_parameter, **parameter)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_neither_function_does_what_the_other_is_for(stack: RoleStack, function: str) -> None:
    network = stack.consumer.deploy(unique("connected"), CONSUMER_EXAMPLE)
    session = stack.act_as(function)
    parameter = {"Name": "/privatelink/web/vpc-2/ip", "Type": "String", "Value": "10.0.3.181"}
    rule = permission(stack.owner, "service", "endpoint")

    opened = denied(
        session.client("ec2").authorize_security_group_ingress,
        GroupId=network["SecurityGroupId"],
        **rule,
    )
    put = denied(session.client("ssm").put_parameter, **parameter)
    assert (opened, put) == ((False, True) if function == FUNCTIONS[0] else (True, False))


def test_endpoint_calls_are_forwarded_to_the_providers_bus_when_it_is_given(
    provider: Account, consumer: Account
) -> None:
    bus, name = provider.bus(), unique("role")
    inbox = provider.inbox(CALLS, bus.rpartition("/")[2])
    provider.client("events").put_permission(
        EventBusName=bus.rpartition("/")[2],
        Action="events:PutEvents",
        Principal=consumer.id,
        StatementId="consumer",
    )
    service = provider.deploy(unique("web"), PROVIDER_EXAMPLE, ConsumerAccountIds=consumer.id)
    parameters = {
        "ProviderAccountId": provider.id,
        "ProviderRegion": provider.region,
        "ExternalId": EXTERNAL_ID,
        "RoleName": name,
    }
    network = unique("connected")
    consumer.deploy(network, CONSUMER_EXAMPLE)
    consumer.deploy(name, CONSUMER, **parameters)
    with_bus = parameters | {"ProviderEventBusArn": bus}
    consumer.deploy(name, CONSUMER, **with_bus)

    consumer.deploy(
        network, CONSUMER_EXAMPLE, CreateEndpoint="true", ServiceName=service["ServiceName"]
    )

    event = inbox.one()
    assert event["account"] == consumer.id
    assert event["detail"]["eventName"] == "CreateVpcEndpoint"
