"""Which version of the allowlist is meant, and what there is to choose from."""

from collections.abc import Sequence
from typing import Final

from console.allowlist_deployments import AllowlistDeployments
from console.allowlist_history import Deployment, before, earlier, in_force, under_way
from console.errors import ConsoleError
from console.output import talk
from console.screens.allowlist import versions
from privatelink.allowlist_document import version_of
from privatelink.errors import NotFoundError

_CANDIDATES_MAX: Final = 10


def is_under_way(deployment: Deployment) -> ConsoleError:
    """Say that nothing can be deployed now."""
    return ConsoleError(
        f"Deployment {deployment.number}, of version {deployment.version}, is under way: "
        f"{deployment.state}, {deployment.percentage:.0f} %.",
        "Wait until it has ended, or take it back: privatelink allowlist rollback",
    )


def version_before(deployments: AllowlistDeployments, history: Sequence[Deployment]) -> str:
    """Return the version before the present one; list those there are if there is none."""
    moving, present = under_way(history), in_force(history)
    if moving:
        found = in_force([each for each in history if each.number < moving.number])
    else:
        found = before(history, present) if present else None
    if found:
        return found.version
    _list_versions(deployments, earlier(history, present))
    raise ConsoleError(
        "No older version has been in force before the present one.",
        "Name the version to put in force: privatelink allowlist rollback VERSION",
    )


def document_of(
    deployments: AllowlistDeployments, history: Sequence[Deployment], version: str
) -> bytes:
    """Return the document of a version; list those there are if there is none."""
    try:
        return deployments.get_document(version)
    except NotFoundError as error:
        _list_versions(deployments, earlier(history, None))
        raise ConsoleError(f"AppConfig has no version {version} of the allowlist.") from error


def _list_versions(deployments: AllowlistDeployments, candidates: Sequence[Deployment]) -> None:
    shown = candidates[:_CANDIDATES_MAX]
    digests = {each.version: version_of(deployments.get_document(each.version)) for each in shown}
    if shown:
        talk.print(versions(shown, digests))
