"""Endpoint services and interface endpoints, as objects of moto's EC2.

The state of the model is in these objects and in attributes of moto's backends, so that it ends
with them: when `mock_aws` starts afresh, nothing is left over.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from moto.ec2.models import EC2Backend, ec2_backends
from moto.ec2.models.core import TaggedEC2Resource
from moto.ec2.models.security_groups import SecurityGroup
from moto.ec2.models.vpc_service_configuration import VPCServiceConfiguration
from moto.ec2.models.vpcs import VPCEndPoint
from moto.ec2.utils import random_vpc_ep_id

from sandbox.privatelink.behaviour import Behaviour, NetworkInterfaces
from sandbox.privatelink.connections import Connection, ConnectionState
from sandbox.privatelink.identifiers import new_id, new_label

if TYPE_CHECKING:
    from moto.ec2.models.elastic_network_interfaces import NetworkInterface

HOSTED_ZONE_ID: Final = "Z00000000PRIVATELINK"
"""In place of the hosted zone that AWS has in each Region for the names of endpoints."""


class EndpointService(VPCServiceConfiguration):
    """moto's endpoint service, with an id as long as AWS's and with its connections."""

    def __init__(  # noqa: PLR0913 - moto's constructor
        self,
        *,
        load_balancers: list[Any],
        region: str,
        acceptance_required: bool,
        private_dns_name: str,
        supported_regions: list[str],
        ec2_backend: EC2Backend,
    ) -> None:
        super().__init__(
            load_balancers,
            region,
            acceptance_required,
            private_dns_name,
            list(dict.fromkeys([region, *supported_regions])),
            ec2_backend,
        )
        self.id = new_id("vpce-svc")
        self.service_name = f"com.amazonaws.vpce.{region}.{self.id}"
        self.endpoint_dns_name = f"{self.id}.{region}.vpce.amazonaws.com"
        self.region = region
        self.supported_ip_address_types = ["ipv4"]
        self.endpoints: dict[str, InterfaceEndpoint] = {}
        """Every endpoint that asked for a connection, the deleted ones included."""

    @property
    def availability_zone_ids(self) -> list[str]:
        """The zones that the load balancers are in by now; moto keeps the names of the first."""
        arns = [*self.network_load_balancer_arns, *self.gateway_load_balancer_arns]
        load_balancers = self.ec2_backend.elbv2_backend.describe_load_balancers(arns, None)
        return [subnet.availability_zone_id for each in load_balancers for subnet in each.subnets]

    def permits(self, account_id: str) -> bool:
        """Tell whether an account may create endpoints; the owner always may.

        A principal that is a role or a user lets its whole account in, because the model does not
        know which principal calls.
        """
        return account_id == self.ec2_backend.account_id or any(
            principal == "*" or principal.split(":")[4:5] == [account_id]
            for principal in self.principals
        )

    def serves(self, region: str) -> bool:
        """Tell whether endpoints may be created in a Region; that of the service is one."""
        return region in self._supported_region_names

    def change_regions(self, *, added: Iterable[str], removed: Iterable[str]) -> None:
        """Add and remove supported Regions; endpoints that are there stay as they are."""
        regions = dict.fromkeys([*self._supported_region_names, *added])
        gone = set(removed)
        self._supported_region_names = [each for each in regions if each not in gone]


class InterfaceEndpoint(TaggedEC2Resource):
    """An endpoint whose state is that of its connection; it stands among moto's endpoints."""

    vpc_endpoint_type: Final = "Interface"
    ip_address_type: Final = "ipv4"

    def __init__(  # noqa: PLR0913 - what CreateVpcEndpoint takes
        self,
        backend: EC2Backend,
        *,
        service: EndpointService,
        vpc_id: str,
        security_group_ids: list[str],
        policy_document: str | None,
        private_dns_enabled: bool,
        tags: dict[str, str],
    ) -> None:
        behaviour = behaviour_of(backend)
        self.ec2_backend = backend
        self.id = random_vpc_ep_id()
        self.service = service
        self.service_name = service.service_name
        self.vpc_id = vpc_id
        self.owner_id: str = backend.account_id
        self.security_group_ids = security_group_ids
        self.policy_document = policy_document or json.dumps(VPCEndPoint.DEFAULT_POLICY)
        self.private_dns_enabled = private_dns_enabled
        self.creation_timestamp = behaviour.clock()
        self.vpc_endpoint_connection_id = new_id("vpce-con")
        self.interfaces: dict[str, NetworkInterface] = {}
        """The network interfaces by the id of their subnet, whether or not they can be seen."""
        self._name = f"{self.id}-{new_label()}"
        self._connection = Connection.requested(
            acceptance_required=service.acceptance_required,
            now=self.creation_timestamp,
            pending=timedelta() if service.acceptance_required else behaviour.pending(self.id),
        )
        self.add_tags(tags)

    @property
    def behaviour(self) -> Behaviour:
        """Return the settings under which the endpoint lives."""
        return behaviour_of(self.ec2_backend)

    @property
    def connection(self) -> Connection:
        """Return the connection as it is now."""
        return self._connection.at(self.behaviour.clock())

    @connection.setter
    def connection(self, connection: Connection) -> None:
        self._connection = connection

    @property
    def state(self) -> str:
        """Return the state of the connection."""
        return self.connection.state

    @property
    def service_region(self) -> str:
        """Return the Region of the service, which may be another than the endpoint's own."""
        return self.service.region

    @property
    def vpc_endpoint_id(self) -> str:
        """Return the id under the name that the answers have for it."""
        return self.id

    @property
    def subnet_ids(self) -> list[str]:
        """Return the subnets in which the endpoint has a network interface."""
        return list(self.interfaces)

    @property
    def addresses(self) -> dict[str, str | None]:
        """Return the address that the endpoint has in each subnet."""
        return {subnet: each.private_ip_address for subnet, each in self.interfaces.items()}

    @property
    def network_interface_ids(self) -> list[str]:
        """Return the network interfaces that can be seen."""
        return [] if self.hides_interfaces else [each.id for each in self.interfaces.values()]

    @property
    def hides_interfaces(self) -> bool:
        """Tell whether the network interfaces are still to appear."""
        return NetworkInterfaces(
            self.behaviour.network_interfaces
        ) is NetworkInterfaces.ONCE_AVAILABLE and not self.connection.has_been_available(
            self.behaviour.clock()
        )

    @property
    def dns_entries(self) -> list[dict[str, str]]:
        """Return the Regional name and one name a zone, as AWS forms them.

        Both end in the Region of the service, the latter begin with the zones of the endpoint.
        """
        domain = self.service.endpoint_dns_name
        zones = sorted(each.availability_zone for each in self.interfaces.values())
        return [
            {"DnsName": f"{name}.{domain}", "HostedZoneId": HOSTED_ZONE_ID}
            for name in [self._name, *(f"{self._name}-{zone}" for zone in zones)]
        ]

    @property
    def groups(self) -> list[SecurityGroup]:
        """Return the security groups; a group deleted meanwhile is left out."""
        found = map(self.ec2_backend.get_security_group_from_id, self.security_group_ids)
        return [group for group in found if group is not None]

    @property
    def lingers(self) -> bool:
        """Tell whether the provider still sees the connection."""
        connection = self.connection
        return (
            connection.state is not ConnectionState.DELETED
            or self.behaviour.clock() - connection.changed_at < self.behaviour.linger
        )


