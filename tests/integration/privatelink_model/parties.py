"""The accounts that the tests speak for, and what they do again and again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from sandbox.accounts import PROVIDER, REGION
from sandbox.privatelink import ConnectionState
from sandbox.privatelink.clients import in_process_client

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_ec2.type_defs import (
        NetworkInterfaceTypeDef,
        VpcEndpointConnectionTypeDef,
        VpcEndpointTypeDef,
    )
    from mypy_boto3_elbv2 import ElasticLoadBalancingv2Client

ZONES = tuple(f"{REGION}{letter}" for letter in "acd")

REMOTE_REGION = "eu-central-1"

STATES_OF_ENDPOINTS = tuple(each for each in ConnectionState if each != "deleted")
"""A consumer does not see a deleted endpoint."""


@dataclass
class Clock:
    """A clock that stands still until it is told to go on."""

    now: datetime = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **time: float) -> None:
        self.now += timedelta(**time)


@dataclass
class Party:
    """An account with a VPC and a subnet in each of three zones, made when they are needed."""

    account_id: str
    region: str = REGION

    @property
    def ec2(self) -> "EC2Client":
        return in_process_client("ec2", self.account_id, self.region)

    @cached_property
    def zones(self) -> list[str]:
        found = self.ec2.describe_availability_zones()["AvailabilityZones"]
        return [each["ZoneName"] for each in found][:3]

    @cached_property
    def vpc_id(self) -> str:
        return self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]

    @cached_property
    def subnet_ids(self) -> list[str]:
        return [self.subnet(f"10.0.{number}.0/24", zone) for number, zone in enumerate(self.zones)]

    def subnet(self, cidr: str, zone: str) -> str:
        answer = self.ec2.create_subnet(VpcId=self.vpc_id, CidrBlock=cidr, AvailabilityZone=zone)
        return answer["Subnet"]["SubnetId"]

    def group(self, name: str = "endpoint") -> str:
        return self.ec2.create_security_group(GroupName=name, Description=name, VpcId=self.vpc_id)[
            "GroupId"
        ]

    def request(self, service_name: str, **more: object) -> str:
        """Create an endpoint in the first two subnets, or as told, and return its id."""
        arguments: dict[str, Any] = {
            "VpcEndpointType": "Interface",
            "VpcId": self.vpc_id,
            "ServiceName": service_name,
            "SubnetIds": self.subnet_ids[:2],
        }
        arguments.update(more)
        endpoint = self.ec2.create_vpc_endpoint(**arguments)["VpcEndpoint"]
        return endpoint["VpcEndpointId"]

    def endpoint(self, vpc_endpoint_id: str) -> "VpcEndpointTypeDef":
        (endpoint,) = self.ec2.describe_vpc_endpoints(VpcEndpointIds=[vpc_endpoint_id])[
            "VpcEndpoints"
        ]
        return endpoint

    def state(self, vpc_endpoint_id: str) -> str:
        """Return the state as it is on the wire, which the SDK's types know otherwise."""
        return self.endpoint(vpc_endpoint_id)["State"]

    def interfaces(self, vpc_endpoint_id: str) -> list["NetworkInterfaceTypeDef"]:
        """Return the network interfaces of an endpoint, in the order of their zones."""
        ids = self.endpoint(vpc_endpoint_id)["NetworkInterfaceIds"]
        found = self.ec2.describe_network_interfaces(NetworkInterfaceIds=ids)["NetworkInterfaces"]
        return sorted(found, key=lambda each: each["AvailabilityZone"])

    def addresses(self, vpc_endpoint_id: str) -> list[str]:
        return [each["PrivateIpAddress"] for each in self.interfaces(vpc_endpoint_id)]


@dataclass
class Provider(Party):
    """A party with a load balancer in the zones of its subnets."""

    account_id: str = PROVIDER

    @property
    def elbv2(self) -> "ElasticLoadBalancingv2Client":
        return in_process_client("elbv2", self.account_id, self.region)

    @cached_property
    def load_balancer_arn(self) -> str:
        (load_balancer,) = self.elbv2.create_load_balancer(
            Name="web", Type="network", Scheme="internal", Subnets=self.subnet_ids
        )["LoadBalancers"]
        return load_balancer["LoadBalancerArn"]

    def service(
        self, *principals: str, acceptance_required: bool = True, **more: object
    ) -> tuple[str, str]:
        """Create an endpoint service and return its id and its name."""
        arguments: dict[str, Any] = {
            "NetworkLoadBalancerArns": [self.load_balancer_arn],
            "AcceptanceRequired": acceptance_required,
        }
        arguments.update(more)
        created = self.ec2.create_vpc_endpoint_service_configuration(**arguments)
        service = created["ServiceConfiguration"]
        if principals:
            self.ec2.modify_vpc_endpoint_service_permissions(
                ServiceId=service["ServiceId"], AddAllowedPrincipals=list(principals)
            )
        return service["ServiceId"], service["ServiceName"]

    def connections(self, **filters: str) -> list["VpcEndpointConnectionTypeDef"]:
        """Return the connections, filtered by `service_id`, `vpc_endpoint_state` and so on."""
        return self.ec2.describe_vpc_endpoint_connections(
            Filters=[
                {"Name": name.replace("_", "-"), "Values": [value]}
                for name, value in filters.items()
            ]
        )["VpcEndpointConnections"]

    def states(self) -> dict[str, str]:
        return {each["VpcEndpointId"]: each["VpcEndpointState"] for each in self.connections()}

    def accept(self, service_id: str, *vpc_endpoint_ids: str) -> list[Any]:
        """Accept, and return what was unsuccessful."""
        answer = self.ec2.accept_vpc_endpoint_connections(
            ServiceId=service_id, VpcEndpointIds=list(vpc_endpoint_ids)
        )
        return list(answer["Unsuccessful"])

    def reject(self, service_id: str, *vpc_endpoint_ids: str) -> list[Any]:
        """Reject, and return what was unsuccessful."""
        answer = self.ec2.reject_vpc_endpoint_connections(
            ServiceId=service_id, VpcEndpointIds=list(vpc_endpoint_ids)
        )
        return list(answer["Unsuccessful"])


@dataclass(frozen=True)
class Notice:
    """A notification that the model delivered."""

    account_id: str
    region: str
    topic_arn: str
    message: str


def refusal(call: Callable[[], object]) -> str:
    """Return the error code with which EC2 refuses a call, which it has to."""
    with pytest.raises(ClientError) as refused:
        call()
    return refused.value.response["Error"]["Code"]
