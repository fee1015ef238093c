"""EC2: permissions on single resources, with the tags that they have or are to have."""

import re
from collections.abc import Iterator
from typing import Final

from moto.ec2.models import ec2_backends
from moto.ec2.utils import EC2_PREFIX_TO_RESOURCE

from sandbox.emulator.authorizations.request import Check, Keys, Request
from sandbox.privatelink.notifications import notifications_of

# The resource type of each action, and the parameter that holds its ids.
_SERVICE_ID: Final = ("vpc-endpoint-service", "ServiceId")
_ENDPOINT_ID: Final = ("vpc-endpoint", "VpcEndpointId")
_GROUP_ID: Final = ("security-group", "GroupId")
_RESOURCES: Final[dict[str, tuple[str, str]]] = {
    "AcceptVpcEndpointConnections": _SERVICE_ID,
    "AuthorizeSecurityGroupEgress": _GROUP_ID,
    "AuthorizeSecurityGroupIngress": _GROUP_ID,
    "CreateTags": ("", "ResourceId"),
    "CreateVpcEndpointConnectionNotification": _SERVICE_ID,
    "DeleteTags": ("", "ResourceId"),
    "DeleteVpcEndpointServiceConfigurations": _SERVICE_ID,
    "DeleteVpcEndpoints": _ENDPOINT_ID,
    "DescribeVpcEndpointServicePermissions": _SERVICE_ID,
    "ModifySecurityGroupRules": _GROUP_ID,
    "ModifyVpcEndpoint": _ENDPOINT_ID,
    "ModifyVpcEndpointConnectionNotification": ("", "ConnectionNotificationId"),
    "ModifyVpcEndpointServiceConfiguration": _SERVICE_ID,
    "ModifyVpcEndpointServicePermissions": _SERVICE_ID,
    "RejectVpcEndpointConnections": _SERVICE_ID,
    "RevokeSecurityGroupEgress": _GROUP_ID,
    "RevokeSecurityGroupIngress": _GROUP_ID,
}
# These create the resources that their TagSpecifications tag and are checked on them as well.
_CREATES_RULES: Final = frozenset({"AuthorizeSecurityGroupEgress", "AuthorizeSecurityGroupIngress"})
_TAGS_DIRECTLY: Final = frozenset({"CreateTags", "DeleteTags"})


def checks(request: Request) -> tuple[Check, ...]:
    """Check the named resources with their tags, then what is created with the tags it shall bear.

    A request that carries tags is also checked for ec2:CreateTags, with ec2:CreateAction:
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/supported-iam-actions-tagging.html
    """
    action = f"ec2:{request.action}"
    if request.action in _RESOURCES:
        checked = list(_on_named_resources(request))
    elif request.action.startswith("Describe"):
        return (Check(action, "*", _keys(request)),)
    else:
        checked = [Check(action, request.guess, _keys(request))]
    for created, tags in _tagged_on_creation(request):
        keys = _keys(request) | tags
        if request.action in _CREATES_RULES:
            checked.append(Check(action, request.arn("ec2", created), keys))
        keys = keys | {"ec2:CreateAction": request.action}
        checked.append(Check("ec2:CreateTags", request.arn("ec2", created), keys))
    return tuple(checked)


def _on_named_resources(request: Request) -> Iterator[Check]:
    resource_type, parameter = _RESOURCES[request.action]
    direct = _request_tags(request, "Tag") if request.action in _TAGS_DIRECTLY else {}
    for named in request.listed(parameter) or ["*"]:
        resource_id = _whose_notification(request, named)
        resource = f"{resource_type or _type_of(resource_id)}/{resource_id}"
        keys = _keys(request) | _resource_tags(request, resource_id) | direct
        yield Check(f"ec2:{request.action}", request.arn("ec2", resource), keys)


def _whose_notification(request: Request, resource_id: str) -> str:
    """Return the service or endpoint that a connection notification is about.

    A notification is no resource to IAM. The id of anything else, or of nothing, comes back.
    """
    backend = ec2_backends[request.account_id][request.region]
    notification = notifications_of(backend).get(resource_id)
    if notification is None:
        return resource_id
    return notification.service_id or notification.vpc_endpoint_id or "*"


def _keys(request: Request) -> Keys:
    return {"ec2:Region": request.region}


def _type_of(resource_id: str) -> str:
    return EC2_PREFIX_TO_RESOURCE.get(resource_id.rpartition("-")[0], "*")


def _resource_tags(request: Request, resource_id: str) -> Keys:
    tags = ec2_backends[request.account_id][request.region].tags.get(resource_id, {})
    return {
        f"{prefix}:ResourceTag/{key}": value
        for key, value in tags.items()
        for prefix in ("aws", "ec2")
    }


def _request_tags(request: Request, prefix: str) -> Keys:
    """Read `PREFIX.1.Key`, `PREFIX.1.Value` and so on."""
    pattern = re.compile(rf"({re.escape(prefix)}\.\d+)\.Key")
    numbered = [match for name in request.parameters if (match := pattern.fullmatch(name))]
    tags = {request.parameter(m[0]): request.parameter(f"{m[1]}.Value") for m in numbered}
    keys: Keys = {f"aws:RequestTag/{key}": value for key, value in tags.items()}
    return keys | {"aws:TagKeys": list(tags)} if tags else {}


def _tagged_on_creation(request: Request) -> list[tuple[str, Keys]]:
    pattern = re.compile(r"(TagSpecification\.\d+)\.ResourceType")
    return [
        (f"{types[0]}/*", tags)
        for name, types in request.parameters.items()
        if (match := pattern.fullmatch(name))
        and (tags := _request_tags(request, f"{match[1]}.Tag"))
    ]
