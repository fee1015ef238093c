"""The endpoint service operations that moto answers only in part."""

from collections.abc import Collection, Mapping
from typing import Final

from moto.core.responses import ActionResult
from moto.ec2.exceptions import InvalidServiceName, UnknownVpcEndpointService
from moto.ec2.models import EC2Backend
from moto.ec2.responses import EC2Response
from moto.ec2.responses.vpc_service_configuration import VPCEndpointServiceConfiguration
from moto.ec2.responses.vpcs import VPCs

from sandbox.privatelink import refusals
from sandbox.privatelink.connections import REJECTABLE
from sandbox.privatelink.listing import FIVE_TO_A_THOUSAND, Filters, paged
from sandbox.privatelink.models import (
    EndpointService,
    endpoint_services,
    service_configurations,
    tags_of,
)

FILTERS: Final = Filters[EndpointService](
    {
        "service-id": lambda each: [each.id],
        "service-name": lambda each: [each.service_name],
        "service-state": lambda each: [each.service_state],
        "supported-ip-address-types": lambda each: each.supported_ip_address_types,
        "tag-key": lambda each: tags_of(each).keys(),
    },
    tags=tags_of,
)

PERMISSION_FILTERS: Final = Filters[Mapping[str, str]](
    {
        "principal": lambda each: [each["Principal"]],
        "principal-type": lambda each: [each["PrincipalType"]],
    }
)

PRINCIPAL_TYPES: Final = {"root": "Account", "role": "Role", "user": "User"}


def is_endpoint_service_name(name: str) -> bool:
    """Tell the name of an endpoint service from that of one of AWS's own services."""
    return name.rpartition(".")[2].startswith("vpce-svc-")


def service_named(
    name: str, consumer: EC2Backend, *, hosted_in: Collection[str]
) -> EndpointService:
    """Find the service of any account that a consumer may create endpoints of.

    What does not permit its account, or does not support its Region, does not exist for it.
    Raises InvalidServiceName.
    """
    for each in endpoint_services():
        if (
            each.service_name == name
            and each.region in hosted_in
            and each.permits(consumer.account_id)
            and each.serves(consumer.region_name)
        ):
            return each
    raise InvalidServiceName(name)


def own_service(request: EC2Response) -> EndpointService:
    """Return the service that the request names; another account's is as good as unknown."""
    service_id = request.params.get("ServiceId", "")
    for each in service_configurations(request.ec2_backend):
        if each.id == service_id:
            return each
    raise UnknownVpcEndpointService(service_id)


def describe_vpc_endpoint_service_configurations(request: EC2Response) -> ActionResult:
    """Describe the endpoint services of the account, with filters and pages."""
    request.error_on_dryrun()
    services = request.ec2_backend.describe_vpc_endpoint_service_configurations(
        request.params.get("ServiceIds", [])
    )
    found = FILTERS(services, request.params.get("Filters", []))
    return paged(request, found, FIVE_TO_A_THOUSAND, key="ServiceConfigurations")


def modify_vpc_endpoint_service_configuration(request: EC2Response) -> ActionResult:
    """Modify a service; its own Region cannot be taken from those that it supports.

    That a Region which is there already, or is not there, is passed over is inferred.
    """
    request.error_on_dryrun()
    service = own_service(request)
    added = request.params.pop("AddSupportedRegions", [])
    removed = request.params.pop("RemoveSupportedRegions", [])
    if service.region in removed:
        raise refusals.host_region_removed(service.region)
    answer = VPCEndpointServiceConfiguration.modify_vpc_endpoint_service_configuration(request)
    service.change_regions(added=added, removed=removed)
    return answer


def delete_vpc_endpoint_service_configurations(request: EC2Response) -> ActionResult:
    """Delete endpoint services, except those that have connections waiting or live."""
    request.error_on_dryrun()
    backend = request.ec2_backend

    def delete(service_id: str) -> None:
        (service,) = backend.describe_vpc_endpoint_service_configurations([service_id])
        if any(each.connection.state in REJECTABLE for each in service.endpoints.values()):
            raise refusals.still_connected(service_id)
        backend.delete_vpc_endpoint_service_configurations([service_id])

    return ActionResult(
        {"Unsuccessful": refusals.unsuccessful(request.params["ServiceIds"], delete)}
    )


def describe_vpc_endpoint_service_permissions(request: EC2Response) -> ActionResult:
    """Describe the principals that may create endpoints, in a steady order."""
    request.error_on_dryrun()
    service = own_service(request)
    principals = [
        {
            "Principal": principal,
            "PrincipalType": _principal_type(principal),
            "ServiceId": service.id,
        }
        for principal in sorted(service.principals)
    ]
    found = PERMISSION_FILTERS(principals, request.params.get("Filters", []))
    return paged(request, found, FIVE_TO_A_THOUSAND, key="AllowedPrincipals")


def describe_vpc_endpoint_services(request: EC2Response) -> ActionResult:
    """Describe named endpoint services of any account that permits the caller.

    They are looked for in the Region of the request, or in the `ServiceRegions`. Without such a
    name it is moto's list: AWS's own services and the account's.
    """
    backend = request.ec2_backend
    names = list(filter(is_endpoint_service_name, request.params.get("ServiceNames", [])))
    if not names:
        return VPCs.describe_vpc_endpoint_services(request)
    request.error_on_dryrun()
    hosts = request.params.get("ServiceRegions") or [backend.region_name]
    services = [service_named(name, backend, hosted_in=hosts) for name in names]
    details = [each.to_dict() | {"ServiceRegion": each.region} for each in services]
    return ActionResult({"ServiceNames": names, "ServiceDetails": details})


def _principal_type(principal: str) -> str:
    kind = principal.rpartition(":")[2].partition("/")[0]
    return "All" if principal == "*" else PRINCIPAL_TYPES.get(kind, "Service")
