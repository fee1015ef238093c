"""The condition keys that decide: for these, another value, or none, has to be refused."""

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from sandbox.accounts import CONSUMER, PROVIDER, REGION, STACK_NAME
from sandbox.emulator.decisions import Decision, Kind, Values


@dataclass(frozen=True, kw_only=True)
class Guarantee:
    """Whom, for which action, a key limits."""

    kind: Kind
    action: str
    key: str
    principal: str = "*"
    resource: str = "*"
    conceded: str = ""
    """A pattern of values that are as good as the one that was at hand."""
    forbidden: str = ""
    """A value that may never be there, whatever was at hand."""
    comes_with_others: bool = False
    """Whether it cannot be absent where another one is that is asked for, too."""

    def covers(self, decision: Decision) -> bool:
        """Tell whether the decision is of this sort."""
        return (
            decision.kind == self.kind
            and fnmatchcase(decision.action, self.action)
            and fnmatchcase(decision.principal, self.principal)
            and fnmatchcase(decision.resource_arn, self.resource)
        )

    def is_about(self, decision: Decision) -> bool:
        """Tell whether the key is there to be changed, or may not be there at all."""
        return self.covers(decision) and bool(self.forbidden or self.key in decision.keys)

    def concedes(self, value: Values) -> bool:
        """Tell whether a value is another that may be."""
        return isinstance(value, str) and fnmatchcase(value, self.conceded)


_TAG: Final = "privatelink-autopilot"
_CONSUMER: Final = "*:role/privatelink-autopilot-consumer"
_CONSUMERS: Final = "*:role/privatelink-autopilot-consumer*"
_STACK: Final = f"{REGION}:{PROVIDER}"
_SERVICES: Final = f"arn:aws:ec2:{_STACK}:vpc-endpoint-service/*"


def _sources(
    service: str, action: str, kind: Kind = "resource", conceded: str = ""
) -> Iterator[Guarantee]:
    """A service acts for resources of this stack only, and of this account."""
    for key in ("aws:SourceArn", "aws:SourceAccount"):
        yield Guarantee(
            kind=kind,
            principal=f"{service}.amazonaws.com",
            action=action,
            key=key,
            conceded=conceded,
        )


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


_SHORT: Final = {
    "authorize-security-group-ingress": "ingress",
    "publish-endpoint-addresses": "addresses",
}

_ENCRYPTED: Final[tuple[tuple[Kind, str], ...]] = (
    ("identity", "sqs:*"),
    ("resource", "sqs:*"),
    ("resource", "sns:Publish"),
)

GUARANTEES: Final = (
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
    # Connections of the endpoint services that bear the stack's name, if so deployed.
    Guarantee(
        kind="identity",
        principal=f"*:role/{STACK_NAME}-accept-endpoint-connections",
        action="ec2:*",
        resource="*:vpc-endpoint-service/*",
        key=f"aws:ResourceTag/{_TAG}:stack",
    ),
    # Events of consumers: CloudTrail's of EC2.
    *(
        Guarantee(kind="resource", action="events:PutEvents", key=f"events:{key}")
        for key in ("source", "detail-type", "eventBusInvocation")
    ),
    Guarantee(
        kind="resource",
        action="events:PutEvents",
        resource="*-of-an-organization",
        key="aws:PrincipalOrgID",
    ),
    # Services act for this stack.
    *_sources("events", "sqs:SendMessage"),
    *_sources("sns", "sqs:SendMessage"),
    *_sources("vpce", "sns:Publish", conceded=_SERVICES),
    *_sources("events", "kms:*"),
    *_sources("sns", "kms:*"),
    *_sources("vpce", "kms:*", conceded=_SERVICES),
    Guarantee(
        kind="resource",
        principal="sns.amazonaws.com",
        action="lambda:InvokeFunction",
        key="aws:SourceArn",
    ),
    Guarantee(
        kind="resource",
        principal="appconfig.amazonaws.com",
        action="lambda:InvokeFunction",
        key="aws:SourceArn",
        conceded=f"arn:aws:appconfig:{_STACK}:*",
    ),
    # ... and with roles of it.
    Guarantee(
        kind="trust",
        principal="scheduler.amazonaws.com",
        action="sts:AssumeRole",
        key="aws:SourceAccount",
    ),
    Guarantee(
        kind="trust",
        principal="appconfig.amazonaws.com",
        action="sts:AssumeRole",
        key="aws:SourceAccount",
    ),
    *_sources(
        "events",
        "sts:AssumeRole",
        kind="trust",
        conceded=f"arn:aws:events:{REGION}:{CONSUMER}:rule/*",
    ),
    # The key is used through the services that keep what it encrypts.
    Guarantee(kind="identity", action="kms:*", key="kms:ViaService"),
    Guarantee(kind="resource", principal="arn:*", action="kms:*", key="kms:ViaService"),
    Guarantee(
        kind="resource",
        principal="logs.*",
        action="kms:*",
        key="kms:EncryptionContext:aws:logs:arn",
    ),
    # Whatever is sent is sent encrypted.
    *(
        Guarantee(kind=kind, action=action, key="aws:SecureTransport")
        for kind, action in _ENCRYPTED
    ),
)
