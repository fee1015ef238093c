"""What is said about rules: in the log, in the ledger's history, and in observe mode."""

from collections.abc import Iterable, Mapping

from privatelink.gateways.claims import Share
from privatelink.ingress import IngressPlan, sentence
from privatelink.model import VpcEndpointId
from privatelink.telemetry import logger


def tell(
    share: Share, endpoint_id: VpcEndpointId, what: str, rules: Iterable[str]
) -> Mapping[str, str]:
    """Log what was done, and return it for the history."""
    details = {
        "service_id": share.service.service_id,
        "consumer": str(share.consumer),
        "rules": ", ".join(rules),
        "allowlist_version": share.allowlist.version,
    }
    logger.info(what, extra={"vpc_endpoint_id": endpoint_id, **details})
    return details


def would(plan: IngressPlan) -> list[str]:
    """Say what the plan would do, and log it."""
    sentences = [
        *(f"would authorize {sentence(rule)}" for rule in sorted(plan.authorize)),
        *(f"would revoke {sentence(rule.ingress)}" for rule in plan.revoke),
    ]
    for each in sentences:
        logger.info(each)
    return sentences
