"""Event buses as targets: of rules for the bus of another account, and of schedules.

ministack drops an event for another account's bus, and sends a schedule's event under a source and
detail-type of its own instead of those that the schedule's `EventBridgeParameters` name.
"""

import json
import logging
from typing import Any, Final

from ministack.core.arn import Arn, ArnParseError, parse_arn
from ministack.core.responses import get_account_id
from ministack.services import eventbridge

from sandbox.emulator import event_functions, event_queues, foreign_buses
from sandbox.emulator.service_roles import service_may

Event = dict[str, Any]
Target = dict[str, Any]

_PUT_EVENTS: Final = "events:PutEvents"
_CROSSED: Final = "_CrossedAccounts"

_log = logging.getLogger(__name__)


def install() -> None:
    """Deliver as AWS would, and keep the policies of buses as AWS writes them."""
    invoke = eventbridge._invoke_target
    put_permission = eventbridge._put_permission

    def invoke_target(target: Target, event: Event, rule: Event, view: object = None) -> None:
        if deliver(target, event, rule, view):
            return
        buried = event_queues.bury(target, rule, lambda queue: invoke(queue, event, rule, view))
        _log.warning(
            "%s: an event for %s is %s",
            rule.get("Arn"),
            target.get("Arn"),
            "in the dead-letter queue" if buried else "lost",
        )

    def deliver(target: Target, event: Event, rule: Event, view: object) -> bool:
        address = _address(target)
        is_bus = address is not None and address.resource.startswith("event-bus/")
        if address and is_bus and "EventBridgeParameters" in target:
            sent = _event_of_schedule(target, event)
            return _send(sent, target, rule, address, "scheduler.amazonaws.com")
        if address and is_bus and address.account_id != get_account_id():
            return _send(event, target, rule, address, "events.amazonaws.com")
        if address is not None and address.service == "lambda":
            return event_functions.deliver(str(address), event, rule, view)
        is_queue = address is not None and address.service == "sqs"
        if is_queue and not event_queues.admits(str(address), target, rule):
            return False
        invoke(target, event, rule, view)
        return True

    def put_permission_as_policy(data: dict[str, Any]) -> Any:  # noqa: ANN401 - ministack's response tuple
        if data.get("Policy"):
            bus = data.get("EventBusName", "default")
            eventbridge._event_bus_policies[bus] = json.loads(data["Policy"])
            return eventbridge.json_response({})
        return put_permission(_statement(data))

    foreign_buses.install()
    eventbridge._invoke_target = invoke_target
    eventbridge._put_permission = put_permission_as_policy


def _address(target: Target) -> Arn | None:
    try:
        return parse_arn(target.get("Arn", ""))
    except ArnParseError:
        return None


def _event_of_schedule(target: Target, event: Event) -> Event:
    """Return what Scheduler puts: the target's parameters, and its input as the detail."""
    parameters = target["EventBridgeParameters"]
    return {
        **event,
        "Source": parameters["Source"],
        "DetailType": parameters["DetailType"],
        "Detail": target.get("Input") or "{}",
    }


def _statement(permission: dict[str, Any]) -> dict[str, Any]:
    """Return PutPermission's parameters as the policy statement that AWS makes of them."""
    principal = permission.get("Principal", "*")
    condition = permission.get("Condition")
    statement = dict(permission)
    if principal != "*":
        statement["Principal"] = {"AWS": f"arn:aws:iam::{principal}:root"}
    if condition:
        statement["Condition"] = {condition["Type"]: {condition["Key"]: condition["Value"]}}
    return statement


def _send(event: Event, target: Target, rule: Event, bus: Arn, service: str) -> bool:
    """Put one event on `bus` with the role of the target; tell whether `service` may."""
    may = service_may(
        service=service,
        role_arn=target.get("RoleArn", ""),
        source_arn=rule.get("Arn", ""),
        action=_PUT_EVENTS,
        resource_arn=str(bus),
        region=bus.region,
    )
    if not may:
        # AWS wants a role for another account's bus since March 2023, and for a schedule always:
        # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html
        _log.warning("%s: its role may not put events to %s", rule.get("Arn"), bus)
        return False
    if bus.account_id == get_account_id():
        foreign_buses.deliver(event, bus)
        return True
    if event.get(_CROSSED):
        # "these events are not sent to the third account": eb-cross-account.html
        _log.warning("%s: an event of another account is not sent to a third", rule.get("Arn"))
        return True
    if not foreign_buses.admits(bus, target["RoleArn"], event, by_rule=True):
        _log.warning("%s: the policy of %s does not admit it", rule.get("Arn"), bus)
        return False
    foreign_buses.deliver({**event, _CROSSED: True}, bus)
    return True
