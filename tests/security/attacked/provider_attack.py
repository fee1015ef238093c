"""How attacks with the roles of the provider's stack are written down."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from sandbox.accounts import REGION, STRANGER
from tests.security.attacked.attacks import Attack, Parameters, always
from tests.security.attacked.providers_things import ProvidersThings

type OnProvider = Attack[ProvidersThings]

_ENDPOINTS: Final = ["vpce-0123456789abcdef0"]


def call(
    what: str,
    why: str,
    service: str,
    operation: str,
    parameters: Parameters[ProvidersThings] = lambda _: {},
) -> OnProvider:
    """Return one attack of those who hold a role of the provider's."""
    return Attack(what=what, why=why, service=service, operation=operation, parameters=parameters)


def assuming(what: str, why: str, role_arn: str) -> OnProvider:
    """Return the attack that takes a role."""
    request = always(RoleArn=role_arn, RoleSessionName="attack")
    return call(what, why, "sts", "assume_role", request)


def on_service(
    whose: str, why: str, of: Callable[[ProvidersThings], str]
) -> tuple[OnProvider, ...]:
    """Return attacks on an endpoint service."""
    requests: tuple[tuple[str, str, Mapping[str, Any]], ...] = (
        (
            "accepts a connection of",
            "accept_vpc_endpoint_connections",
            {"VpcEndpointIds": _ENDPOINTS},
        ),
        (
            "rejects a connection of",
            "reject_vpc_endpoint_connections",
            {"VpcEndpointIds": _ENDPOINTS},
        ),
        (
            "lets everybody ask for connections to",
            "modify_vpc_endpoint_service_permissions",
            {"AddAllowedPrincipals": ["*"]},
        ),
        (
            "has itself told of connections to",
            "create_vpc_endpoint_connection_notification",
            {
                "ConnectionNotificationArn": f"arn:aws:sns:{REGION}:{STRANGER}:attack",
                "ConnectionEvents": ["Connect"],
            },
        ),
    )
    return tuple(
        call(
            f"{what} {whose}",
            why,
            "ec2",
            operation,
            _about(of, more),
        )
        for what, operation, more in requests
    )


def _about(
    service_id: Callable[[ProvidersThings], str], more: Mapping[str, Any]
) -> Parameters[ProvidersThings]:
    return lambda things: {"ServiceId": service_id(things), **more}
