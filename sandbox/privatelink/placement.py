"""Where the network interfaces of an endpoint go, decided before anything is created."""

import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Final, Self

from moto.ec2.models import EC2Backend
from moto.ec2.models.subnets import Subnet

from sandbox.privatelink import refusals
from sandbox.privatelink.addresses import (
    AddressInUseError,
    AddressUnusableError,
    NoFreeAddressError,
    free_address,
    usable,
    wanted_address,
)
from sandbox.privatelink.models import EndpointService

CLOSED_TO_OTHER_REGIONS: Final = frozenset(
    {"apne1-az3", "apne2-az2", "apne2-az4", "use1-az3", "usw1-az2"}
)
"""Ids of zones that have no cross-Region access (PrivateLink guide); that an endpoint there is
refused as in a zone without a load balancer is inferred."""


@dataclass(frozen=True)
class Place:
    """Where a network interface is going to be: a subnet and an address of it."""

    subnet: Subnet
    address: str

    @classmethod
    def find(cls, subnet: Subnet, wanted: str | None) -> Self:
        """Choose the address: the one asked for, or any free one, as AWS does.

        Two endpoints, or one that is created again, get different addresses as a rule.
        """
        network, used = IPv4Network(subnet.cidr_block), _used_addresses(subnet)
        start = secrets.randbelow(len(usable(network)))
        try:
            if wanted:
                return cls(subnet, wanted_address(network, used, wanted))
            return cls(subnet, free_address(network, used, start=start))
        except NoFreeAddressError as exc:
            raise refusals.subnet_is_full(subnet.id) from exc
        except AddressUnusableError as exc:
            raise refusals.address_outside_subnet(str(wanted)) from exc
        except AddressInUseError as exc:
            raise refusals.address_in_use(str(wanted)) from exc


@dataclass(frozen=True)
class Site:
    """A VPC of a consumer, and the service whose endpoint is, or is going to be, in it."""

    backend: EC2Backend
    vpc_id: str
    service: EndpointService

    def places(
        self,
        *,
        staying: Iterable[str] = (),
        joining: Iterable[str] = (),
        configurations: Iterable[Mapping[str, str]] = (),
    ) -> list[Place]:
        """Return where network interfaces are to be made.

        They are those of the subnets that join those `staying`, and of the subnets for which a
        configuration names an address. Refused are subnets that AWS would not take.
        """
        wanted = {each["SubnetId"]: each.get("Ipv4") for each in configurations}
        subnet_ids = dict.fromkeys([*joining, *wanted])
        zones = {self.backend.get_subnet(each).availability_zone for each in staying}
        for subnet in self._subnets(set(subnet_ids) - set(staying)):
            if subnet.availability_zone in zones:
                raise refusals.two_subnets_of_a_zone(subnet.id)
            zones.add(subnet.availability_zone)
        return [Place.find(self.backend.get_subnet(each), wanted.get(each)) for each in subnet_ids]

    def _subnets(self, subnet_ids: Iterable[str]) -> Iterator[Subnet]:
        for each in sorted(subnet_ids):
            subnet = self.backend.get_subnet(each)
            if subnet.vpc_id != self.vpc_id:
                raise refusals.subnet_of_another_vpc(each, self.vpc_id)
            if not self._reaches(subnet):
                raise refusals.zone_not_supported(self.service.service_name, each)
            yield subnet

    def _reaches(self, subnet: Subnet) -> bool:
        """Tell whether the service is there: in the zones of its load balancer.

        In another Region its zones do not matter.
        """
        if self.backend.region_name != self.service.region:
            return subnet.availability_zone_id not in CLOSED_TO_OTHER_REGIONS
        zones = self.service.availability_zones
        return not zones or subnet.availability_zone in zones


def _used_addresses(subnet: Subnet) -> set[str]:
    return {
        address["PrivateIpAddress"]
        for interface in subnet.ec2_backend.enis.values()
        if interface.subnet.id == subnet.id
        for address in interface.private_ip_addresses
    }
