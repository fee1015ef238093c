"""The templates as data, read with SAM's own parser."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from samcli.yamlhelper import yaml_parse

ROOT: Final = Path(__file__).parents[2]
FUNCTIONS: Final = (
    "relay_connection_notifications",
    "accept_endpoint_connections",
    "authorize_security_group_ingress",
    "publish_endpoint_addresses",
    "validate_allowlist",
    "notify_people",
)
QUEUED: Final = FUNCTIONS[1:4]
"""Functions that read queues."""
ENTERING: Final = FUNCTIONS[2:4]
"""Functions that enter consumers' accounts."""
_IDS: Final = {"AllowlistApplication": "ba8toh7"}

type Resource = Mapping[str, Any]


@cache
def resources(template: str = "template.yaml") -> Mapping[str, Resource]:
    """Return the resources of a template by their logical ids."""
    found: Mapping[str, Resource] = yaml_parse((ROOT / template).read_text())["Resources"]
    return found


def of_type(kind: str, template: str = "template.yaml") -> Mapping[str, Mapping[str, Any]]:
    """Return the properties of the resources of a type by their logical ids."""
    return {
        name: resource["Properties"]
        for name, resource in resources(template).items()
        if resource["Type"] == kind
    }


def function(package: str) -> Mapping[str, Any]:
    """Return the properties of the function of a package, whose logical id is its name."""
    logical_id = "".join(word.title() for word in package.split("_"))
    properties: Mapping[str, Any] = resources()[logical_id]["Properties"]
    return properties


def timeout(package: str) -> int:
    """Return how many seconds a function has."""
    ordinary = yaml_parse((ROOT / "template.yaml").read_text())["Globals"]["Function"]["Timeout"]
    return int(function(package).get("Timeout", ordinary))


def patterns_of(package: str) -> Mapping[str, Mapping[str, Any]]:
    """Return the patterns of the rules that lead to a function's queue, by their logical ids."""
    queues = [
        event["Properties"]["Queue"]
        for event in function(package)["Events"].values()
        if event["Type"] == "SQS"
    ]
    return {
        name: _resolved(rule["EventPattern"])
        for name, rule in of_type("AWS::Events::Rule").items()
        if any(target["Arn"] in queues for target in rule["Targets"])
    }


def _resolved(pattern: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a pattern with the ids that resources have in the event files."""
    text = json.dumps(pattern)
    for logical_id, physical_id in _IDS.items():
        text = text.replace(json.dumps({"Ref": logical_id}), json.dumps(physical_id))
    resolved: Mapping[str, Any] = json.loads(text)
    return resolved


def event_files(folder: Path) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Return the events in a folder."""
    for path in sorted(folder.glob("*.json")):
        yield path, json.loads(path.read_text())


def allowed(role: str, template: str = "template.yaml") -> set[str]:
    """Return the actions that a role of a template may perform."""
    actions: set[str] = set()
    for policy in resources(template)[role]["Properties"]["Policies"]:
        for statement in policy["PolicyDocument"]["Statement"]:
            action = statement["Action"]
            actions |= {action} if isinstance(action, str) else set(action)
    return actions
