"""What is put in place of parts of moto's EC2 and ELBv2, and how it is taken away again.

The operations of EC2 are set on `EC2Response` and `EC2Backend`, the ends of moto's chain of
classes. The originals stay where they are, on the classes these inherit from, and are called from
there. Those of ELBv2 replace the originals.
"""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Final

from botocore import xform_name
from moto import settings
from moto.core.responses import ActionResult
from moto.ec2.models import EC2Backend, vpc_service_configuration
from moto.ec2.models.elastic_network_interfaces import NetworkInterface
from moto.ec2.models.route_tables import Route
from moto.ec2.models.security_groups import SecurityGroupRule
from moto.ec2.responses import EC2Response
from moto.elbv2.models import FakeLoadBalancer
from moto.elbv2.responses import ELBV2Response

from sandbox.privatelink import (
    endpoint_connections,
    endpoints,
    load_balancers,
    network_interfaces,
    networks,
    notifications,
    prefix_lists,
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


def answering(
    owner: type, why: str, *functions: Callable[[Any], ActionResult]
) -> tuple[Patch, ...]:
    """Return the patches that make functions answer the operations they are named after."""
    return tuple(Patch(owner, each.__name__, each, why) for each in functions)


OPERATIONS: Final = (
    *answering(
        EC2Response,
        "moto asks nobody for acceptance and gives addresses outside the subnet",
        endpoints.create_vpc_endpoint,
    ),
    *answering(
        EC2Response,
        "moto leaves the network interfaces as they are",
        endpoints.modify_vpc_endpoint,
    ),
    *answering(
        EC2Response,
        "moto keeps what is deleted in view and says nothing of unknown ids",
        endpoints.delete_vpc_endpoints,
    ),
    *answering(
        EC2Response,
        "moto has no connections",
        endpoint_connections.describe_vpc_endpoint_connections,
        endpoint_connections.accept_vpc_endpoint_connections,
        endpoint_connections.reject_vpc_endpoint_connections,
    ),
    *answering(
        EC2Response,
        "moto has no connection notifications",
        notifications.create_vpc_endpoint_connection_notification,
        notifications.describe_vpc_endpoint_connection_notifications,
        notifications.modify_vpc_endpoint_connection_notification,
        notifications.delete_vpc_endpoint_connection_notifications,
    ),
    *answering(
        EC2Response,
        "moto lets a service leave its own Region",
        services.modify_vpc_endpoint_service_configuration,
    ),
    *answering(
        EC2Response,
        "moto deletes services that are in use",
        services.delete_vpc_endpoint_service_configurations,
    ),
    *answering(
        EC2Response,
        "moto shows an account its own endpoint services only",
        services.describe_vpc_endpoint_services,
    ),
    *answering(
        EC2Response,
        "moto lacks pages, the type of the principal and a steady order",
        services.describe_vpc_endpoint_service_permissions,
    ),
    *answering(
        EC2Response,
        "moto keeps host bits, adds part of a refused batch and answers with part of a good one",
        security_groups.authorize_security_group_ingress,
    ),
    *answering(
        EC2Response,
        "moto has another error for unknown ids, and does not tell what it revoked",
        security_groups.revoke_security_group_ingress,
    ),
    *answering(
        EC2Response,
        "moto lacks pages, and filters or errors besides",
        endpoints.describe_vpc_endpoints,
        prefix_lists.describe_managed_prefix_lists,
        security_groups.describe_security_group_rules,
        services.describe_vpc_endpoint_service_configurations,
    ),
    *answering(
        EC2Response,
        "moto lacks pages",
        network_interfaces.describe_network_interfaces,
        networks.describe_route_tables,
        networks.describe_vpcs,
        security_groups.describe_security_groups,
    ),
)

BALANCING: Final = (
    *answering(
        ELBV2Response,
        "moto lacks pages or has smaller ones, and passes an unknown ARN next to a known one",
        load_balancers.describe_load_balancers,
        load_balancers.describe_listeners,
        load_balancers.describe_target_groups,
    ),
    *answering(
        ELBV2Response,
        "moto's targets are always healthy",
        load_balancers.describe_target_health,
    ),
    *answering(
        ELBV2Response,
        "moto drops what is said of PrivateLink traffic",
        load_balancers.set_security_groups,
    ),
    Patch(
        FakeLoadBalancer,
        xform_name(load_balancers.ENFORCE),
        property(load_balancers.enforcement),
        "moto drops what is said of PrivateLink traffic",
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
        EC2Backend,
        "create_route",
        networks.create_route,
        "moto loses the prefix list of a route to a network interface, and keeps host bits",
    ),
    Patch(
        Route,
        "state",
        property(networks.state),
        "moto's routes stay active without their target",
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
        for patch in (its_settings, *REPAIRS, *BALANCING, *OPERATIONS):
            stack.callback(patch.apply())
        return stack.pop_all()
