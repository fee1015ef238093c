"""Which version of the allowlist is meant, and what there is to choose from."""

from collections.abc import Sequence
from typing import Final

from console.allowlist_deployments import AllowlistDeployments
from console.allowlist_history import (
    Deployment,
    before,
    earlier,
    in_force,
    served_without,
    taken_back_last,
    under_way,
)
from console.errors import ConsoleError
from console.output import talk
from console.screens.allowlist import versions
from privatelink.allowlist_document import version_of
from privatelink.errors import NotFoundError

_CANDIDATES_MAX: Final = 10


def is_under_way(deployment: Deployment, history: Sequence[Deployment]) -> ConsoleError:
    """Say that nothing can be deployed now."""
    back = served_without(history, deployment)
    way_back = f", or take it back: privatelink allowlist rollback {back.version}" if back else "."
    return ConsoleError(
        f"Deployment {deployment.number}, of version {deployment.version}, is under way: "
        f"{deployment.state}, {deployment.percentage:.0f} %.",
        f"Wait until it has ended{way_back}",
    )


def version_before(deployments: AllowlistDeployments, history: Sequence[Deployment]) -> str:
    """Return the version before the present one.

    If there is none, or the newest has been taken back so that it is not clear which one is meant,
    lists those there are and raises ConsoleError.
    """
    moving, present = under_way(history), in_force(history)
    if present and (undone := taken_back_last(history)):
        _list_versions(deployments, earlier(history, present))
        raise ConsoleError(
            f"Version {undone.version} has been taken back already: "
            f"version {present.version} is in force.",
            "Name the version to go further back: privatelink allowlist rollback VERSION",
        )
    if moving:
        found = served_without(history, moving)
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
    document = find_document(deployments, version)
    if document is None:
        _list_versions(deployments, earlier(history, None))
        raise ConsoleError(f"AppConfig has no version {version} of the allowlist.")
    return document


def find_document(deployments: AllowlistDeployments, version: str) -> bytes | None:
    """Return the document of a version, or None: somebody has deleted it in AppConfig."""
    try:
        return deployments.get_document(version)
    except NotFoundError:
        return None


def _list_versions(deployments: AllowlistDeployments, candidates: Sequence[Deployment]) -> None:
    shown = candidates[:_CANDIDATES_MAX]
    if shown:
        digests = {each.version: _digest(deployments, each.version) for each in shown}
        talk.print(versions(shown, digests))


def _digest(deployments: AllowlistDeployments, version: str) -> str:
    document = find_document(deployments, version)
    return "deleted" if document is None else version_of(document)
