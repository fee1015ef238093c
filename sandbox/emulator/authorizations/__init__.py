"""What AWS checks a request on: the actions, resources and condition keys of IAM's evaluation.

ministack has its own idea for each request; the rules here replace it where that idea differs from
AWS's Service Authorization Reference in a way that decides about this project's policies:
https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html
"""

from collections.abc import Callable
from typing import Final

from sandbox.emulator.authorizations import app_config, ec2, event_bridge, keys, systems_manager
from sandbox.emulator.authorizations.request import Check, Request

__all__ = ["Check", "Request", "checks"]


def checks(request: Request) -> tuple[Check, ...]:
    """Return what AWS checks the request on, in order; nothing where ministack's idea stands."""
    rule = _RULES.get(request.service)
    found = rule(request) if rule else ()
    if of_keys := keys.checks(request):
        found = found or (Check(f"{request.service}:{request.action}", request.guess),)
    return found + of_keys


def _elastic_load_balancing(request: Request) -> tuple[Check, ...]:
    """No Describe action of Elastic Load Balancing can be limited to a resource."""
    if request.action.startswith("Describe"):
        return (Check(f"elasticloadbalancing:{request.action}", "*"),)
    return ()


def _logs(request: Request) -> tuple[Check, ...]:
    """Name a log group that is read as policies do, with `:*` behind.

    https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_LogGroup.html
    """
    if request.action == "FilterLogEvents":
        group = str(request.document().get("logGroupName", "*"))
        return (Check("logs:FilterLogEvents", request.arn("logs", f"log-group:{group}:*")),)
    return ()


_RULES: Final[dict[str, Callable[[Request], tuple[Check, ...]]]] = {
    "appconfig": app_config.checks,
    "ec2": ec2.checks,
    "elasticloadbalancing": _elastic_load_balancing,
    "events": event_bridge.checks,
    "logs": _logs,
    "ssm": systems_manager.checks,
}
