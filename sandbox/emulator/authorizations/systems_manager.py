"""Systems Manager: permissions on single parameters."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from sandbox.emulator.authorizations.request import Check, Keys, Request

_PARAMETER_ACTIONS: Final = frozenset(
    {
        "DeleteParameter",
        "DeleteParameters",
        "GetParameter",
        "GetParameterHistory",
        "GetParameters",
        "GetParametersByPath",
        "LabelParameterVersion",
        "PutParameter",
        "UnlabelParameterVersion",
    }
)


def checks(request: Request) -> tuple[Check, ...]:
    """Every named parameter is checked; a path counts as the parameter of that name."""
    action = f"ssm:{request.action}"
    if request.action == "DescribeParameters":
        return (Check(action, request.arn("ssm", "*")),)
    if request.action not in _PARAMETER_ACTIONS:
        return ()
    document = request.document()
    if request.action == "PutParameter":
        return tuple(_putting(document, _parameter_arn(request, str(document.get("Name", "")))))
    names = document.get("Names") or [document.get("Name") or document.get("Path") or ""]
    return tuple(Check(action, _parameter_arn(request, str(name))) for name in names)


def _putting(document: Mapping[str, Any], arn: str) -> Iterator[Check]:
    """Tell whether a parameter is overwritten or has policies; tags are a permission of their own.

    https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-policy-conditions.html
    """
    tags = {str(tag.get("Key")): str(tag.get("Value")) for tag in document.get("Tags") or ()}
    tagged: Keys = {f"aws:RequestTag/{key}": value for key, value in tags.items()}
    if tags:
        tagged["aws:TagKeys"] = list(tags)
    keys: Keys = {
        "ssm:Overwrite": str(bool(document.get("Overwrite"))).lower(),
        "ssm:Policies": str(bool(document.get("Policies"))).lower(),
    }
    yield Check("ssm:PutParameter", arn, keys | tagged)
    if tags:
        yield Check("ssm:AddTagsToResource", arn, tagged)


def _parameter_arn(request: Request, name: str) -> str:
    if name.startswith("arn:"):
        return name
    name = name.partition(":")[0]  # :VERSION and :LABEL select, they do not name
    return request.arn("ssm", f"parameter/{name.removeprefix('/')}")
