"""The condition keys that decide: for these, another value, or none, has to be refused."""

from collections.abc import Iterator
from typing import Final

from sandbox.accounts import CONSUMER, PROVIDER, REGION, STACK_NAME
from sandbox.emulator.decisions import Kind
from tests.security.least_privilege.guarantee import Guarantee
from tests.security.least_privilege.guarantees_to_consumers import TO_CONSUMERS

_STACK: Final = f"{REGION}:{PROVIDER}"
_SERVICES: Final = f"arn:aws:ec2:{_STACK}:vpc-endpoint-service/*"
_ALARMS: Final = f"arn:aws:cloudwatch:{_STACK}:alarm:{STACK_NAME}-*"


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


_ENCRYPTED: Final[tuple[tuple[Kind, str], ...]] = (
    ("identity", "sqs:*"),
    ("resource", "sqs:*"),
    ("resource", "sns:Publish"),
)

GUARANTEES: Final = (
    *TO_CONSUMERS,
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
    *_sources("cloudwatch", "sns:Publish", conceded=_ALARMS),
    # Whether EventBridge tells a queue's key for which rule it asks is documented nowhere.
    Guarantee(
        kind="resource",
        principal="events.amazonaws.com",
        action="kms:*",
        key="aws:SourceAccount",
    ),
    *_sources("sns", "kms:*"),
    *_sources("vpce", "kms:*", conceded=_SERVICES),
    *_sources("cloudwatch", "kms:*", conceded=_ALARMS),
    Guarantee(
        kind="resource",
        principal="events.amazonaws.com",
        action="lambda:InvokeFunction",
        key="aws:SourceArn",
    ),
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
