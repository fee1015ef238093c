"""The stack as it is deployed: its outputs, its resources, and the settings of its functions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, Final, Self

import boto3

from accept_endpoint_connections.settings import Settings as AcceptSettings
from authorize_security_group_ingress.settings import Settings as AuthorizeSettings
from console.caller import Caller
from console.errors import ConsoleError
from console.finding import assume_console_role, find_stack
from console.output import talk
from privatelink.environment import from_environ
from privatelink.errors import InvalidSettingError
from privatelink.gateways.calls import CLIENT_CONFIG, translated_errors
from privatelink.model import AccountId, Region
from publish_endpoint_addresses.settings import Settings as PublishSettings

_ACCEPT: Final = "AcceptEndpointConnections"
_AUTHORIZE: Final = "AuthorizeSecurityGroupIngress"
_PUBLISH: Final = "PublishEndpointAddresses"


@dataclass(frozen=True, kw_only=True)
class DeployedStack:
    """A provider's stack, and the session that it is read with."""

    name: str
    account_id: AccountId
    region: Region
    status: str
    version: str
    """As the stack's output says; empty if it does not."""
    outputs: Mapping[str, str]
    physical_ids: Mapping[str, str]
    """By logical id."""
    accept: AcceptSettings
    authorize: AuthorizeSettings
    publish: PublishSettings
    reading: boto3.Session
    """Of the console's role, through which nothing can be written."""

    @classmethod
    def find(cls, caller: Caller) -> Self:
        """Read the caller's stack; raise ConsoleError, or AwsError, if that cannot be done."""
        stack = find_stack(caller)
        deployed_version = stack.outputs.get("Version", "")
        reading = assume_console_role(caller, stack)
        warn_of_other_version(deployed_version)
        physical_ids = dict(_resources(reading, stack.name))
        return cls(
            name=stack.name,
            account_id=stack.account_id,
            region=stack.region,
            status=stack.status,
            version=deployed_version,
            outputs=stack.outputs,
            physical_ids=physical_ids,
            accept=_settings(reading, physical_ids, _ACCEPT, AcceptSettings),
            authorize=_settings(
                reading,
                physical_ids,
                _AUTHORIZE,
                AuthorizeSettings,
            ),
            publish=_settings(reading, physical_ids, _PUBLISH, PublishSettings),
            reading=reading,
        )


def warn_of_other_version(deployed: str) -> None:
    """Say that the console goes by other rules than the stack, if it is of another version."""
    own = version("privatelink-autopilot")
    if deployed != own:
        talk.print(
            f"Warning: {deployed or 'a version without a number'} is deployed, and this console is "
            f"{own}. It tells what its own version would do.",
            style="bold yellow",
            soft_wrap=True,
        )


def _resources(reading: boto3.Session, name: str) -> Iterator[tuple[str, str]]:
    pages = reading.client("cloudformation", config=CLIENT_CONFIG).get_paginator(
        "list_stack_resources"
    )
    with translated_errors("ListStackResources"):
        for page in pages.paginate(StackName=name):
            for resource in page["StackResourceSummaries"]:
                # A resource that could not be made has no id.
                yield resource["LogicalResourceId"], resource.get("PhysicalResourceId", "")


def _settings[Settings](
    reading: boto3.Session,
    physical_ids: Mapping[str, str],
    logical_id: str,
    kind: type[Settings],
) -> Settings:
    """Read the settings of a function as it reads them itself."""
    if not physical_ids.get(logical_id):
        raise _older(f"the stack has no function {logical_id}")
    with translated_errors("GetFunctionConfiguration"):
        configuration: Mapping[str, Any] = reading.client(
            "lambda", config=CLIENT_CONFIG
        ).get_function_configuration(FunctionName=physical_ids[logical_id])
    try:
        return from_environ(kind, configuration.get("Environment", {}).get("Variables", {}))
    except InvalidSettingError as error:
        raise _older(f"{logical_id}: {error}") from error


def _older(what: str) -> ConsoleError:
    return ConsoleError(
        f"The deployed stack is not of this console's version: {what}.",
        "Deploy this version (make deploy), or use the console of the version that is deployed.",
    )
