"""Reads messages as hints: that something may have changed, and about which services.

A hint is never believed: it only says where to look. Losing, repeating or forging one costs a
look at most.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from msgspec import Struct

from privatelink.errors import MalformedMessageError
from privatelink.event_names import CONVERGENCE, FOLLOW_UP, NOTIFICATION, SWEEP
from privatelink.mentions import find_service_ids, find_vpc_endpoint_ids
from privatelink.model import AccountId, Consumer, Region, ServiceId, VpcEndpointId
from privatelink.times import read_time

TO_COME: Final = datetime.max.replace(tzinfo=UTC)
"""Stands for when a request was made that does not say so: nothing has been read since then."""

_CLOUDTRAIL: Final = "AWS API Call via CloudTrail"
_ENDPOINT_CALLS: Final = frozenset({"CreateVpcEndpoint", "ModifyVpcEndpoint", "DeleteVpcEndpoints"})
_ALLOWLIST_BAKES: Final = "On Deployment Baking"
_ALLOWLIST_DEPLOYED: Final = (
    _ALLOWLIST_BAKES,
    "On Deployment Complete",
    "On Deployment Roll",
)


class Hint(Struct, frozen=True, kw_only=True):
    """Where to look: at the services named, or at all of them if none is.

    `vpc_endpoint_ids` are the endpoints that something may have happened to. `follow_up` counts how
    often a pending connection has been looked after already, from 1; it is 0 for a hint from
    outside. `allowlist_changed` asks for the allowlist to be read anew, and `allowlist_bakes` says
    that it may still be rolled back. `sweep_requested` is when a sweep was asked for, None for any
    other hint.
    """

    service_ids: frozenset[ServiceId]
    vpc_endpoint_ids: frozenset[VpcEndpointId] = frozenset()
    follow_up: int = 0
    allowlist_changed: bool = False
    allowlist_bakes: bool = False
    sweep_requested: datetime | None = None

    @property
    def is_thorough(self) -> bool:
        """Whether it is about all endpoints."""
        return not self.follow_up and not self.vpc_endpoint_ids


def read_hint(body: str) -> Hint | None:
    """Read an event about endpoint connections; None: the event is about something else.

    Raises MalformedMessageError for what is no EventBridge event at all. The ids are taken from
    wherever they stand: the JSON of a connection notification is documented nowhere, and a
    CloudTrail record of DeleteVpcEndpoints names no service.
    """
    event = _read_event(body)
    kind, detail = event["detail-type"], event["detail"]
    if kind == NOTIFICATION:
        return _hint_of(json.dumps(detail))
    if kind == SWEEP:
        requested = read_time(event.get("time"))
        return Hint(service_ids=frozenset(), sweep_requested=requested)
    if kind == FOLLOW_UP:
        return Hint(
            service_ids=find_service_ids(json.dumps(detail)),
            follow_up=_read_count(detail, "follow_up"),
        )
    name = detail.get("eventName")
    if kind == _CLOUDTRAIL and isinstance(name, str) and name in _ENDPOINT_CALLS:
        return _hint_of(json.dumps(detail))
    if kind.startswith(_ALLOWLIST_DEPLOYED):
        bakes = kind.startswith(_ALLOWLIST_BAKES)
        return Hint(service_ids=frozenset(), allowlist_changed=True, allowlist_bakes=bakes)
    return None


def _hint_of(text: str) -> Hint:
    return Hint(
        service_ids=find_service_ids(text),
        vpc_endpoint_ids=find_vpc_endpoint_ids(text),
    )


class Look(Struct, frozen=True, kw_only=True):
    """One look at one service.

    `vpc_endpoint_ids` are the endpoints that hints are about; none: all of them. `follow_up` says
    how often a pending connection was looked after before, 0 for not at all. With
    `follows_up_only` no hint from outside asks for more.
    """

    service_id: ServiceId
    vpc_endpoint_ids: frozenset[VpcEndpointId] = frozenset()
    follow_up: int = 0
    follows_up_only: bool = False

    @property
    def is_thorough(self) -> bool:
        """Whether every consumer is to be converged, whatever has become of its connections."""
        return not self.follows_up_only and not self.vpc_endpoint_ids


def coalesce(
    hints: Sequence[tuple[str, Hint]], service_ids: Iterable[ServiceId]
) -> list[tuple[str, Look]]:
    """Turn hints, each with the id of its message, into one look a service.

    Of the services named by hints only those of `service_ids`, which we look after, are looked at.
    """
    looks: list[tuple[str, Look]] = []
    for service_id in service_ids:
        about = [(i, hint) for i, hint in hints if service_id in (hint.service_ids or {service_id})]
        counts = [hint.follow_up for _, hint in about]
        is_thorough = any(hint.is_thorough for _, hint in about)
        named = (hint.vpc_endpoint_ids for _, hint in about if not is_thorough)
        look = Look(
            service_id=service_id,
            vpc_endpoint_ids=frozenset[VpcEndpointId]().union(*named),
            # Of several the youngest: it still has most of its time before it.
            follow_up=min((count for count in counts if count), default=0),
            follows_up_only=0 not in counts,
        )
        looks += [(i, look) for i, _ in about]
    return looks


@dataclass(frozen=True, order=True, kw_only=True)
class ConvergenceRequest:
    """Asks for one consumer of one service to be converged.

    `allowlist_version` is the one that the request was made by: a reader that still knows an older
    one reads the allowlist anew. `leaving` says that the consumer has no live connection any more;
    it decides how a refusal to let us in is reported, and nothing else. What has been read of the
    provider's account since `requested` need not be read again; requests that differ in nothing
    else are equal.
    """

    service_id: ServiceId
    consumer: Consumer
    allowlist_version: str
    leaving: bool = False
    requested: datetime = field(default=TO_COME, compare=False)

    def to_detail(self) -> Mapping[str, str | bool]:
        """Return the event's detail."""
        return {
            "service_id": self.service_id,
            "account_id": self.consumer.account_id,
            "region": self.consumer.region,
            "allowlist_version": self.allowlist_version,
            "leaving": self.leaving,
            "requested": self.requested.isoformat(),
        }