def behaviour_of(backend: EC2Backend) -> Behaviour:
    """Return the settings that were installed."""
    behaviour = vars(EC2Backend)["privatelink"]
    assert isinstance(behaviour, Behaviour), backend
    return behaviour


def all_backends() -> Iterator[EC2Backend]:
    """Yield the backends of all accounts and Regions that there are as yet."""
    for regions in list(ec2_backends.values()):
        yield from list(regions.values())


def endpoint_services() -> Iterator[EndpointService]:
    """Yield the endpoint services of all accounts and Regions."""
    for backend in all_backends():
        yield from service_configurations(backend)


def service_configurations(backend: EC2Backend) -> list[EndpointService]:
    """Return the endpoint services of one account and Region, oldest first."""
    return [each for each in backend.configurations.values() if isinstance(each, EndpointService)]


def interface_endpoints(backend: EC2Backend) -> list[InterfaceEndpoint]:
    """Return the endpoints of one account and Region that are of endpoint services."""
    endpoints: Iterable[object] = backend.vpc_end_points.values()
    return [each for each in endpoints if isinstance(each, InterfaceEndpoint)]


def tags_of(resource: TaggedEC2Resource) -> dict[str, str]:
    """Return the tags of a resource as a mapping."""
    return {tag["key"]: tag["value"] for tag in resource.get_tags()}
