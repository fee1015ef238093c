"""The condition keys that decide about a consumer's roles: who has them, and what for."""

from collections.abc import Iterator
from typing import Final

from tests.security.least_privilege.guarantee import Guarantee

_TAG: Final = "privatelink-autopilot"
_CONSUMER: Final = "*:role/privatelink-autopilot-consumer"
_CONSUMERS: Final = "*:role/privatelink-autopilot-consumer*"


def _sessions(function: str, *asked: tuple[str, str]) -> Iterator[Guarantee]:
    """A session of one function is good for what that function does, and nothing else."""
    yield Guarantee(
        kind="trust",
        principal=f"*-{function}",
        action="sts:AssumeRole",
        key="sts:RoleSessionName",
        conceded=f"{_SHORT[function]}.vpce-svc-*",
    )
    for action, resource in asked:
        yield Guarantee(
            kind="identity",
            principal=_CONSUMER,
            action=action,
            resource=resource,
            key="aws:userid",
            conceded=f"*:{_SHORT[function]}.*",
        )
        for name in (f"x{_SHORT[function]}.vpce-svc-1", f"{_SHORT[function]}x.vpce-svc-1"):
            yield Guarantee(
                kind="identity",
                principal=_CONSUMER,
                action=action,
                resource=resource,
                key="aws:userid",
                forbidden=f"AROAEXAMPLE:{name}",
            )


_SHORT: Final = {
    "authorize-security-group-ingress": "ingress",
    "publish-endpoint-addresses": "addresses",
}

TO_CONSUMERS: Final = (
    # A consumer opens what opted in, and nothing is signed but with the provider's own name.
    *(
        Guarantee(
            kind="identity",
            principal=_CONSUMER,
            action=f"ec2:{action}SecurityGroupIngress",
            resource="*:security-group/*",
            key=f"aws:ResourceTag/{_TAG}:managed-ingress",
        )
        for action in ("Authorize", "Revoke")
    ),
    Guarantee(
        kind="identity",
        principal=_CONSUMER,
        action="ec2:AuthorizeSecurityGroupIngress",
        resource="*:security-group-rule/*",
        key=f"aws:RequestTag/{_TAG}:owner",
    ),
    *(
        Guarantee(kind="identity", principal=_CONSUMER, action="ec2:CreateTags", key=key)
        for key in (f"aws:RequestTag/{_TAG}:owner", "ec2:CreateAction")
    ),
    Guarantee(
        kind="identity",
        principal=_CONSUMER,
        action="ec2:CreateTags",
        key="aws:TagKeys",
        comes_with_others=True,
    ),
    Guarantee(
        kind="identity",
        principal=_CONSUMER,
        action="ssm:PutParameter",
        key="ssm:Policies",
        forbidden="true",
    ),
    Guarantee(
        kind="trust",
        principal="*-console",
        action="sts:AssumeRole",
        key="sts:RoleSessionName",
    ),
    # Consumers let nobody in without the external id, and each function for its own purpose, in
    # the Regions that they have named.
    Guarantee(kind="trust", resource=_CONSUMERS, action="sts:AssumeRole", key="sts:ExternalId"),
    *_sessions(
        "authorize-security-group-ingress",
        ("ec2:DescribeSecurity*", "*"),
        ("ec2:*Ingress", "*:security-group/*"),
    ),
    *_sessions("publish-endpoint-addresses", ("ec2:DescribeRouteTables", "*"), ("ssm:*", "*")),
    *(
        Guarantee(
            kind="identity",
            principal=_CONSUMERS,
            action=action,
            resource=resource,
            key="aws:RequestedRegion",
        )
        for action, resource in (("ec2:*", "[*]"), ("ec2:*", "*:security-group/*"), ("ssm:*", "*"))
    ),
)
