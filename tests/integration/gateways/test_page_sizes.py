"""Every list is asked for in the largest pages that the SDK's model names for it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from botocore.client import BaseClient

import privatelink
from privatelink.gateways.allowed_principals import AllowedPrincipals
from privatelink.gateways.endpoint_services import EndpointServices
from privatelink.gateways.interface_endpoints import InterfaceEndpoints
from privatelink.gateways.load_balancers import LoadBalancers
from privatelink.gateways.networks import Networks
from privatelink.gateways.parameters import Parameters
from privatelink.gateways.prefix_lists import PrefixLists
from privatelink.gateways.security_groups import SecurityGroups
from privatelink.model import SecurityGroupId, ServiceId, VpcId
from sandbox.accounts import CONSUMER, PROVIDER, REGION
from sandbox.privatelink.clients import in_process_session
from tests.integration.gateways.requests import noted_requests
from tests.integration.privatelink_model.parties import Party, Provider

GATEWAYS: Final = Path(privatelink.__path__[0]) / "gateways"
NO_SIZE_IS_NAMED: Final = {
    # Neither the model nor the API reference has a bound.
    "describe_vpc_endpoint_connection_notifications",
    # A page of DynamoDB is a mebibyte, whatever it holds.
    "query",
}


@dataclass(frozen=True)
class Estate:
    """What the gateways look at."""

    provider: Provider
    consumer: Party
    service_id: str
    service_name: str
    vpc_endpoint_id: str


@pytest.fixture
def estate(provider: Provider, consumer: Party) -> Estate:
    service_id, service_name = provider.service("*")
    endpoint_id = consumer.request(service_name)
    return Estate(provider, consumer, service_id, service_name, endpoint_id)


def client(service: str, account_id: str) -> Any:  # noqa: ANN401 - of any service
    name: Any = service  # the stubs know single names only
    return in_process_session(account_id=account_id, region=REGION).client(name)


def connections(ec2: Any, estate: Estate) -> None:  # noqa: ANN401 - as above
    EndpointServices(ec2).describe_vpc_endpoint_connections(ServiceId(estate.service_id))


def principals(ec2: Any, estate: Estate) -> None:  # noqa: ANN401 - as above
    gateway = AllowedPrincipals(ec2)
    gateway.describe_vpc_endpoint_service_permissions(ServiceId(estate.service_id))


def balancing(elbv2: Any, estate: Estate) -> None:  # noqa: ANN401 - as above
    service = EndpointServices(client("ec2", PROVIDER)).describe_vpc_endpoint_service_configuration(
        ServiceId(estate.service_id)
    )
    LoadBalancers(elbv2).describe(service)


def endpoints(ec2: Any, estate: Estate) -> None:  # noqa: ANN401 - as above
    gateway = InterfaceEndpoints(ec2)
    gateway.describe_network_interfaces(gateway.describe_vpc_endpoints(estate.service_name))


def networks(ec2: Any, estate: Estate) -> None:  # noqa: ANN401 - as above
    Networks(ec2).describe([VpcId(estate.consumer.vpc_id)])


def groups(ec2: Any, estate: Estate) -> None:  # noqa: ANN401 - as above
    gateway = SecurityGroups(ec2)
    gateway.describe_security_groups([SecurityGroupId(estate.consumer.group())])
    gateway.describe_rules_with_tags({"privatelink-autopilot:owner": "somebody"})


def prefix_lists(ec2: Any, _: Estate) -> None:  # noqa: ANN401 - as above
    PrefixLists(ec2).describe_managed_prefix_lists(["pl-0fedcba9876543210"])


def parameters(ssm: Any, _: Estate) -> None:  # noqa: ANN401 - as above
    Parameters(ssm).get_parameters_by_path("/privatelink")


LOOKS: Final[tuple[tuple[str, str, Callable[[Any, Estate], None]], ...]] = (
    ("ec2", PROVIDER, connections),
    ("ec2", PROVIDER, principals),
    ("elbv2", PROVIDER, balancing),
    ("ec2", CONSUMER, endpoints),
    ("ec2", CONSUMER, networks),
    ("ec2", CONSUMER, groups),
    ("ec2", CONSUMER, prefix_lists),
    ("ssm", CONSUMER, parameters),
)


def paginated(estate: Estate) -> Iterator[tuple[BaseClient, str, dict[str, Any]]]:
    """Take every look; yield each paginated request, its client and its operation."""
    for service, account_id, look in LOOKS:
        asking = client(service, account_id)
        with noted_requests(asking) as requests:
            look(asking, estate)
        methods = {name: method for method, name in asking.meta.method_to_api_mapping.items()}
        for operation, params in requests:
            if asking.can_paginate(methods[operation]):
                yield asking, methods[operation], params


def largest(asking: BaseClient, method: str) -> tuple[str, int]:
    """Return the parameter that says how large a page is, and what the model has as its maximum."""
    operation = asking.meta.service_model.operation_model(asking.meta.method_to_api_mapping[method])
    assert operation.input_shape is not None
    members = operation.input_shape.members
    (name,) = members.keys() & {"MaxResults", "PageSize"}
    # Where the operation refuses none, the text says what it gives for a larger one.
    said = re.search(r"(?:larger|greater) than ([0-9,]+)", members[name].documentation or "")
    bound = members[name].metadata.get("max") or (said[1].replace(",", "") if said else "")
    return name, int(bound)


def test_every_list_is_asked_for_in_its_largest_pages(estate: Estate) -> None:
    found = list(paginated(estate))
    for asking, method, params in found:
        name, bound = largest(asking, method)
        assert (method, params[name]) == (method, bound)
    sources = "".join(path.read_text() for path in GATEWAYS.glob("*.py"))
    of_gateways = set(re.findall(r"get_paginator\(\s*\"([a-z_]+)\"", sources))
    assert {method for _, method, _ in found} == of_gateways - NO_SIZE_IS_NAMED
