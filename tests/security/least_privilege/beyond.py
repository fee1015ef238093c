"""What the policies allow beyond what is recorded, and why they must."""

from typing import Final

from sandbox.accounts import CONSUMER, PROVIDER, REGION, STACK_NAME
from tests.contract.stack import FUNCTIONS
from tests.security.least_privilege.explaining import Beyond, in_general
from tests.security.least_privilege.key_users import KEY_USERS

_ROLE: Final = "privatelink-autopilot-consumer"
_HERE: Final = f"{REGION}:{PROVIDER}"

_ROLES: Final = (
    *(
        in_general(
            f"{STACK_NAME}-{role}",
            "ec2:*",
            f"arn:aws:ec2:{_HERE}:vpc-endpoint-service/*",
            "the allowlist names the endpoint services, and changes without a deployment",
        )
        for role in ("accept-endpoint-connections", "console")
    ),
    *(
        in_general(
            f"{STACK_NAME}-{role}",
            "sts:AssumeRole",
            f"arn:aws:iam::*:role/{_ROLE}{suffix}",
            "consumers come and go with the allowlist",
        )
        for role, suffix in (
            ("authorize-security-group-ingress", ""),
            ("publish-endpoint-addresses", ""),
            ("console", "-reader"),
        )
    ),
    *(
        in_general(
            f"{STACK_NAME}-{role}",
            "ssm:*",
            f"arn:aws:ssm:{_HERE}:parameter/privatelink/*",
            "names are made of aliases, accounts and VPCs",
        )
        for role in ("publish-endpoint-addresses", "console")
    ),
    *(
        in_general(
            f"{STACK_NAME}-{function}",
            "logs:*",
            f"arn:aws:logs:{_HERE}:log-group:/aws/lambda/{STACK_NAME}-{function}:*",
            "Lambda names the streams of a log group",
        )
        for function in (package.replace("_", "-") for package in FUNCTIONS)
    ),
    in_general(
        f"{STACK_NAME}-console",
        "logs:FilterLogEvents",
        f"arn:aws:logs:{_HERE}:log-group:/aws/lambda/{STACK_NAME}-accept-endpoint-connections:*",
        "CloudFormation's ARN of a log group has all of its streams in it",
    ),
    in_general(
        f"{STACK_NAME}-console",
        "cloudformation:ListStackResources",
        f"arn:aws:cloudformation:{_HERE}:stack/{STACK_NAME}/*",
        "a stack has its id only once it is there",
    ),
    in_general(
        f"{STACK_NAME}-validate-allowlist",
        "appconfig:*",
        f"arn:aws:appconfig:{_HERE}:application/???????/environment/???????/configuration/*",
        "the profile has no id before its validator exists, and the application has no other",
    ),
    in_general(
        f"{STACK_NAME}-AllowlistMonitorRole-*",
        "cloudwatch:DescribeAlarms",
        f"arn:aws:cloudwatch:{_HERE}:alarm:*",
        "which ARN is checked for alarms that are asked for by name is documented nowhere",
    ),
)

_CONSUMERS: Final = (
    *(
        in_general(
            role,
            "ssm:*",
            f"arn:aws:ssm:{REGION}:{CONSUMER}:parameter/privatelink/*",
            "names are made of aliases and VPCs",
        )
        for role in (_ROLE, f"{_ROLE}-reader")
    ),
    in_general(
        _ROLE,
        "ec2:*SecurityGroupIngress",
        f"arn:aws:ec2:{REGION}:{CONSUMER}:security-group/*",
        "the tag decides about the group",
    ),
    in_general(
        _ROLE,
        "ec2:*",
        f"arn:aws:ec2:*:{CONSUMER}:security-group-rule/*",
        "a rule has no id before it is made, and its group has decided about the Region",
    ),
    Beyond(
        differs="principal",
        kind="resource",
        principal=f"arn:aws:iam::{CONSUMER}:*",
        action="events:PutEvents",
        resource=f"arn:aws:events:{_HERE}:event-bus/{STACK_NAME}",
        why="an account is let in, not a role: an event decides nothing, whoever has put it",
    ),
)

BEYOND: Final = (*_ROLES, *_CONSUMERS, *KEY_USERS)
