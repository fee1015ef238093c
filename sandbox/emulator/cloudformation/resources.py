"""A CloudFormation type over API calls: its properties are nearly the parameters of one operation.

CloudFormation passes "true" and "80" where the API wants a boolean and a number, and the API's own
model says which is which.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import getitem
from typing import Any

from botocore.exceptions import ClientError
from ministack.core.responses import get_account_id, get_region
from ministack.services.cloudformation import provisioners

from sandbox.emulator import gateway

Client = Any
Properties = Mapping[str, Any]
Attributes = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """How a type is made, looked at, changed and removed.

    `identifier` finds the physical id in the answer of `operation` and in the properties. `renamed`
    maps a property to what the API calls it, `fixed` are parameters of every call, and `beside` are
    the properties that `complete` sees to afterwards. `attributes` returns what Fn::GetAtt can ask
    for. Tags can change in place, and other properties if there is a `change`.
    """

    service: gateway.Service
    operation: str
    identifier: Callable[[Any, Properties], str]
    delete: Callable[[Client, str, Properties], object]
    attributes: Callable[[Client, str], Attributes] = lambda _client, _id: {}
    renamed: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, Any] = field(default_factory=dict)
    beside: frozenset[str] = frozenset()
    complete: Callable[[Client, str, Properties], object] = lambda _client, _id, _properties: None
    change: Callable[[Client, str, Properties, Properties], object] | None = None
    name_property: str = ""
    name_length: int = 255
    tagged_as: str = ""
    is_slow: bool = False

    @property
    def takes_tags(self) -> bool:
        """Whether the type has the property `Tags`."""
        return bool(self.tagged_as) or self.service == "elasticloadbalancing"


def found_at(*path: str | int) -> Callable[[Any, Properties], str]:
    """Return an `identifier`: the physical id is in the answer where the path leads."""
    return lambda answer, _properties: str(reduce(getitem, path, answer))


def deletion(operation: str, parameter: str) -> Callable[[Client, str, Properties], object]:
    """Return a `delete` by an operation that takes nothing but the physical id."""
    return lambda client, physical_id, _properties: getattr(client, operation)(
        **{parameter: physical_id}
    )


def is_true(value: object) -> bool:
    """Tell what a template means by true, "true" or "True"."""
    return str(value).lower() == "true"


class Handlers:
    """One type as ministack wants it: what its row in the table of handlers calls."""

    def __init__(self, type_name: str, resource: Resource) -> None:
        self._type_name = type_name
        self._resource = resource

    def row(self) -> dict[str, Any]:
        """Return the row."""
        return {"create": self.create, "update": self.update, "delete": self.delete}

    def create(
        self, logical_id: str, properties: Properties, stack_name: str
    ) -> tuple[str, Attributes]:
        """Make the resource: its physical id, and its attributes."""
        resource, client = self._resource, self._client()
        named = dict(properties)
        if resource.name_property:
            named.setdefault(
                resource.name_property,
                provisioners._physical_name(stack_name, logical_id, max_len=resource.name_length),
            )
        answer = getattr(client, resource.operation)(**_parameters(client, resource, named))
        physical_id = resource.identifier(answer, properties)
        resource.complete(client, physical_id, properties)
        return physical_id, resource.attributes(client, physical_id)

    def update(
        self, physical_id: str, old: Properties, new: Properties, _stack_name: str
    ) -> tuple[str, Attributes]:
        """Change what can be changed in place; anything else fails the update."""
        resource, client = self._resource, self._client()
        if resource.change:
            resource.change(client, physical_id, old, new)
        elif _without_tags(old) != _without_tags(new):
            raise ValueError(f"the sandbox cannot change an {self._type_name} but for its tags")
        if resource.takes_tags:
            _change_tags(client, resource, physical_id, old, new)
        return physical_id, resource.attributes(client, physical_id)

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Remove the resource, if it is there."""
        try:
            self._resource.delete(self._client(), physical_id, properties)
        except ClientError as error:
            if "NotFound" not in error.response["Error"]["Code"]:
                raise

    def _client(self) -> Client:
        return gateway.in_process_client(self._resource.service, get_account_id(), get_region())


def _parameters(client: Client, resource: Resource, properties: Properties) -> dict[str, Any]:
    api_name = client.meta.method_to_api_mapping[resource.operation]
    shape = client.meta.service_model.operation_model(api_name).input_shape
    parameters = {
        resource.renamed.get(name, name): value
        for name, value in properties.items()
        if name not in resource.beside
    }
    tags = parameters.pop("Tags", None) if resource.tagged_as else None
    if tags:
        parameters["TagSpecifications"] = [{"ResourceType": resource.tagged_as, "Tags": tags}]
    unknown = parameters.keys() - shape.members.keys()
    if unknown:
        raise ValueError(f"the sandbox does not know the properties {', '.join(sorted(unknown))}")
    coerced: dict[str, Any] = coerce(parameters | dict(resource.fixed), shape)
    return coerced


def coerce(value: Any, shape: Any) -> Any:  # noqa: ANN401 - JSON, and a shape of botocore
    """Return a template's value in the types that the API's model asks for."""
    match shape.type_name:
        case "structure":
            return {name: coerce(member, shape.members[name]) for name, member in value.items()}
        case "list":
            members = value if isinstance(value, list) else [value]
            return [coerce(member, shape.member) for member in members]
        case "boolean":
            return is_true(value)
        case "integer" | "long":
            return int(value)
        case "string":
            return json.dumps(value) if isinstance(value, dict) else str(value)
    return value


def _without_tags(properties: Properties) -> dict[str, Any]:
    return {name: value for name, value in properties.items() if name != "Tags"}


def _change_tags(
    client: Client, resource: Resource, physical_id: str, old: Properties, new: Properties
) -> None:
    before, after = _tags(old), _tags(new)
    gone = sorted(before.keys() - after.keys())
    added = [
        {"Key": key, "Value": str(value)}
        for key, value in after.items()
        if before.get(key) != value
    ]
    if resource.service == "elasticloadbalancing":
        if gone:
            client.remove_tags(ResourceArns=[physical_id], TagKeys=gone)
        if added:
            client.add_tags(ResourceArns=[physical_id], Tags=added)
        return
    if gone:
        client.delete_tags(Resources=[physical_id], Tags=[{"Key": key} for key in gone])
    if added:
        client.create_tags(Resources=[physical_id], Tags=added)


def _tags(properties: Properties) -> dict[str, Any]:
    return {tag["Key"]: tag["Value"] for tag in properties.get("Tags") or []}