_DETAIL: Final[Mapping[str, tuple[str, str]]] = {
    "service_id": (r"vpce-svc-[0-9a-f]{8,17}", "an id like vpce-svc-0123456789abcdef0"),
    "account_id": (r"[0-9]{12}", "12 digits"),
    "region": (r"[a-z]{2}(-[a-z]+)+-[0-9]", "a Region like ap-northeast-1"),
    "allowlist_version": (r"[0-9a-f]{12}", "12 hexadecimal digits"),
}


def read_convergence_request(body: str) -> ConvergenceRequest:
    """Read a `Consumer Convergence Requested` event, or raise MalformedMessageError."""
    event = _read_event(body)
    if event["detail-type"] != CONVERGENCE:
        raise MalformedMessageError("detail-type", event["detail-type"], CONVERGENCE)
    detail = event["detail"]
    for key, (pattern, expected) in _DETAIL.items():
        value = detail.get(key)
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise MalformedMessageError(f"detail.{key}", value, expected)
    leaving = detail.get("leaving", False)
    if not isinstance(leaving, bool):
        raise MalformedMessageError("detail.leaving", leaving, "true or false")
    return ConvergenceRequest(
        service_id=ServiceId(detail["service_id"]),
        consumer=Consumer(
            account_id=AccountId(detail["account_id"]), region=Region(detail["region"])
        ),
        allowlist_version=detail["allowlist_version"],
        leaving=leaving,
        requested=read_time(detail.get("requested")) or TO_COME,
    )


def _read_event(body: str) -> Mapping[str, Any]:
    try:
        event = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise MalformedMessageError("body", body, "an EventBridge event in JSON") from error
    if not isinstance(event, dict):
        raise MalformedMessageError("body", body, "an EventBridge event")
    for key, kind, expected in (("detail-type", str, "a string"), ("detail", dict, "an object")):
        if not isinstance(event.get(key), kind):
            raise MalformedMessageError(key, event.get(key), expected)
    return event


def _read_count(detail: Mapping[str, Any], key: str) -> int:
    count = detail.get(key)
    if not isinstance(count, int) or isinstance(count, bool) or count < 1:
        raise MalformedMessageError(f"detail.{key}", count, "a whole number from 1")
    return count
