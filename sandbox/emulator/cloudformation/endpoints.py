"""Both ends of PrivateLink, as CloudFormation makes them."""

from typing import Final

from botocore.exceptions import ClientError

from sandbox.emulator.cloudformation.resources import (
    Attributes,
    Client,
    Properties,
    Resource,
    found_at,
    is_true,
)
from sandbox.waiting import wait_until

_DELETION_SECONDS: Final = 60.0


def _endpoint_attributes(client: Client, endpoint_id: str) -> Attributes:
    endpoint = client.describe_vpc_endpoints(VpcEndpointIds=[endpoint_id])["VpcEndpoints"][0]
    return {
        "Id": endpoint_id,
        "CreationTimestamp": endpoint["CreationTimestamp"].isoformat(),
        "DnsEntries": [
            f"{entry.get('HostedZoneId', '')}:{entry['DnsName']}"
            for entry in endpoint.get("DnsEntries", [])
        ],
        "NetworkInterfaceIds": endpoint.get("NetworkInterfaceIds", []),
    }


def _delete_endpoint(client: Client, endpoint_id: str, _properties: Properties) -> None:
    """Delete an endpoint and wait until it is gone: its subnets and groups are deleted next."""
    client.delete_vpc_endpoints(VpcEndpointIds=[endpoint_id])
    wait_until(
        lambda: _is_gone(client, endpoint_id),
        what=f"the deletion of {endpoint_id}",
        seconds=_DELETION_SECONDS,
    )


def _is_gone(client: Client, endpoint_id: str) -> bool:
    try:
        found = client.describe_vpc_endpoints(VpcEndpointIds=[endpoint_id])["VpcEndpoints"]
    except ClientError as error:
        if "NotFound" not in error.response["Error"]["Code"]:
            raise
        return True
    return not found or found[0]["State"].lower() == "deleted"


def _change_service(client: Client, service_id: str, old: Properties, new: Properties) -> None:
    before, after = set(old["NetworkLoadBalancerArns"]), set(new["NetworkLoadBalancerArns"])
    client.modify_vpc_endpoint_service_configuration(
        ServiceId=service_id,
        AcceptanceRequired=is_true(new.get("AcceptanceRequired", True)),
        AddNetworkLoadBalancerArns=sorted(after - before),
        RemoveNetworkLoadBalancerArns=sorted(before - after),
    )


def _principals(properties: Properties) -> set[str]:
    return set(properties.get("AllowedPrincipals") or [])


def _change_permissions(client: Client, service_id: str, old: Properties, new: Properties) -> None:
    added, gone = _principals(new) - _principals(old), _principals(old) - _principals(new)
    if added:
        client.modify_vpc_endpoint_service_permissions(
            ServiceId=service_id, AddAllowedPrincipals=sorted(added)
        )
    if gone:
        client.modify_vpc_endpoint_service_permissions(
            ServiceId=service_id, RemoveAllowedPrincipals=sorted(gone)
        )


TYPES: Final[dict[str, Resource]] = {
    "AWS::EC2::VPCEndpoint": Resource(
        service="ec2",
        operation="create_vpc_endpoint",
        identifier=found_at("VpcEndpoint", "VpcEndpointId"),
        tagged_as="vpc-endpoint",
        attributes=_endpoint_attributes,
        delete=_delete_endpoint,
        is_slow=True,
    ),
    "AWS::EC2::VPCEndpointService": Resource(
        service="ec2",
        operation="create_vpc_endpoint_service_configuration",
        identifier=found_at("ServiceConfiguration", "ServiceId"),
        tagged_as="vpc-endpoint-service",
        attributes=lambda _, service_id: {"ServiceId": service_id},
        change=_change_service,
        delete=lambda client, service_id, _: client.delete_vpc_endpoint_service_configurations(
            ServiceIds=[service_id]
        ),
    ),
    "AWS::EC2::VPCEndpointServicePermissions": Resource(
        service="ec2",
        operation="modify_vpc_endpoint_service_permissions",
        identifier=lambda _, permissions: str(permissions["ServiceId"]),
        renamed={"AllowedPrincipals": "AddAllowedPrincipals"},
        change=_change_permissions,
        delete=lambda client, service_id, permissions: _change_permissions(
            client, service_id, permissions, {}
        ),
    ),
}
