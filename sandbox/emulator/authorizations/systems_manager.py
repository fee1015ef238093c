"""Systems Manager: permissions on single parameters."""

from typing import Final

from sandbox.emulator.authorizations.request import Check, Request

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
    names = document.get("Names") or [document.get("Name") or document.get("Path") or ""]
    return tuple(Check(action, _parameter_arn(request, str(name))) for name in names)


def _parameter_arn(request: Request, name: str) -> str:
    if name.startswith("arn:"):
        return name
    name = name.partition(":")[0]  # :VERSION and :LABEL select, they do not name
    return request.arn("ssm", f"parameter/{name.removeprefix('/')}")
