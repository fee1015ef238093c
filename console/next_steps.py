"""What the service consumer does next, in words that can be forwarded to it."""

from collections.abc import Iterable
from typing import Final

from console.documents.findings import OpenFinding
from console.facts import Facts
from privatelink.findings import FindingKind

TO_BE_MENDED_BY_THE_CONSUMER: Final = frozenset(
    {
        FindingKind.ROLE_NOT_ASSUMABLE,
        FindingKind.PERMISSION_MISSING,
        FindingKind.DEFAULT_SECURITY_GROUP,
        FindingKind.NO_OPTED_IN_GROUP,
        FindingKind.OPTED_OUT_GROUP,
        FindingKind.SECURITY_GROUP_QUOTA,
        FindingKind.LEFT_BEHIND,
        FindingKind.NO_ADDRESS,
        FindingKind.ADDRESS_OUTSIDE_PRIMARY_CIDR,
        FindingKind.NO_ROUTE_TO_SOURCE,
    }
)
"""What stands in the consumer's own account; anything else is the service provider's to mend."""

_GONE: Final = (
    "Create a new endpoint, if you still need one: AWS does not report this one to the service"
    " provider any more."
)
_OBSERVED: Final = (
    "For now the service provider lets nobody in or out by the allowlist, and only watches what it"
    " says; ask the service provider. Once that is over: "
)


def next_step(facts: Facts, findings: Iterable[OpenFinding]) -> str:
    """Say what is to be done about an endpoint, and what of the findings is to be mended."""
    mend = [
        f"{finding.subject}: {finding.what_to_do}"
        for finding in findings
        if finding.kind in TO_BE_MENDED_BY_THE_CONSUMER
    ]
    step = facts.decision.next_step(_whereabouts(facts)) if facts.decision else _GONE
    observing = facts.decision and facts.sight and facts.sight.this.observing
    first = f"About {_about(facts)}: {_OBSERVED if observing else ''}{step}"
    return " ".join([first, *(["To be mended in your account:", *mend] if mend else [])])


def _about(facts: Facts) -> str:
    consumer, sight = facts.consumer, facts.sight
    whose = f" of account {consumer.account_id} in {consumer.region}" if consumer else ""
    of = f", service {sight.service_name or sight.this.service_id}" if sight else ""
    return f"endpoint {facts.vpc_endpoint_id}{whose}{of}"


def _whereabouts(facts: Facts) -> str:
    """Say where the consumer finds the addresses of its endpoints."""
    entry, leaf = facts.consumer_entry, facts.leaves.get("endpoint")
    if entry is not None and entry.access == "none":
        return "in the service provider's Parameter Store, and the service provider tells it"
    vpc_id = leaf.name.split("/")[-2] if leaf else "{vpc-id}"
    return f"in your account's Parameter Store: {facts.shelf}/{vpc_id}/ip"
