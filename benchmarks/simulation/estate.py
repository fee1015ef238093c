"""An estate: endpoint services of the provider, and consumers with their Connected VPCs.

All of it is put straight into the model of AWS, where a thousand consumers take a second or two.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from moto.ec2.models import EC2Backend, ec2_backends

from privatelink.gateways.connection_notifications import CONNECTION_EVENTS
from privatelink.opting_in import OPT_IN_TAG
from sandbox.accounts import PROVIDER, REGION
from sandbox.privatelink.clients import in_process_client
from sandbox.privatelink.models import InterfaceEndpoint, endpoint_services
from sandbox.privatelink.network_interfaces import attach
from sandbox.privatelink.notifications import ConnectionEvent, announce
from sandbox.privatelink.placement import Site

if TYPE_CHECKING:
    from moto.ec2.models.subnets import Subnet

TOPIC: Final = f"arn:aws:sns:{REGION}:{PROVIDER}:connections"
SOURCE: Final = "192.168.0.0/20"
"""The workloads of every SDDC: addresses that overlap are what all of this is for."""
_SDDC: Final = "192.168.0.0/16"
_PORT: Final = 443
_ZONES: Final = 2


@dataclass(frozen=True)
class Service:
    """An endpoint service."""

    alias: str
    service_id: str
    service_name: str


@dataclass
class Consumer:
    """An account with a Connected VPC, and a security group that is opted in."""

    account_id: str
    region: str
    vpc_id: str
    group_id: str
    subnets: Sequence["Subnet"]

    @property
    def backend(self) -> EC2Backend:
        """The model of EC2 in the account and Region."""
        return ec2_backends[self.account_id][self.region]


@dataclass
class Estate:
    """Services and consumers, all of whom may use all services."""

    services: Sequence[Service] = ()
    consumers: Sequence[Consumer] = ()
    _named: dict[str, Any] = field(default_factory=dict)

    @property
    def allowlist(self) -> str:
        """The document that lets all consumers in; JSON is YAML."""
        consumers = [
            {"account_id": each.account_id, "source_cidrs": [SOURCE], "regions": [each.region]}
            for each in self.consumers
        ]
        listed = {
            each.alias: {"service_id": each.service_id, "consumers": consumers}
            for each in self.services
        }
        return json.dumps({"services": listed})

    def request(self, consumer: Consumer, service: Service, subnets: int = _ZONES) -> str:
        """Create an endpoint as CreateVpcEndpoint does, less its tokens, and return its id."""
        found = self._named.get(service.service_id)
        if found is None:
            (found,) = (s for s in endpoint_services() if s.id == service.service_id)
            self._named[service.service_id] = found
        backend = consumer.backend
        endpoint = InterfaceEndpoint(
            backend,
            service=found,
            vpc_id=consumer.vpc_id,
            security_group_ids=[consumer.group_id],
            policy_document=None,
            private_dns_enabled=False,
            tags={},
        )
        standing: Any = backend.vpc_end_points  # moto knows its own endpoints only
        standing[endpoint.id] = endpoint
        found.endpoints[endpoint.id] = endpoint
        joining = [subnet.id for subnet in consumer.subnets[:subnets]]
        attach(endpoint, Site(backend, consumer.vpc_id, found).places(joining=joining))
        announce(endpoint, ConnectionEvent.CONNECT)
        return endpoint.id

    def accept(self, service: Service) -> None:
        """Have all endpoints of a service available at once, without AWS's delay."""
        for endpoint in self._named[service.service_id].endpoints.values():
            now = endpoint.behaviour.clock()
            endpoint.connection = endpoint.connection.accepted(now=now, pending=timedelta())


def build(
    *,
    services: int = 1,
    consumers: int,
    regions: Sequence[str] = (REGION,),
    notified_of: Sequence[str] = CONNECTION_EVENTS,
) -> Estate:
    """Build an estate whose consumers are spread over Regions in turn."""
    _build_ledger()
    estate = Estate()
    estate.services = [_service(f"service-{n}", regions, notified_of) for n in range(services)]
    estate.consumers = [
        _consumer(f"{200_000_000_000 + n}", regions[n % len(regions)]) for n in range(consumers)
    ]
    return estate


