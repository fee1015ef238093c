"""Whether a valid allowlist is in force."""

from collections.abc import Iterator
from typing import Final

from console.allowlist_deployments import AllowlistDeployments
from console.allowlist_history import UNDER_WAY, Deployment
from console.checks.check import Check, Question
from privatelink.allowlist import Allowlist
from privatelink.errors import AllowlistError

_PUSH: Final = "Put a valid one in force: privatelink allowlist push FILE"

_DEPLOYMENT: Final = Question("allowlist/deployment", "last deployment of the allowlist")
_DOCUMENT: Final = Question("allowlist/document", "allowlist in force")


def check_allowlist(
    deployments: AllowlistDeployments, allowlist: Allowlist | AllowlistError
) -> tuple[Check, ...]:
    """Check how the last deployment ended, and what is in force."""

    def look() -> Iterator[Check]:
        found = deployments.list_deployments()
        yield check_deployment(found[-1] if found else None)

    return (*_DEPLOYMENT.answer(look), check_document(allowlist))


def check_deployment(deployment: Deployment | None) -> Check:
    """Check how the last deployment ended."""
    if deployment is None:
        return _DEPLOYMENT.problem("there has been none, so that nothing is decided", _PUSH)
    found = f"deployment {deployment.number} of version {deployment.version} is {deployment.state}"
    if deployment.state == "COMPLETE":
        return _DEPLOYMENT.ok(found)
    if deployment.state in UNDER_WAY:
        return _DEPLOYMENT.warning(found, "Look again when AppConfig is done.")
    return _DEPLOYMENT.warning(
        f"{found}: the version before it is in force",
        "AppConfig's log of the deployment says why. Correct the allowlist, and push it again.",
    )


def check_document(allowlist: Allowlist | AllowlistError) -> Check:
    """Check that what is in force can be decided by."""
    if isinstance(allowlist, AllowlistError):
        return _DOCUMENT.problem(f"{allowlist}; nothing is changed anywhere until then", _PUSH)
    services = allowlist.services.values()
    consumers = {entry.account_id for service in services for entry in service.consumers}
    counts = f"services: {len(services)}, consumers: {len(consumers)}"
    return _DOCUMENT.ok(f"version {allowlist.version}; {counts}")
