"""What EC2 answers when it refuses, apart from the errors that moto has already.

Codes and wordings are those of the EC2 API's error codes and of recorded answers; where neither
tells, the function says "inferred".
"""

from collections.abc import Callable, Iterable

from moto.ec2.exceptions import EC2ClientError, InvalidParameter

from sandbox.privatelink.connections import WrongStateError


def unknown_endpoint(vpc_endpoint_id: str) -> EC2ClientError:
    """Answer for an endpoint id that the service or the account does not have."""
    return EC2ClientError(
        "InvalidVpcEndpointId.NotFound", f"The Vpc Endpoint Id '{vpc_endpoint_id}' does not exist"
    )


def wrong_state(refused: WrongStateError) -> EC2ClientError:
    """Answer for a connection that the request does not apply to; code and wording inferred."""
    expected = ", ".join(sorted(refused.expected))
    return EC2ClientError(
        "InvalidState",
        f"The connection is in the state {refused.state}; the request applies to {expected}",
    )


def still_connected(service_id: str) -> EC2ClientError:
    """Answer for an endpoint service that cannot be deleted yet."""
    return EC2ClientError(
        "ExistingVpcEndpointConnections",
        f"Service {service_id} has existing active VPC Endpoint connections!",
    )


def unknown_notification(notification_id: str) -> EC2ClientError:
    """Answer for a connection notification id that the account does not have."""
    return EC2ClientError(
        "InvalidConnectionNotification",
        f"The connection notification '{notification_id}' does not exist",
    )


def invalid_value(parameter: str, value: object) -> EC2ClientError:
    """Answer for a value outside what the parameter takes; wording inferred."""
    return EC2ClientError(
        "InvalidParameterValue", f"Value ({value}) for parameter {parameter} is invalid."
    )


def wrong_endpoint_type(asked: str) -> EC2ClientError:
    """Answer for an endpoint that is not of the type that the service is for."""
    return InvalidParameter(
        f"Endpoint type ({asked}) does not match available service types ([Interface])."
    )


def no_private_dns_name(service_name: str) -> EC2ClientError:
    """Answer for private DNS with a service that has no private DNS name."""
    return InvalidParameter(
        "Private DNS can't be enabled because the service "
        f"{service_name} does not provide a private DNS name."
    )


def zone_not_supported(service_name: str, subnet_id: str) -> EC2ClientError:
    """Answer for a subnet in a zone in which the service has no load balancer."""
    return InvalidParameter(
        f"The VPC endpoint service {service_name} does not support the availability zone "
        f"of the subnet: {subnet_id}."
    )


def two_subnets_of_a_zone(subnet_id: str) -> EC2ClientError:
    """Answer for a second subnet in one zone."""
    return EC2ClientError(
        "DuplicateSubnetsInSameZone",
        f"Found another VPC endpoint subnet in the availability zone of {subnet_id}",
    )


def subnet_of_another_vpc(subnet_id: str, vpc_id: str) -> EC2ClientError:
    """Answer for a subnet outside the endpoint's VPC; code and wording inferred."""
    return InvalidParameter(f"Subnet {subnet_id} does not belong to VPC {vpc_id}")


def address_outside_subnet(address: str) -> EC2ClientError:
    """Answer for an address that the subnet does not have for interfaces; wording inferred."""
    return EC2ClientError(
        "InvalidParameterValue", f"Address {address} does not fall within the subnet's range"
    )


def address_in_use(address: str) -> EC2ClientError:
    """Answer for an address that another interface has."""
    return EC2ClientError("InvalidIPAddress.InUse", f"Address {address} is in use.")


def subnet_is_full(subnet_id: str) -> EC2ClientError:
    """Answer for a subnet without a free address."""
    return EC2ClientError(
        "InsufficientFreeAddressesInSubnet",
        f"The subnet {subnet_id} does not have enough free addresses to satisfy the request.",
    )


def unknown_prefix_list(prefix_list_id: str) -> EC2ClientError:
    """Answer for a prefix list id that the account does not have."""
    return EC2ClientError(
        "InvalidPrefixListID.NotFound", f"The prefix list ID '{prefix_list_id}' does not exist"
    )


def host_region_removed(region: str) -> EC2ClientError:
    """Answer for taking the Region of a service from its supported Regions; code inferred."""
    return EC2ClientError(
        "InvalidParameterValue", f"The Region {region} hosts the service and cannot be removed"
    )


def repeated_permission() -> EC2ClientError:
    """Answer for a request that has the same rule twice."""
    return EC2ClientError(
        "InvalidParameterValue", "The same permission must not appear multiple times"
    )


def unsuccessful(ids: Iterable[str], attempt: Callable[[str], None]) -> list[dict[str, object]]:
    """Attempt each id, and return those that were refused as EC2 lists them in a 200."""
    refused: list[dict[str, object]] = []
    for each in ids:
        try:
            attempt(each)
        except EC2ClientError as exc:
            error = {"Code": exc.code, "Message": exc.message}
            refused.append({"ResourceId": each, "Error": error})
    return refused
