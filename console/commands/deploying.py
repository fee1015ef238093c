"""Deploys a version of the allowlist while somebody watches."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from console.allowlist_deployments import AllowlistDeployments, RefusedError
from console.allowlist_history import Deployment, in_force, number_of_latest, served_without
from console.aws_failures import is_passing
from console.commands.watching import perhaps_started, taken_back, watch
from console.output import results, talk
from privatelink.errors import AwsError, ThrottledError

if TYPE_CHECKING:
    from mypy_boto3_appconfig.type_defs import BlobTypeDef


def deploy_new(
    deployments: AllowlistDeployments,
    document: "BlobTypeDef",
    description: str,
    *,
    after: Sequence[Deployment],
) -> None:
    """Store a document as a version, deploy it, and leave no version behind that is refused."""
    version = deployments.create_version(document, description)
    try:
        deploy(deployments, version, description, after=after)
    except (RefusedError, AwsError):
        _tidy_up(deployments, version)
        raise


def deploy(
    deployments: AllowlistDeployments,
    version: str,
    description: str,
    *,
    after: Sequence[Deployment],
) -> None:
    """Deploy a version and say how it goes, until it has ended; raise ConsoleError if badly.

    `after` are the deployments that there have been: if there is another, none is started.
    """
    present = in_force(after)
    back = present.version if present else None
    try:
        started = deployments.start_deployment(version, description, latest=number_of_latest(after))
    except (AwsError, KeyboardInterrupt) as error:
        if isinstance(error, AwsError) and not _leaves_open(error):
            raise
        raise perhaps_started(deployments, version, error, back=back) from error
    talk.print(f"Deployment {started.number}, of version {version}, has started.")
    ended = watch(deployments, started, back=back)
    if ended.state != "COMPLETE":
        raise taken_back(ended)
    results.print(f"Version {version} is in force.")


def stop(deployments: AllowlistDeployments, moving: Deployment) -> tuple[Deployment, ...]:
    """Stop a deployment, wait until it has ended, and return all that there have been then."""
    if moving.state != "ROLLING_BACK":  # what is being taken back already cannot be stopped
        deployments.stop_deployment(moving.number)
    watch(deployments, moving, back=None)
    talk.print(f"Deployment {moving.number} is stopped.")
    return deployments.list_deployments()


def is_enough_to_stop(history: Sequence[Deployment], moving: Deployment, target: str) -> bool:
    """Tell whether a version is in force again as soon as a deployment is stopped."""
    served = served_without(history, moving)
    return served is not None and served.version == target


def _leaves_open(error: AwsError) -> bool:
    """Tell whether what has been asked for may have been done although the call has failed."""
    return is_passing(error) and not isinstance(error, ThrottledError)


def _tidy_up(deployments: AllowlistDeployments, version: str) -> None:
    """Delete a version that has been refused; say that it is left if that is not possible."""
    try:
        # What looks like a refusal may be the answer to a second try, while the first one is under
        # way.
        if all(each.version != version for each in deployments.list_deployments()):
            deployments.delete_version(version)
            return
    except AwsError:
        pass
    talk.print(f"Version {version} stays in AppConfig.")
