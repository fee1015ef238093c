"""Everything that is not the stack's, to the byte: an invocation may change none of it."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from sandbox.privatelink.models import tags_of
from tests.lifecycle import views
from tests.lifecycle.estate import TOPIC
from tests.lifecycle.views import OWNER, Place, Stored

type Snapshot = Mapping[tuple[object, ...], object]

LEAF: Final = re.compile(r"(?P<place>.*/vpce?-[0-9a-f]+)/(?P<leaf>endpoint|ips?|az/[^/]+/ip)")
"""The name of a parameter that publishes, in two parts."""


def snapshot(*, also_ours: bool = False) -> Snapshot:
    """Return what is foreign, each thing by itself; parameters of ours as well if asked to."""
    found: dict[tuple[object, ...], object] = {}
    for place in views.places():
        found |= dict(_groups(place))
        found |= dict(_parameters(place, also_ours=also_ours))
    found |= dict(_services())
    return found


def changes(before: Snapshot, after: Snapshot) -> Iterator[str]:
    """Yield what has changed of things that were there before."""
    for key, value in before.items():
        if after.get(key) != value:
            yield f"{key}: {value} became {after.get(key)}"


def our_places(parameters: Mapping[str, Stored]) -> frozenset[str]:
    """Return the places whose `endpoint` leaf names the stack."""
    return frozenset(
        match["place"]
        for name, stored in parameters.items()
        if (match := LEAF.fullmatch(name))
        and match["leaf"] == "endpoint"
        and stored.type == "String"
        and views.record_of(stored.value).get("owner") == OWNER
    )


def is_ours(stored: Stored, places: frozenset[str]) -> bool:
    """Whether a parameter is the stack's: in a place of ours, and of the type that we give it."""
    match = LEAF.fullmatch(stored.name)
    expected = "StringList" if match and match["leaf"] == "ips" else "String"
    return match is not None and match["place"] in places and stored.type == expected


def _groups(place: Place) -> Iterator[tuple[tuple[object, ...], object]]:
    for group in views.groups(place).values():
        yield (place, group.id), (group.name, group.description, tags_of(group))
        yield (place, group.id, "out"), sorted(each.id for each in group.egress_rules)
        descriptions = {each.id: dict(each.ip_range) for each in group.ingress_rules}
        for rule in views.rules(group):
            if not rule.is_ours:
                said = (rule.ingress, dict(rule.tags), descriptions[rule.rule_id])
                yield (place, group.id, rule.rule_id), said


def _parameters(place: Place, *, also_ours: bool) -> Iterator[tuple[tuple[object, ...], object]]:
    parameters = views.parameters(place)
    places = our_places(parameters)
    for stored in parameters.values():
        if also_ours or not is_ours(stored, places):
            yield (place, stored.name), stored


def _services() -> Iterator[tuple[tuple[object, ...], object]]:
    for service in views.services().values():
        yield (service.id,), (service.acceptance_required, service.network_load_balancer_arns)
        for principal in service.principals:
            if not views.is_on_record(service.id, principal):
                yield (service.id, principal), "is allowed"
    for each in views.notifications().values():
        if each.connection_notification_arn != TOPIC:
            yield (each.connection_notification_id,), each.connection_events
