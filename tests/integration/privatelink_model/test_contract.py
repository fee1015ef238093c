"""The model against botocore's description of EC2: names that exist, and none besides."""

import ast
import inspect
import re
from collections.abc import Iterator
from types import FunctionType, ModuleType
from typing import Any, cast

import pytest
from moto.elbv2.responses import ELBV2Response

from sandbox.privatelink import (
    endpoint_connections,
    endpoints,
    listing,
    load_balancers,
    network_interfaces,
    networks,
    notifications,
    prefix_lists,
    security_groups,
    services,
)
from sandbox.privatelink.listing import TAG, Filters
from sandbox.privatelink.patches import BALANCING, OPERATIONS, Patch
from tests.integration.privatelink_model.interfaces import members, operations

NAMES = tuple(patch.name for patch in OPERATIONS)
BALANCING_OPERATIONS = tuple(each for each in BALANCING if each.owner is ELBV2Response)

MODULES = (
    endpoint_connections,
    endpoints,
    listing,
    network_interfaces,
    networks,
    notifications,
    prefix_lists,
    security_groups,
    services,
)

FILTERS: dict[str, tuple[Filters[Any], set[str]]] = {
    "describe_vpc_endpoints": (endpoints.FILTERS, set()),
    "describe_vpc_endpoint_connections": (endpoint_connections.FILTERS, {"vpc-endpoint-id"}),
    "describe_vpc_endpoint_connection_notifications": (notifications.FILTERS, set()),
    "describe_vpc_endpoint_service_configurations": (services.FILTERS, set()),
    "describe_vpc_endpoint_service_permissions": (services.PERMISSION_FILTERS, set()),
    "describe_managed_prefix_lists": (prefix_lists.FILTERS, set()),
    "describe_security_group_rules": (security_groups.FILTERS, set()),
}
"""Per operation what filters it knows, and which documented ones it refuses on purpose."""


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
                    func=ast.Attribute(value=holder, attr="get" | "pop"),
                    args=[ast.Constant(value=key), *_],
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


@pytest.mark.parametrize(
    "patch", BALANCING_OPERATIONS, ids=[each.name for each in BALANCING_OPERATIONS]
)
def test_operations_of_load_balancing_exist_with_every_input_member_that_they_read(
    patch: Patch,
) -> None:
    read = members_read(patch.replacement)
    assert read <= members(operations("elbv2")[patch.name].input_shape).keys()
    everything = {key for each in operations("elbv2").values() for key in members(each.input_shape)}
    assert members_read(load_balancers) <= everything


def test_the_reading_of_input_members_is_seen() -> None:
    read = members_read(endpoints.modify_vpc_endpoint)
    assert {"VpcEndpointId", "AddSubnetIds", "SubnetConfigurations", "PolicyDocument"} <= read
    assert "Marker" in members_read(load_balancers)
    assert "AddSupportedRegions" in members_read(services.modify_vpc_endpoint_service_configuration)
