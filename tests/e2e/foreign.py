"""What others have put where the stack works, which stays as it is; and what they do to ours."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from sandbox.accounts import CONSUMER, PROVIDER
from sandbox.walkthrough import SERVICE_ALIAS, Walkthrough

_PARAMETERS: Final = (
    (CONSUMER, f"/privatelink/{SERVICE_ALIAS}/vpc-0fedcba9876543210/ip"),
    (CONSUMER, "/privatelink/another-service/ip"),
    (PROVIDER, f"/privatelink/{SERVICE_ALIAS}/of-a-person"),
)
_OWNER: Final = {"Key": "privatelink-autopilot:owner", "Value": f"999988887777/x/{SERVICE_ALIAS}"}
_RULES: Final[tuple[tuple[str, list[dict[str, str]]], ...]] = (
    ("203.0.113.0/24", [{"Key": "owner", "Value": "a person"}]),
    ("198.51.100.0/24", [_OWNER]),
)
FOREIGN_RULES: Final = frozenset((cidr, "tcp", 80, 80) for cidr, _ in _RULES)
FOREIGN_PARAMETERS: Final = frozenset(name for _, name in _PARAMETERS)


@contextmanager
def foreign_things(walkthrough: Walkthrough) -> Iterator[None]:
    """Put rules on the consumer's group and parameters beside ours; in the end they are as put."""
    rule_ids = [_authorize(walkthrough, cidr, tags) for cidr, tags in _RULES]
    for account_id, name in _PARAMETERS:
        walkthrough.sandbox.client("ssm", account_id).put_parameter(
            Name=name, Value="of somebody else", Type="String"
        )
    before = _look(walkthrough, rule_ids)
    yield
    assert _look(walkthrough, rule_ids) == before
    walkthrough.sandbox.client("ec2", CONSUMER).revoke_security_group_ingress(
        GroupId=walkthrough.networks[CONSUMER]["SecurityGroupId"], SecurityGroupRuleIds=rule_ids
    )
    for account_id, name in _PARAMETERS:
        walkthrough.sandbox.client("ssm", account_id).delete_parameter(Name=name)


def let_foreign_hands_work(walkthrough: Walkthrough) -> None:
    """Edit and delete what is the stack's: rule, parameters, copies and notification."""
    ec2 = walkthrough.sandbox.client("ec2", PROVIDER)
    notifications = ec2.describe_vpc_endpoint_connection_notifications()
    ec2.delete_vpc_endpoint_connection_notifications(
        ConnectionNotificationIds=[
            each["ConnectionNotificationId"] for each in notifications["ConnectionNotificationSet"]
        ]
    )
    _edit_rule(walkthrough)
    ssm = walkthrough.sandbox.client("ssm", CONSUMER)
    ssm.put_parameter(Name=walkthrough.parameter_name(CONSUMER), Value="10.9.9.9", Overwrite=True)
    ssm.delete_parameter(Name=walkthrough.parameter_name(CONSUMER, "ips"))
    walkthrough.sandbox.client("ssm", PROVIDER).delete_parameter(
        Name=walkthrough.copy_name(CONSUMER, "endpoint")
    )


def _edit_rule(walkthrough: Walkthrough) -> None:
    """Give the stack's rule another source; it keeps its tags."""
    ec2 = walkthrough.sandbox.client("ec2", CONSUMER)
    group_id = walkthrough.networks[CONSUMER]["SecurityGroupId"]
    (rule,) = ec2.describe_security_group_rules(
        Filters=[
            {"Name": "group-id", "Values": [group_id]},
            {"Name": "tag:privatelink-autopilot:service", "Values": [walkthrough.service_id]},
        ]
    )["SecurityGroupRules"]
    ec2.revoke_security_group_ingress(
        GroupId=group_id, SecurityGroupRuleIds=[rule["SecurityGroupRuleId"]]
    )
    _authorize(walkthrough, "10.66.0.0/16", rule["Tags"])


def _authorize(walkthrough: Walkthrough, cidr: str, tags: list[dict[str, str]]) -> str:
    answer = walkthrough.sandbox.client("ec2", CONSUMER).authorize_security_group_ingress(
        GroupId=walkthrough.networks[CONSUMER]["SecurityGroupId"],
        IpPermissions=[
            {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": cidr}]}
        ],
        TagSpecifications=[{"ResourceType": "security-group-rule", "Tags": tags}],
    )
    return str(answer["SecurityGroupRules"][0]["SecurityGroupRuleId"])


def _look(walkthrough: Walkthrough, rule_ids: list[str]) -> list[dict[str, Any]]:
    seen: list[dict[str, Any]] = walkthrough.sandbox.client(
        "ec2", CONSUMER
    ).describe_security_group_rules(SecurityGroupRuleIds=rule_ids)["SecurityGroupRules"]
    for account_id, name in _PARAMETERS:
        ssm = walkthrough.sandbox.client("ssm", account_id)
        seen.append(ssm.get_parameter(Name=name)["Parameter"])
        seen += ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=name)["TagList"]
    return seen
