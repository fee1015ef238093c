"""AppConfig as the platform team sees it, besides what the console does there."""

from collections.abc import Iterator
from contextlib import contextmanager

from sandbox.accounts import PROVIDER
from sandbox.waiting import wait_until
from sandbox.walkthrough import Walkthrough


class AppConfig:
    """The versions and deployments of the walkthrough's allowlist."""

    def __init__(self, walkthrough: Walkthrough) -> None:
        self._client = walkthrough.sandbox.client("appconfig", PROVIDER)
        self._outputs = walkthrough.autopilot

    def states(self) -> list[tuple[int, str, str]]:
        """Return number, version and state of all deployments, the oldest first."""
        items = self._client.list_deployments(
            ApplicationId=self._outputs["AllowlistApplicationId"],
            EnvironmentId=self._outputs["AllowlistEnvironmentId"],
        )["Items"]
        return sorted(
            (item["DeploymentNumber"], item["ConfigurationVersion"], item["State"])
            for item in items
        )

    def last(self) -> tuple[int, str, str]:
        """Return the last deployment."""
        return self.states()[-1]

    def version_in_force(self) -> str:
        """Return the version that is served."""
        return next(v for _, v, state in reversed(self.states()) if state in {"COMPLETE", "BAKING"})

    def document(self, version: str) -> str:
        """Return the document of a version."""
        content: bytes = self._client.get_hosted_configuration_version(
            ApplicationId=self._outputs["AllowlistApplicationId"],
            ConfigurationProfileId=self._outputs["AllowlistProfileId"],
            VersionNumber=int(version),
        )["Content"].read()
        return content.decode()

    @contextmanager
    def baking(self, minutes: int) -> Iterator[None]:
        """Have what is deployed within the block bake; leave nothing under way behind it."""
        strategy = self._outputs["AllowlistDeploymentStrategyId"]
        self._client.update_deployment_strategy(
            DeploymentStrategyId=strategy, FinalBakeTimeInMinutes=minutes
        )
        try:
            yield
        finally:
            self._client.update_deployment_strategy(
                DeploymentStrategyId=strategy, FinalBakeTimeInMinutes=0
            )
            number, _, state = self.last()
            if state == "BAKING":
                self._client.stop_deployment(
                    ApplicationId=self._outputs["AllowlistApplicationId"],
                    EnvironmentId=self._outputs["AllowlistEnvironmentId"],
                    DeploymentNumber=number,
                    AllowRevert=True,
                )

    def wait_for(self, state: str) -> int:
        """Wait until the last deployment has come to a state, and return its number."""
        wait_until(lambda: self.last()[2] == state, what=f"deployment {state}")
        return self.last()[0]


def writes_to_appconfig(walkthrough: Walkthrough, after: int) -> list[str]:
    """Return what has been written to AppConfig since a call."""
    calls = walkthrough.sandbox.calls(after=after)
    return [call.action for call in calls if call.is_write and call.action.startswith("appconfig")]
