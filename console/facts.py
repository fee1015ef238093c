"""What is known of one endpoint: what a sweep would see of it now, and what is on record."""

import re
from collections.abc import Mapping, Sequence
from copy import replace
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from console.deployed import DeployedStack
from console.errors import ConsoleError
from console.provider import Provider
from console.seeing import Sight, published, see_services
from privatelink.allowlist import ConsumerEntry
from privatelink.decisions import Decision
from privatelink.gateways.records import EndpointEntry, HistoryEntry
from privatelink.model import AccountId, Consumer, Parameter, Region, VpcEndpointId

_ID: Final = re.compile(r"vpce-[0-9a-f]{8,17}")


@dataclass(frozen=True, kw_only=True)
class Facts:
    """An endpoint's service, the decision about it, its records, and what is published of it.

    `sight` is None for a service that is not looked after any more, `decision` for an endpoint that
    EC2 does not report any more, `entry` for one that no sweep has seen.
    """

    vpc_endpoint_id: VpcEndpointId
    parameter_prefix: str
    sight: Sight | None = None
    decision: Decision | None = None
    entry: EndpointEntry | None = None
    history: tuple[HistoryEntry, ...] = ()
    leaves: Mapping[str, Parameter] = field(default_factory=dict)

    @property
    def consumer(self) -> Consumer | None:
        """Whose endpoint it is, or None: nobody knows any more."""
        if self.decision is not None:
            return self.decision.consumer
        if self.entry is not None:
            return _consumer(self.entry.account_id, self.entry.region)
        for each in self.history:
            if {"account_id", "region"} <= each.details.keys():
                return _consumer(each.details["account_id"], each.details["region"])
        return None

    @property
    def consumer_entry(self) -> ConsumerEntry | None:
        """The consumer's entry in the allowlist, expired or not; None: it is not listed."""
        if self.sight is None or self.consumer is None:
            return None
        return self.sight.this.entry.consumer(self.consumer.account_id)

    @property
    def shelf(self) -> str | None:
        """The path of the service's parameters in the consumer's account."""
        alias = self.sight.this.alias if self.sight else None
        return f"{self.parameter_prefix}/{alias}" if alias else None


def read_id(text: str) -> VpcEndpointId:
    """Read the id of an endpoint, or raise ConsoleError."""
    if not _ID.fullmatch(text):
        hint = "A service's id begins with vpce-svc-: name one of its endpoints."
        raise ConsoleError(
            f"{text!r} is not the id of an interface endpoint, like vpce-0123456789abcdef0.",
            hint if text.startswith("vpce-svc-") else "",
        )
    return VpcEndpointId(text)


def gather(
    vpc_endpoint_id: VpcEndpointId, provider: Provider, deployed: DeployedStack, now: datetime
) -> Facts:
    """Look for an endpoint in all services, or raise ConsoleError: nothing is known of it."""
    history = provider.ledger.read_history(vpc_endpoint_id)
    seen: list[Sight] = []
    for sight in see_services(provider, deployed, now):
        seen.append(sight)
        facts = Facts(
            vpc_endpoint_id=vpc_endpoint_id,
            parameter_prefix=deployed.publish.parameter_prefix,
            sight=sight,
            decision=_decision(sight, vpc_endpoint_id),
            entry=sight.this.record.endpoints.get(vpc_endpoint_id),
            history=history,
        )
        if facts.decision or facts.entry:
            return replace(facts, leaves=_leaves(facts, provider))
    if not history:
        raise _unknown(vpc_endpoint_id, seen)
    return Facts(
        vpc_endpoint_id=vpc_endpoint_id,
        parameter_prefix=deployed.publish.parameter_prefix,
        history=history,
    )


def _decision(sight: Sight, vpc_endpoint_id: VpcEndpointId) -> Decision | None:
    return next(
        (d for d in sight.plan.decisions if d.connection.vpc_endpoint_id == vpc_endpoint_id), None
    )


def _leaves(facts: Facts, provider: Provider) -> Mapping[str, Parameter]:
    if facts.shelf is None or facts.consumer is None:
        return {}
    copies = f"{facts.shelf}/{facts.consumer.account_id}"
    return published(provider.copies, copies).get(facts.vpc_endpoint_id, {})


def _consumer(account_id: str, region: str) -> Consumer:
    return Consumer(account_id=AccountId(account_id), region=Region(region))


def _unknown(vpc_endpoint_id: VpcEndpointId, seen: Sequence[Sight]) -> ConsoleError:
    services = ", ".join(sight.name for sight in seen) or "no service at all"
    return ConsoleError(
        f"{vpc_endpoint_id} is not known: it has no connection to a service that is looked after"
        f" ({services}), and the ledger has no record of it.",
        "Check the id, --region and --stack-name. Only services of the allowlist are looked after.",
    )
