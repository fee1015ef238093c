"""Reads what an allowlist would change of a deployed stack's world."""

from console.deployed import DeployedStack
from console.documents.plan import WhatIf
from console.output import talk
from console.planning import compared
from console.provider import Provider
from console.rehearsal.estate import Estate
from console.rehearsal.play import Progress
from console.rehearsal.sweep import rehearse
from privatelink.allowlist import Allowlist
from privatelink.errors import InvalidAllowlistError, NothingDeployedError
from privatelink.gateways.outlooks import Outlooks
from privatelink.guard import object_to


def what_would_change(
    deployed: DeployedStack, allowlist: Allowlist, progress: Progress = lambda _: None
) -> WhatIf:
    """Compare an allowlist with the one in force, and with what there is."""
    provider, estate = Provider.connect(deployed), Estate.of(deployed)
    current = _in_force(provider)
    outlooks = Outlooks(
        services=provider.services,
        load_balancers=provider.load_balancers,
        ledger=provider.ledger,
        home=estate.owner.region,
        observes=estate.observes,
    )
    before = rehearse(estate, current, progress) if current else None
    after = rehearse(estate, allowlist, progress)
    return compared(before, after, object_to(outlooks.compare(allowlist, current)))


def _in_force(provider: Provider) -> Allowlist | None:
    """Return the allowlist in force; None, as for the validator, if there is none that is right."""
    try:
        return provider.allowlists.get()
    except (NothingDeployedError, InvalidAllowlistError) as error:
        talk.print(f"Compared with no allowlist: {error}")
        return None
