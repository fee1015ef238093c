"""The model against botocore's description of EC2: names that exist, and none besides."""

import ast
import inspect
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from types import FunctionType, ModuleType
from typing import Any, cast

import botocore.session
import pytest
from botocore import xform_name
from botocore.model import ListShape, OperationModel, ServiceModel, Shape, StructureShape
from moto.core.common_types import TYPE_RESPONSE
from moto.core.responses import ActionContext, ActionResult

from sandbox.accounts import PROVIDER, REGION
from sandbox.privatelink import (
    endpoint_connections,
    endpoints,
    listing,
    network_interfaces,
    notifications,
    security_groups,
    services,
)
from sandbox.privatelink.listing import TAG, Filters
from sandbox.privatelink.patches import OPERATIONS, Patch
from tests.integration.privatelink_model.parties import Party, Provider

NAMES = tuple(patch.name for patch in OPERATIONS)

MODULES = (
    endpoint_connections,
    endpoints,
    listing,
    network_interfaces,
    notifications,
    security_groups,
    services,
)

FILTERS: dict[str, tuple[Filters[Any], set[str]]] = {
    "describe_vpc_endpoints": (endpoints.FILTERS, set()),
    "describe_vpc_endpoint_connections": (endpoint_connections.FILTERS, {"vpc-endpoint-id"}),
    "describe_vpc_endpoint_connection_notifications": (notifications.FILTERS, set()),
    "describe_vpc_endpoint_service_configurations": (services.FILTERS, set()),
    "describe_vpc_endpoint_service_permissions": (services.PERMISSION_FILTERS, set()),
    "describe_security_group_rules": (security_groups.FILTERS, set()),
}
"""Per operation what filters it knows, and which documented ones it refuses on purpose."""


@cache
def service_model() -> ServiceModel:
    return botocore.session.get_session().get_service_model("ec2")


@cache
def operations() -> dict[str, OperationModel]:
    model = service_model()
    return {xform_name(name): model.operation_model(name) for name in model.operation_names}


def members(shape: Shape | None) -> dict[str, Shape]:
    return dict(shape.members) if isinstance(shape, StructureShape) else {}


@pytest.mark.parametrize("name", NAMES)
def test_every_operation_exists(name: str) -> None:
    assert name in operations()


@pytest.mark.parametrize("name", FILTERS)
def test_the_filters_are_the_documented_ones(name: str) -> None:
    filters, refused = FILTERS[name]
    documentation = members(operations()[name].input_shape)["Filters"].documentation
    documented = set(re.findall(r"<p> ?<code>([a-z-]+</code>:?)", documentation))
    documented = {each.replace("</code>", "") for each in documented}
    known = {*filters.facts, *([TAG] if filters.tags else [])}
    assert known == documented - refused
    assert refused <= documented


def members_read(source: object) -> set[str]:
    """Return the input members that a function or a module reads from `request.params`."""
    return set(_keys_of_params(inspect.getsource(cast("FunctionType | ModuleType", source))))


def _keys_of_params(code: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(code)):
        match node:
            case (
                ast.Call(
                    func=ast.Attribute(value=holder, attr="get"), args=[ast.Constant(value=key), *_]
                )
                | ast.Subscript(value=holder, slice=ast.Constant(value=key))
            ) if ast.unparse(holder) in {"params", "request.params"}:
                yield str(key)


@pytest.mark.parametrize("patch", OPERATIONS, ids=NAMES)
def test_every_input_member_that_an_operation_reads_exists(patch: Patch) -> None:
    read = members_read(patch.replacement)
    assert read <= members(operations()[patch.name].input_shape).keys()


@pytest.mark.parametrize("module", MODULES, ids=[each.__name__ for each in MODULES])
def test_every_input_member_that_a_module_reads_exists_in_some_operation(
    module: ModuleType,
) -> None:
    existing = {key for name in NAMES for key in members(operations()[name].input_shape)}
    assert members_read(module) <= existing


