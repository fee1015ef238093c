"""Event buses of other accounts: their policies say who may put events on them.

ministack puts an event that names another account's bus nowhere, and asks no policy.
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus-permissions.html
"""

import json
import logging
import time
from http import HTTPStatus
from typing import Any, Final

from ministack.core import iam_actions, iam_evaluator
from ministack.core.arn import Arn, ArnParseError, parse_arn
from ministack.core.iam_evaluator import EvalContext
from ministack.core.responses import get_account_id, get_region, new_uuid
from ministack.services import eventbridge

from sandbox.emulator import deciding
from sandbox.emulator.scope import scope

Event = dict[str, Any]

_PUT_EVENTS: Final = "events:PutEvents"

_log = logging.getLogger(__name__)


def install() -> None:
    """Have PutEvents reach the buses of other accounts whose policies admit the caller."""
    put = eventbridge._put_events

    def put_events(data: dict[str, Any], allow_aws_source: bool = False) -> Any:  # noqa: ANN401, FBT001, FBT002 - ministack's
        caller = iam_evaluator.caller_arn()
        entries = data.get("Entries", [])
        crossing = {i: bus for i, each in enumerate(entries) if (bus := _foreign(each))}
        for number, bus in crossing.items():
            if not admits(bus, caller, entries[number], by_rule=False):
                return iam_actions.access_denied_response(
                    "events", _PUT_EVENTS, caller, new_uuid(), resource_arn=str(bus)
                )
        status, headers, body = put(data, allow_aws_source)
        answer = json.loads(body)
        for number, bus in crossing.items() if status == HTTPStatus.OK else ():
            answer["Entries"][number] = _put(entries[number], bus)
        if "Entries" in answer:
            answer["FailedEntryCount"] = sum("ErrorCode" in each for each in answer["Entries"])
        return status, headers, json.dumps(answer).encode()

    eventbridge._put_events = put_events


def admits(bus: Arn, principal_arn: str, event: Event, *, by_rule: bool) -> bool:
    """Tell whether the policy of a bus lets a principal of another account put an event.

    A rule puts it with a role, and not by PutEvents.
    """
    sender = EvalContext(
        principal_arn=principal_arn,
        principal_type="AssumedRole",
        principal_account=get_account_id(),
        action=_PUT_EVENTS,
        resource_arn=str(bus),
        region=get_region(),
        secure_transport=True,
        service_context={
            "events:source": event.get("Source", ""),
            "events:detail-type": event.get("DetailType", ""),
            "events:eventbusinvocation": str(by_rule).lower(),
        },
    )
    with scope(bus.account_id, bus.region):
        policy = eventbridge._event_bus_policies.get(_name(bus))
    return deciding.decide("resource", policy, sender)


def deliver(event: Event, bus: Arn) -> None:
    """Match an event against the rules of `bus`; account and Region stay those of its origin."""
    with scope(bus.account_id, bus.region):
        eventbridge._ensure_default_bus()
        if _name(bus) not in eventbridge._event_buses:
            _log.warning("there is no event bus %s", bus)
            return
        arrived = {**event, "EventBusName": _name(bus), "_DispatchPath": []}
        eventbridge._dispatch_event(arrived)
        eventbridge._archive_event(arrived)


def _foreign(entry: Event) -> Arn | None:
    try:
        bus = parse_arn(entry.get("EventBusName", ""))
    except ArnParseError:
        return None
    return bus if bus.account_id != get_account_id() else None


def _put(entry: Event, bus: Arn) -> dict[str, str]:
    """Put one event on the bus of another account: the answer about it."""
    if str(entry.get("Source", "")).startswith("aws."):  # which services alone may say
        refusal = "Not authorized for the source."
        return {"ErrorCode": "NotAuthorizedForSourceException", "ErrorMessage": refusal}
    event_id: str = new_uuid()
    event = {
        "EventId": event_id,
        "Source": entry.get("Source", ""),
        "DetailType": entry.get("DetailType", ""),
        "Detail": entry.get("Detail", "{}"),
        "Time": int(time.time()),
        "Resources": entry.get("Resources", []),
        "Account": get_account_id(),
        "Region": get_region(),
    }
    deliver(event, bus)
    return {"EventId": event_id}


def _name(bus: Arn) -> str:
    return str(bus.resource).removeprefix("event-bus/")
