"""The versions of the allowlist that AppConfig keeps, and their deployments.

This is where the console writes: with the caller's own credentials, in AppConfig alone.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

from botocore.config import Config
from botocore.exceptions import ClientError

from console.allowlist_history import UNDER_WAY, Deployment, DeploymentEvent
from console.aws_failures import is_passing
from console.caller import Caller
from console.deployed import DeployedStack
from console.errors import ConsoleError
from privatelink.errors import AwsError
from privatelink.gateways.calls import CLIENT_CONFIG, translated_errors

if TYPE_CHECKING:
    from mypy_boto3_appconfig import AppConfigClient
    from mypy_boto3_appconfig.type_defs import BlobTypeDef

_DESCRIPTION_MAX: Final = 1024
_POLL_SECONDS: Final = 2.0
_PATIENCE: Final = 30
"""How often in a row AWS may fail to say how a deployment is; each time, botocore has retried."""
# StartDeployment answers when the validators have: to time out and ask again would start another.
_CLIENT_CONFIG: Final = CLIENT_CONFIG.merge(Config(read_timeout=60))


class RefusedError(ConsoleError):
    """AppConfig has said no, and nothing has changed."""


@dataclass(frozen=True, kw_only=True)
class AllowlistDeployments:
    """Versions and deployments of the stack's allowlist."""

    client: "AppConfigClient"
    application_id: str
    environment_id: str
    profile_id: str
    strategy_id: str
    pause: Callable[[], None] = lambda: time.sleep(_POLL_SECONDS)

    @classmethod
    def of(cls, caller: Caller, deployed: DeployedStack) -> Self:
        """Return those of a deployed stack, with the caller's own credentials."""
        return cls(
            client=caller.session().client(
                "appconfig", region_name=deployed.region, config=_CLIENT_CONFIG
            ),
            application_id=deployed.outputs["AllowlistApplicationId"],
            environment_id=deployed.outputs["AllowlistEnvironmentId"],
            profile_id=deployed.outputs["AllowlistProfileId"],
            strategy_id=deployed.outputs["AllowlistDeploymentStrategyId"],
        )

    def list_deployments(self) -> tuple[Deployment, ...]:
        """Return all deployments, the oldest first."""
        pages = self.client.get_paginator("list_deployments").paginate(
            ApplicationId=self.application_id, EnvironmentId=self.environment_id
        )
        with translated_errors("ListDeployments"):
            items = [_deployment(item) for page in pages for item in page["Items"]]
        return tuple(sorted(items, key=lambda each: each.number))

    def get_deployment(self, number: int) -> Deployment:
        """Return a deployment with its log."""
        with translated_errors("GetDeployment"):
            return _deployment(
                self.client.get_deployment(
                    ApplicationId=self.application_id,
                    EnvironmentId=self.environment_id,
                    DeploymentNumber=number,
                )
            )

    def get_document(self, version: str) -> bytes:
        """Return the document of a version, or raise NotFoundError."""
        with translated_errors("GetHostedConfigurationVersion"):
            return self.client.get_hosted_configuration_version(
                ApplicationId=self.application_id,
                ConfigurationProfileId=self.profile_id,
                VersionNumber=int(version),
            )["Content"].read()

    def create_version(self, document: "BlobTypeDef", description: str) -> str:
        """Store a document as a new version and return the version's number."""
        with _refusals("CreateHostedConfigurationVersion"):
            created = self.client.create_hosted_configuration_version(
                ApplicationId=self.application_id,
                ConfigurationProfileId=self.profile_id,
                Content=document,
                ContentType="application/yaml",
                # It travels as a header, which is of one line and of ASCII.
                Description=_one_line(description).encode("ascii", "replace").decode(),
            )
        return str(created["VersionNumber"])

    def delete_version(self, version: str) -> None:
        """Delete a version, whether it has been deployed or not."""
        with translated_errors("DeleteHostedConfigurationVersion"):
            self.client.delete_hosted_configuration_version(
                ApplicationId=self.application_id,
                ConfigurationProfileId=self.profile_id,
                VersionNumber=int(version),
            )

    def start_deployment(self, version: str, description: str, *, latest: int) -> Deployment:
        """Deploy a version; `latest` is the newest deployment's number, or 0: no other may start.

        Raises RefusedError if a validator refuses the version, or a deployment is under way.
        """
        with _refusals("StartDeployment"):
            return _deployment(
                self.client.start_deployment(
                    ApplicationId=self.application_id,
                    EnvironmentId=self.environment_id,
                    ConfigurationProfileId=self.profile_id,
                    DeploymentStrategyId=self.strategy_id,
                    ConfigurationVersion=version,
                    Description=_one_line(description),
                    LatestDeploymentNumber=latest,
                )
            )

    def stop_deployment(self, number: int) -> None:
        """Stop a deployment: the version before it is in force again, even if it bakes already."""
        with translated_errors("StopDeployment"):
            self.client.stop_deployment(
                ApplicationId=self.application_id,
                EnvironmentId=self.environment_id,
                DeploymentNumber=number,
                AllowRevert=True,  # without it only what is DEPLOYING stops
            )

    def follow(self, number: int) -> Iterator[Deployment]:
        """Yield a deployment time and again, as it is, until it has ended.

        If AWS does not answer, it is asked again for a while, and then AwsError is raised.
        """
        failed = 0
        while True:
            try:
                deployment = self.get_deployment(number)
            except AwsError as error:
                failed += 1
                if failed > _PATIENCE or not is_passing(error):
                    raise
            else:
                failed = 0
                yield deployment
                if deployment.state not in UNDER_WAY:
                    return
            self.pause()


@contextmanager
def _refusals(operation: str) -> Iterator[None]:
    """Say why AppConfig takes no version, or starts no deployment."""
    try:
        with translated_errors(operation):
            yield
    except AwsError as error:
        if error.code == "BadRequestException":
            raise RefusedError(
                f"AppConfig refuses the allowlist: {error.message}{_details(error)}",
                "Nothing of it is in force.",
            ) from error
        if error.code == "ConflictException":
            raise RefusedError(
                f"Somebody else deploys the allowlist: {error.message}",
                "Nothing of this one is in force. Look at theirs, then do it again.",
            ) from error
        if error.code == "PayloadTooLargeException":
            message = f"The allowlist is too large for AppConfig: {error.message}"
            raise RefusedError(message) from error
        raise


def _details(error: AwsError) -> str:
    """Return what validators say, a line each, where the message does not say it."""
    cause = error.__cause__
    said: Mapping[str, Any] = cause.response if isinstance(cause, ClientError) else {}
    reasons = said.get("Details", {}).get("InvalidConfiguration", ())
    return "".join(
        f"\n  {each['Reason']}" for each in reasons if each.get("Reason", "") not in error.message
    )


def _deployment(said: Any) -> Deployment:  # noqa: ANN401 - the answers of three operations
    return Deployment(
        number=said["DeploymentNumber"],
        version=said["ConfigurationVersion"],
        state=said["State"],
        percentage=said.get("PercentageComplete", 0.0),
        bake_minutes=said.get("FinalBakeTimeInMinutes", 0),
        started_at=said["StartedAt"],
        events=tuple(
            DeploymentEvent(
                kind=event.get("EventType", ""),
                triggered_by=event.get("TriggeredBy", ""),
                description=event.get("Description", ""),
            )
            for event in said.get("EventLog", ())
        ),
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())[:_DESCRIPTION_MAX]
