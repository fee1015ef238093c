"""Finds the stack with the caller's own credentials, and takes the console's role for the rest."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from console.caller import Caller
from console.errors import ConsoleError, told
from console.reading import guard
from privatelink.errors import AccessDeniedError
from privatelink.gateways.calls import CLIENT_CONFIG, translated_errors
from privatelink.model import AccountId, Region

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import StackTypeDef

_NAME_ANOTHER: Final = (
    "Name another with --stack-name (or PRIVATELINK_STACK_NAME), --region or --profile."
)
_OURS: Final = "AllowlistApplicationId"
"""An output that every version has had."""
_MADE: Final = frozenset(
    {"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE"}
)
_SESSION_NAME: Final = "privatelink-console"
# Somebody without a network, or in the wrong Region, is told so within seconds.
_FIRST_CALL: Final = CLIENT_CONFIG.merge(Config(retries={"mode": "standard", "max_attempts": 2}))


@dataclass(frozen=True, kw_only=True)
class Stack:
    """What CloudFormation tells of a stack."""

    name: str
    account_id: AccountId
    region: Region
    status: str
    outputs: Mapping[str, str]


def find_stack(caller: Caller) -> Stack:
    """Describe the caller's stack, or raise ConsoleError: there is none."""
    if not caller.stack_name:
        raise ConsoleError("The stack's name is empty.", _NAME_ANOTHER)
    cloudformation = caller.session().client("cloudformation", config=_FIRST_CALL)
    try:
        (described,) = cloudformation.describe_stacks(StackName=caller.stack_name)["Stacks"]
    except ClientError as error:
        # CloudFormation has no code of its own for it.
        if "does not exist" not in error.response["Error"]["Message"]:
            raise
        raise _no_stack(caller) from error
    return _stack(described)


def assume_console_role(caller: Caller, stack: Stack) -> boto3.Session:
    """Return a session of the stack's console role; raise ConsoleError if it cannot be had."""
    role_arn = stack.outputs.get("ConsoleRoleArn")
    if not role_arn:
        raise _without_role(stack)
    sts = caller.session().client("sts", config=CLIENT_CONFIG)
    try:
        with translated_errors("AssumeRole"):
            keys = sts.assume_role(RoleArn=role_arn, RoleSessionName=_SESSION_NAME)["Credentials"]
    except AccessDeniedError as error:
        raise _not_assumable(role_arn, error) from error
    return guard(
        boto3.Session(
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys["SessionToken"],
            region_name=stack.region,
        )
    )


def _stack(described: "StackTypeDef") -> Stack:
    _, _, _, region, account_id, _ = described["StackId"].split(":", 5)
    outputs = described.get("Outputs", [])
    return Stack(
        name=described["StackName"],
        account_id=AccountId(account_id),
        region=Region(region),
        status=described["StackStatus"],
        outputs={output["OutputKey"]: output["OutputValue"] for output in outputs},
    )


def _no_stack(caller: Caller) -> ConsoleError:
    sts = caller.session().client("sts", config=CLIENT_CONFIG)
    account_id = sts.get_caller_identity()["Account"]
    region = caller.session().region_name
    return ConsoleError(
        f"There is no stack {caller.stack_name} in account {account_id}, Region {region}.",
        _NAME_ANOTHER,
    )


def _without_role(stack: Stack) -> ConsoleError:
    """Say why a stack has no console role."""
    if _OURS in stack.outputs:
        return ConsoleError(
            f"The stack {stack.name} has no console role: an older version is deployed.",
            "Deploy this version (make deploy): the stack then has the output ConsoleRoleArn.",
        )
    if stack.outputs or stack.status in _MADE:
        return ConsoleError(
            f"The stack {stack.name} is not one of privatelink-autopilot: "
            f"it has no output {_OURS}.",
            _NAME_ANOTHER,
        )
    if stack.status.endswith("_IN_PROGRESS"):
        return ConsoleError(
            f"The stack {stack.name} has no outputs yet: {stack.status}.",
            "Do it again when CloudFormation is done.",
        )
    return ConsoleError(
        f"The stack {stack.name} has never been complete: {stack.status}.",
        "The stack's events in CloudFormation say why: mend that, delete it, and deploy again.",
    )


def _not_assumable(role_arn: str, error: AccessDeniedError) -> ConsoleError:
    return ConsoleError(
        f"The console's role cannot be assumed. {told(error).message}",
        f"Your role or user needs sts:AssumeRole on {role_arn}.",
    )