def test_the_reading_of_input_members_is_seen() -> None:
    read = members_read(endpoints.modify_vpc_endpoint)
    assert {"VpcEndpointId", "AddSubnetIds", "SubnetConfigurations", "PolicyDocument"} <= read


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    """Record what is answered before it is written as XML, which drops what does not exist."""
    recorded: list[tuple[str, Any]] = []
    original = ActionResult.execute_result

    def record(self: ActionResult, context: ActionContext) -> TYPE_RESPONSE:
        recorded.append((xform_name(str(context.operation_model.name)), self.result))
        return original(self, context)

    monkeypatch.setattr(ActionResult, "execute_result", record)
    return recorded


def call_everything(provider: Provider, consumer: Party) -> None:
    service_id, name = provider.service("*")
    created = provider.ec2.create_vpc_endpoint_connection_notification(
        ServiceId=service_id,
        ConnectionNotificationArn=f"arn:aws:sns:{REGION}:{PROVIDER}:connections",
        ConnectionEvents=["Connect"],
    )["ConnectionNotification"]
    notification_id = created["ConnectionNotificationId"]
    provider.ec2.modify_vpc_endpoint_connection_notification(
        ConnectionNotificationId=notification_id, ConnectionEvents=["Accept"]
    )
    provider.ec2.describe_vpc_endpoint_connection_notifications()
    provider.ec2.delete_vpc_endpoint_connection_notifications(
        ConnectionNotificationIds=[notification_id, "vpce-nfn-0"]
    )
    group_id = consumer.group()
    endpoint_id = consumer.request(name, SecurityGroupIds=[group_id])
    consumer.interfaces(endpoint_id)
    provider.connections()
    provider.accept(service_id, endpoint_id, "vpce-0")
    provider.reject(service_id, endpoint_id, "vpce-0")
    consumer.ec2.modify_vpc_endpoint(
        VpcEndpointId=endpoint_id, AddSubnetIds=consumer.subnet_ids[2:]
    )
    consumer.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint_id, "vpce-0"])
    consumer.ec2.describe_security_groups(GroupIds=[group_id])
    (rule,) = consumer.ec2.authorize_security_group_ingress(
        GroupId=group_id, IpProtocol="tcp", FromPort=443, ToPort=443, CidrIp="10.0.0.0/8"
    )["SecurityGroupRules"]
    consumer.ec2.describe_security_group_rules()
    consumer.ec2.revoke_security_group_ingress(
        GroupId=group_id, SecurityGroupRuleIds=[rule["SecurityGroupRuleId"]]
    )
    provider.ec2.describe_vpc_endpoint_service_configurations()
    provider.ec2.describe_vpc_endpoint_service_permissions(ServiceId=service_id)
    provider.ec2.delete_vpc_endpoint_service_configurations(ServiceIds=[service_id, "vpce-svc-0"])


def strangers(value: object, shape: Shape, path: str) -> Iterator[str]:
    """Yield the fields of an answer that its shape does not have.

    moto's own objects have many attributes besides, so that only what the model writes itself is
    looked at: mappings and data classes.
    """
    if isinstance(shape, ListShape):
        assert isinstance(value, (list, tuple)), path
        for each in value:
            yield from strangers(each, shape.member, f"{path}[]")
    if not isinstance(shape, StructureShape):
        return
    known = dict(shape.members)
    if is_dataclass(value):
        names = {xform_name(each): each for each in known}
        yield from (f"{path}.{each.name}" for each in fields(value) if each.name not in names)
    if isinstance(value, dict) and "key" not in value:  # moto writes tags in lower case
        for name, each in value.items():
            if name not in known:
                yield f"{path}.{name}"
            elif each is not None:
                yield from strangers(each, known[name], f"{path}.{name}")


def test_every_operation_is_called_and_every_field_that_it_answers_exists(
    provider: Provider, consumer: Party, answers: list[tuple[str, Any]]
) -> None:
    call_everything(provider, consumer)
    assert {name for name, _ in answers} >= set(NAMES)
    for name, result in answers:
        if name in NAMES:
            shape = operations()[name].output_shape
            assert shape is not None
            assert list(strangers(result, shape, name)) == []


def test_a_field_that_does_not_exist_is_seen() -> None:
    shape = operations()["describe_vpc_endpoint_connections"].output_shape
    assert shape is not None
    answer = {"VpcEndpointConnections": [{"ServiceId": "x", "VpcId": "y"}], "More": 1}
    assert list(strangers(answer, shape, "")) == [".VpcEndpointConnections[].VpcId", ".More"]
