"""Availability zones in which endpoint services are reached."""

from typing import TYPE_CHECKING

from privatelink.gateways.calls import translated_errors
from privatelink.model import ServiceId

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client


class ServiceZones:
    """The zones of the endpoint services of one account and Region, by id.

    Names of zones differ between accounts, ids do not.
    """

    def __init__(self, ec2: "EC2Client") -> None:
        self._ec2 = ec2

    def describe(self, service_id: ServiceId) -> frozenset[str]:
        """Return the zones that the load balancers of a service are in, or raise NotFoundError."""
        # An absent id would mean every service.
        if not service_id:
            raise ValueError(service_id)
        with translated_errors("DescribeVpcEndpointServiceConfigurations"):
            answer = self._ec2.describe_vpc_endpoint_service_configurations(ServiceIds=[service_id])
        (row,) = answer["ServiceConfigurations"]
        return frozenset(row.get("AvailabilityZoneIds", ()))
