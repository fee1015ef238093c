"""What an intruder finds in a consumer's account, and doubles of what a control may not break."""

from copy import replace
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

from sandbox.accounts import CONSUMER, PROVIDER, REGION, STACK_NAME, STRANGER
from sandbox.walkthrough import Walkthrough
from tests.security.attacked.attacks import Attack
from tests.security.attacked.intruders import CONSUMER_ROLE, create_role

ELSEWHERE: Final = "us-west-2"
GOOD_HERE: Final = "the role is good in the Regions that the consumer names"
"""Why there is no way in there."""
OPT_IN: Final = "privatelink-autopilot:managed-ingress"
OWNER: Final = "privatelink-autopilot:owner"
OUR_NAME: Final = f"{PROVIDER}/{REGION}/{STACK_NAME}"
OURS: Final = {
    OWNER: OUR_NAME,
    "privatelink-autopilot:service": "vpce-svc-attack",
    "privatelink-autopilot:endpoint": "vpce-attack",
}
SOURCE: Final = "203.0.113.0/24"


@dataclass(frozen=True, kw_only=True)
class ConsumersThings:
    """Ids and names; nothing of it belongs to an endpoint."""

    open_group: str
    """Opted in by tag."""
    closed_group: str
    """Without the tag."""
    refusing_group: str
    """Whose tag says "false"."""
    default_group: str
    group_elsewhere: str
    """Opted in, in a Region without endpoints."""
    our_rule: str
    foreign_rule: str
    vpc_id: str
    endpoint_id: str
    secret: str
    bucket: str
    key_id: str
    log_group: str
    parameter: str
    """Under the prefix, and there."""
    outside: str
    """A parameter that is not under the prefix."""
    open_role: str
    """A role that trusts its whole account."""
    open_role_elsewhere: str
    """A role of another account that trusts this whole account."""
    role: str
    """The name of the role for the provider, or of its double."""
    stack: str
    """The stack with that role, or no stack."""


OnConsumer = Attack[ConsumersThings]


def lay_out(walkthrough: Walkthrough) -> ConsumersThings:
    """Make all of it."""
    sandbox = walkthrough.sandbox
    ec2, ssm = sandbox.client("ec2", CONSUMER), sandbox.client("ssm", CONSUMER)
    vpc_id = ec2.create_vpc(CidrBlock="10.77.0.0/16")["Vpc"]["VpcId"]
    elsewhere = sandbox.client("ec2", CONSUMER, ELSEWHERE)
    vpc_elsewhere = elsewhere.create_vpc(CidrBlock="10.77.0.0/16")["Vpc"]["VpcId"]
    open_group = group(ec2, vpc_id, {OPT_IN: "true"})
    default = ec2.describe_security_groups(
        Filters=[
            {"Name": "vpc-id", "Values": [vpc_id]},
            {"Name": "group-name", "Values": ["default"]},
        ]
    )["SecurityGroups"]
    parameter, outside = "/privatelink/attack/vpc-1/ip", "/attack/ip"
    for each in (parameter, outside):
        ssm.put_parameter(Name=each, Value="10.0.3.181", Type="String", Overwrite=True)
    name = f"attack-{uuid4().hex[:8]}"
    sandbox.client("s3", CONSUMER).create_bucket(
        Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    sandbox.client("logs", CONSUMER).create_log_group(logGroupName=f"/{name}")
    secret = sandbox.client("secretsmanager", CONSUMER).create_secret(Name=name, SecretString="x")
    return ConsumersThings(
        open_group=open_group,
        closed_group=group(ec2, vpc_id, {}),
        refusing_group=group(ec2, vpc_id, {OPT_IN: "false"}),
        default_group=default[0]["GroupId"],
        group_elsewhere=group(elsewhere, vpc_elsewhere, {OPT_IN: "true"}),
        our_rule=_rule(ec2, open_group, "198.51.100.0/24", OURS),
        foreign_rule=_rule(ec2, open_group, "192.0.2.0/24", {OWNER: "somebody/else"}),
        vpc_id=vpc_id,
        endpoint_id="vpce-0123456789abcdef0",
        secret=secret["ARN"],
        bucket=name,
        key_id=sandbox.client("kms", CONSUMER).create_key()["KeyMetadata"]["KeyId"],
        log_group=f"/{name}",
        parameter=parameter,
        outside=outside,
        open_role=create_role(sandbox, CONSUMER, "attack-open", actions="*"),
        open_role_elsewhere=create_role(
            sandbox, STRANGER, "attack-open", actions="*", trusts=CONSUMER
        ),
        role=CONSUMER_ROLE.rpartition("/")[2],
        stack="privatelink-autopilot-consumer",
    )


def double(walkthrough: Walkthrough, things: ConsumersThings) -> ConsumersThings:
    """Return the same with a role and a stack that nobody needs."""
    create_role(walkthrough.sandbox, CONSUMER, "attack-double", actions="sts:GetCallerIdentity")
    return replace(things, role="attack-double", stack="attack-double")


def clear_away(walkthrough: Walkthrough, things: ConsumersThings) -> None:
    """Remove what the stack's functions or other tests could come across."""
    ec2 = walkthrough.sandbox.client("ec2", CONSUMER)
    for rule_id in (things.our_rule, things.foreign_rule):
        present = ec2.describe_security_group_rules(
            Filters=[{"Name": "security-group-rule-id", "Values": [rule_id]}]
        )["SecurityGroupRules"]
        for rule in present:
            ec2.revoke_security_group_ingress(
                GroupId=rule["GroupId"], SecurityGroupRuleIds=[rule_id]
            )
    ssm = walkthrough.sandbox.client("ssm", CONSUMER)
    for path in ("/privatelink/attack", "/attack"):
        rows = ssm.get_parameters_by_path(Path=path, Recursive=True)["Parameters"]
        if rows:
            ssm.delete_parameters(Names=[row["Name"] for row in rows])


def group(ec2: Any, vpc_id: str, tags: dict[str, str]) -> str:  # noqa: ANN401 - a boto3 client
    """Create a security group."""
    group_id: str = ec2.create_security_group(
        GroupName=f"attack-{uuid4().hex[:8]}", Description="-", VpcId=vpc_id
    )["GroupId"]
    if tags:
        ec2.create_tags(Resources=[group_id], Tags=tag_list(tags))
    return group_id


def tag_list(tags: dict[str, str]) -> list[dict[str, str]]:
    """Write tags as the API takes them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def opening(group_id: str, tags: dict[str, str], cidr: str = SOURCE) -> dict[str, Any]:
    """Return the parameters that open a group with a tagged rule, or an untagged one."""
    permission = {
        "IpProtocol": "tcp",
        "FromPort": 80,
        "ToPort": 80,
        "IpRanges": [{"CidrIp": cidr}],
    }
    tagged = {"TagSpecifications": [tags_of("security-group-rule", tags)]} if tags else {}
    return {"GroupId": group_id, "IpPermissions": [permission], **tagged}


def tags_of(resource_type: str, tags: dict[str, str]) -> dict[str, Any]:
    """Return one of a request's TagSpecifications."""
    return {"ResourceType": resource_type, "Tags": tag_list(tags)}


def _rule(ec2: Any, group_id: str, cidr: str, tags: dict[str, str]) -> str:  # noqa: ANN401 - a boto3 client
    answer = ec2.authorize_security_group_ingress(**opening(group_id, tags, cidr))
    return str(answer["SecurityGroupRules"][0]["SecurityGroupRuleId"])
