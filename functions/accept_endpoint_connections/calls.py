"""The calls that carry decisions out: many connections each, and as many as there is time for."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import batched
from typing import Final

from privatelink.acceptance import AcceptancePlan
from privatelink.errors import AwsError, PrivateLinkError, UnsuccessfulItemsError
from privatelink.gateways.endpoint_services import IDS_PER_CALL, EndpointServices
from privatelink.model import ServiceId, VpcEndpointId
from privatelink.rules import Action
from privatelink.telemetry import count

CALLS_MAX: Final = 20
"""How many Accept and Reject calls one invocation makes, whatever it looks at.

They are paced: more would not fit into its time.
"""


@dataclass
class Allowance:
    """How many Accept and Reject calls an invocation may still make."""

    calls: int = CALLS_MAX

    def take(self) -> bool:
        """Use up one call, if there is one."""
        if self.calls == 0:
            return False
        self.calls -= 1
        return True


@dataclass(frozen=True, kw_only=True)
class Applied:
    """What has been done of a plan; `is_cut_short` says whether some of it was left for later."""

    plan: AcceptancePlan
    is_cut_short: bool = False


def apply(
    services: EndpointServices,
    service_id: ServiceId,
    plan: AcceptancePlan,
    allowance: Allowance,
    errors: list[PrivateLinkError],
) -> Applied:
    """Accept and reject; note why what could not be done was not."""
    calls = {
        Action.ACCEPT: services.accept_vpc_endpoint_connections,
        Action.REJECT: services.reject_vpc_endpoint_connections,
    }
    undone: list[str] = []
    is_cut_short = False
    for action, chunk in _chunks(plan):
        if not allowance.take():
            is_cut_short = True
            undone += chunk
            continue
        try:
            calls[action](service_id, chunk)
        except UnsuccessfulItemsError as refusal:
            undone += refusal.items
            errors.append(refusal)
            _count_refused(action, len(refusal.items))
        except AwsError as error:
            undone += chunk
            errors.append(error)
            _count_refused(action, len(chunk))
    return Applied(plan=plan.without(undone), is_cut_short=is_cut_short)


def _count_refused(action: Action, connections: int) -> None:
    if action is Action.ACCEPT:
        count("AcceptanceRefused", connections)


def _chunks(plan: AcceptancePlan) -> Iterator[tuple[Action, tuple[VpcEndpointId, ...]]]:
    for action in (Action.ACCEPT, Action.REJECT):
        ids = [decision.connection.vpc_endpoint_id for decision in plan.by(action)]
        for chunk in batched(ids, IDS_PER_CALL, strict=False):
            yield action, chunk
