"""What is said about publications: in the log, in events, and in observe mode."""

from collections.abc import Iterable, Mapping
from typing import Final

from privatelink.choice import Choice
from privatelink.gateways.claims import Share
from privatelink.gateways.events import Event
from privatelink.model import VpcEndpointId
from privatelink.parameter_places import PlaceId
from privatelink.publication import PublicationPlan
from privatelink.telemetry import logger
from publish_endpoint_addresses.shelves import Side

PUBLISHED: Final = "Endpoint Address Published"
WITHDRAWN: Final = "Endpoint Address Withdrawn"


def published_by(
    share: Share, shelf: str, plan: PublicationPlan, choice: Choice
) -> Iterable[tuple[VpcEndpointId, Mapping[str, str]]]:
    """Yield, for each place whose address is new, the endpoint and what is told of it."""
    for place in sorted(plan.published):
        published = choice.published[place]
        detail = {
            **_detail(share, shelf, place),
            "vpc_endpoint_id": published.vpc_endpoint_id,
            "addresses": ",".join(published.addresses),
        }
        logger.info("publish", extra=detail)
        yield published.vpc_endpoint_id, detail


def withdrawn_by(share: Share, shelf: str, plan: PublicationPlan) -> Iterable[Event]:
    """Yield the events that tell which places have been given up."""
    for place in sorted(plan.withdrawn):
        detail = _detail(share, shelf, place)
        logger.info("withdraw", extra=detail)
        yield Event(WITHDRAWN, detail)


def would(sides: Iterable[Side]) -> list[str]:
    """Say what plans would do, and log it."""
    sentences = [
        sentence
        for side in sides
        for _, plan in side.plans
        for sentence in (
            *(f"would put {p.name} = {p.value}" for p in (*plan.create, *plan.overwrite)),
            *(f"would delete {name}" for name in plan.delete),
        )
    ]
    for sentence in sentences:
        logger.info(sentence)
    return sentences


def _detail(share: Share, shelf: str, place: PlaceId) -> dict[str, str]:
    return {
        "service_id": share.service.service_id,
        "account_id": share.consumer.account_id,
        "region": share.consumer.region,
        # A consumer without a role has a place for each endpoint, whose VPC is not known.
        **({"vpc_id": place} if place.startswith("vpc-") else {}),
        "path": f"{shelf}/{place}",
        "allowlist_version": share.allowlist.version,
    }
