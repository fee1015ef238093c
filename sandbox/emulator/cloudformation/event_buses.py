"""Policies of event buses, as CloudFormation makes them."""

from typing import Any, Final

from ministack.core.responses import get_account_id, get_region
from ministack.services import eventbridge

Properties = dict[str, Any]


def _create(_logical_id: str, properties: Properties, _stack_name: str) -> tuple[str, Properties]:
    bus = properties.get("EventBusName", "default")
    statement = {
        "Sid": properties["StatementId"],
        "Effect": "Allow",
        "Resource": f"arn:aws:events:{get_region()}:{get_account_id()}:event-bus/{bus}",
        **_given(properties),
    }
    kept = _without(properties)
    eventbridge._event_bus_policies[bus] = {
        "Version": "2012-10-17",
        "Statement": [*kept, statement],
    }
    return f"{bus}|{properties['StatementId']}", {}


def _given(properties: Properties) -> Properties:
    """Return the statement that a template gives: whole, or in the older properties' parts."""
    if properties.get("Statement"):
        return dict(properties["Statement"])
    principal = properties.get("Principal", "*")
    parts: Properties = {
        "Action": properties.get("Action", "events:PutEvents"),
        "Principal": "*" if principal == "*" else {"AWS": f"arn:aws:iam::{principal}:root"},
    }
    if condition := properties.get("Condition"):
        parts["Condition"] = {condition["Type"]: {condition["Key"]: condition["Value"]}}
    return parts


def _update(
    _physical_id: str, old: Properties, new: Properties, stack_name: str
) -> tuple[str, Properties]:
    _delete("", old)
    return _create("", new, stack_name)


def _delete(_physical_id: str, properties: Properties) -> None:
    bus = properties.get("EventBusName", "default")
    kept = _without(properties)
    if kept:
        eventbridge._event_bus_policies[bus]["Statement"] = kept
    else:
        eventbridge._event_bus_policies.pop(bus, None)


def _without(properties: Properties) -> list[Properties]:
    """Return the statements of the bus's policy that are not this resource's."""
    policy = eventbridge._event_bus_policies.get(properties.get("EventBusName", "default")) or {}
    return [
        statement
        for statement in policy.get("Statement", [])
        if statement["Sid"] != properties["StatementId"]
    ]


HANDLERS: Final = {"create": _create, "update": _update, "delete": _delete}
