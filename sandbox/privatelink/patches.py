"""What is put in place of parts of moto's EC2, and how it is taken away again.

The operations are set on `EC2Response` and `EC2Backend`, the ends of moto's chain of classes. The
originals stay where they are, on the classes these inherit from, and are called from there.
"""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from types import ModuleType
from typing import Final

from moto import settings
from moto.core.responses import ActionResult
from moto.ec2.models import EC2Backend, vpc_service_configuration
from moto.ec2.models.elastic_network_interfaces import NetworkInterface
from moto.ec2.models.security_groups import SecurityGroupRule
from moto.ec2.responses import EC2Response

from sandbox.privatelink import (
    endpoint_connections,
    endpoints,
    network_interfaces,
    notifications,
    security_groups,
    services,
)
from sandbox.privatelink.behaviour import Behaviour
from sandbox.privatelink.models import EndpointService


@dataclass(frozen=True)
class Patch:
    """One attribute of moto that is replaced, or that moto lacks."""

    owner: type | ModuleType
    name: str
    replacement: object
    why: str

    def apply(self) -> Callable[[], None]:
        """Replace the attribute, and return what restores it."""
        before = vars(self.owner).get(self.name, self)
        setattr(self.owner, self.name, self.replacement)
        if before is self:
            return lambda: delattr(self.owner, self.name)
        return lambda: setattr(self.owner, self.name, before)


def operation(function: Callable[[EC2Response], ActionResult], why: str) -> Patch:
    """Return the patch that makes a function answer the EC2 operation it is named after."""
    return Patch(EC2Response, function.__name__, function, why)


OPERATIONS: Final = (
    operation(
        endpoints.create_vpc_endpoint,
        "moto asks nobody for acceptance and gives addresses outside the subnet",
    ),
    operation(
        endpoints.modify_vpc_endpoint,
        "moto leaves the network interfaces as they are",
    ),
    operation(
        endpoints.delete_vpc_endpoints,
        "moto keeps what is deleted in view and says nothing of unknown ids",
    ),
    operation(
        endpoints.describe_vpc_endpoints,
        "moto lacks filters and pages",
    ),
    operation(
        endpoint_connections.describe_vpc_endpoint_connections,
        "moto has no connections",
    ),
    operation(
        endpoint_connections.accept_vpc_endpoint_connections,
        "moto has no connections",
    ),
    operation(
        endpoint_connections.reject_vpc_endpoint_connections,
        "moto has no connections",
    ),
    operation(
        notifications.create_vpc_endpoint_connection_notification,
        "moto has no connection notifications",
    ),
    operation(
        notifications.describe_vpc_endpoint_connection_notifications,
        "moto has no connection notifications",
    ),
    operation(
        notifications.modify_vpc_endpoint_connection_notification,
        "moto has no connection notifications",
    ),
    operation(
        notifications.delete_vpc_endpoint_connection_notifications,
        "moto has no connection notifications",
    ),
    operation(
        services.describe_vpc_endpoint_service_configurations,
        "moto lacks filters and pages",
    ),
    operation(
        services.delete_vpc_endpoint_service_configurations,
        "moto deletes services that are in use",
    ),
    operation(
        services.describe_vpc_endpoint_service_permissions,
        "moto lacks pages, the type of the principal and a steady order",
    ),
    operation(
        network_interfaces.describe_network_interfaces,
        "moto lacks pages",
    ),
    operation(
        security_groups.authorize_security_group_ingress,
        "moto keeps host bits, adds part of a refused batch and answers with part of a good one",
    ),
    operation(
        security_groups.revoke_security_group_ingress,
        "moto has another error for unknown ids, and does not tell what it revoked",
    ),
    operation(
        security_groups.describe_security_group_rules,
        "moto lacks pages and fails on unknown filters",
    ),
    operation(
        security_groups.describe_security_groups,
        "moto lacks pages",
    ),
)

REPAIRS: Final = (
    Patch(
        settings,
        "ec2_load_default_amis",
        bool,
        "moto loads 1300 machine images into every account and Region, for a tenth of a second",
    ),
    Patch(
        vpc_service_configuration,
        "VPCServiceConfiguration",
        EndpointService,
        "moto's ids are short, and its services know nothing of connections",
    ),
    Patch(
        EC2Backend,
        "describe_vpc_endpoint_services",
        services.describe_vpc_endpoint_services,
        "moto shows an account its own endpoint services only",
    ),
    Patch(
        EC2Backend,
        "get_all_network_interfaces",
        network_interfaces.get_all_network_interfaces,
        "the interfaces of an endpoint may be set to appear late",
    ),
    Patch(
        EC2Backend,
        "_verify_group_will_respect_rule_count_limit",
        security_groups.leave_the_ingress_quota_alone,
        "moto counts the rules of both IP families together",
    ),
    Patch(
        NetworkInterface,
        "availability_zone_id",
        property(network_interfaces.availability_zone_id),
        "moto answers without the zone's id",
    ),
    Patch(
        SecurityGroupRule,
        "group_owner_id",
        property(security_groups.group_owner_id),
        "moto answers without the owner",
    ),
)


def install(behaviour: Behaviour) -> ExitStack:
    """Apply every patch, and return the stack that takes them away when it is closed.

    A stack that is dropped without being closed leaves them in place.
    """
    its_settings = Patch(EC2Backend, "privatelink", behaviour, "where the model finds its settings")
    with ExitStack() as stack:
        for patch in (its_settings, *REPAIRS, *OPERATIONS):
            stack.callback(patch.apply())
        return stack.pop_all()