def _build_ledger() -> None:
    """Create the ledger's table."""
    keys = {"pk": "HASH", "sk": "RANGE"}
    attributes: Any = [{"AttributeName": name, "AttributeType": "S"} for name in keys]
    schema: Any = [{"AttributeName": name, "KeyType": kind} for name, kind in keys.items()]
    in_process_client("dynamodb", PROVIDER, REGION).create_table(
        TableName="ledger",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=attributes,
        KeySchema=schema,
    )


def _service(alias: str, regions: Sequence[str], notified_of: Sequence[str]) -> Service:
    """Create an endpoint service that anybody may ask for, and that notifies the topic."""
    ec2 = in_process_client("ec2", PROVIDER, REGION)
    created = ec2.create_vpc_endpoint_service_configuration(
        NetworkLoadBalancerArns=[_load_balancer(alias)],
        AcceptanceRequired=True,
        SupportedRegions=list(regions),
    )["ServiceConfiguration"]
    service_id = created["ServiceId"]
    ec2.modify_vpc_endpoint_service_permissions(ServiceId=service_id, AddAllowedPrincipals=["*"])
    ec2.create_vpc_endpoint_connection_notification(
        ServiceId=service_id,
        ConnectionNotificationArn=TOPIC,
        ConnectionEvents=list(notified_of),
    )
    return Service(alias, service_id, created["ServiceName"])


def _load_balancer(name: str) -> str:
    """Create a load balancer with a listener and a healthy target."""
    backend = ec2_backends[PROVIDER][REGION]
    vpc_id, subnets = _network(backend, "10.1.0.0/16")
    elbv2 = in_process_client("elbv2", PROVIDER, REGION)
    (balancer,) = elbv2.create_load_balancer(
        Name=name, Type="network", Scheme="internal", Subnets=[subnet.id for subnet in subnets]
    )["LoadBalancers"]
    arn = balancer["LoadBalancerArn"]
    (targets,) = elbv2.create_target_group(
        Name=name, Protocol="TCP", Port=_PORT, VpcId=vpc_id, TargetType="ip"
    )["TargetGroups"]
    group_arn = targets["TargetGroupArn"]
    elbv2.register_targets(TargetGroupArn=group_arn, Targets=[{"Id": "10.1.0.10"}])
    elbv2.create_listener(
        LoadBalancerArn=arn,
        Port=_PORT,
        Protocol="TCP",
        DefaultActions=[{"Type": "forward", "TargetGroupArn": group_arn}],
    )
    return arn


def _consumer(account_id: str, region: str) -> Consumer:
    """Create a Connected VPC whose main route table leads to an SDDC."""
    backend = ec2_backends[account_id][region]
    vpc_id, subnets = _network(backend, "10.0.0.0/16")
    group = backend.create_security_group("endpoints", "endpoints", vpc_id)
    backend.create_tags([group.id], {OPT_IN_TAG: "true"})
    (table,) = backend.describe_route_tables(filters={"vpc-id": [vpc_id]})
    edge = backend.create_network_interface(
        subnets[0], "10.0.0.4", group_ids=[], description="VMware VMC Interface 1"
    )
    backend.create_route(table.id, _SDDC, interface_id=edge.id)
    return Consumer(account_id, region, vpc_id, group.id, subnets)


def _network(backend: EC2Backend, cidr: str) -> tuple[str, Sequence["Subnet"]]:
    """Create a VPC with a large subnet in each of two zones."""
    vpc = backend.create_vpc(cidr)
    prefix = cidr.rpartition(".0.0/")[0]
    zones = [zone.name for zone in backend.describe_availability_zones()[:_ZONES]]
    return vpc.id, [
        backend.create_subnet(vpc.id, f"{prefix}.{16 * number}.0/20", availability_zone=zone)
        for number, zone in enumerate(zones)
    ]
