"""What the key's policy allows beyond what is recorded.

It names the account for what IAM then decides about, and services with what AWS documents that
they need.
"""

from typing import Final

from sandbox.accounts import PROVIDER, REGION
from tests.security.least_privilege.explaining import Beyond
from tests.security.least_privilege.neighbours import Difference

_ACCOUNT: Final = f"arn:aws:iam::{PROVIDER}:*"
_KEYS: Final = f"arn:aws:kms:{REGION}:{PROVIDER}:key/*"
_VIA: Final = "kms:ViaService"
_ADMINISTRATION: Final = (
    "CancelKeyDeletion",
    "CreateAlias",
    "DeleteAlias",
    "DescribeKey",
    "DisableKey",
    "DisableKeyRotation",
    "EnableKey",
    "EnableKeyRotation",
    "GetKeyPolicy",
    "GetKeyRotationStatus",
    "ListGrants",
    "ListKeyPolicies",
    "ListKeyRotations",
    "ListResourceTags",
    "PutKeyPolicy",
    "RevokeGrant",
    "RotateKeyOnDemand",
    "ScheduleKeyDeletion",
    "TagResource",
    "UntagResource",
    "UpdateAlias",
    "UpdateKeyDescription",
)
_OF_A_TABLE: Final = (
    "CreateGrant",
    "Encrypt",
    "GenerateDataKeyWithoutPlaintext",
    "ReEncryptFrom",
    "ReEncryptTo",
)
_USE: Final = ("Decrypt", "GenerateDataKey")
_OF_LOGS: Final = ("GenerateDataKey?*", "ReEncryptFrom", "ReEncryptTo")


def _on_the_key(
    differs: Difference, principal: str, action: str, why: str, via: str = "*"
) -> Beyond:
    return Beyond(
        differs=differs,
        kind="resource",
        principal=principal,
        action=f"kms:{action}",
        resource=_KEYS,
        why=why,
        keys={} if via == "*" else {_VIA: f"{via}.{REGION}.amazonaws.com"},
    )


KEY_USERS: Final = (
    *(
        _on_the_key("action", _ACCOUNT, action, "IAM of the account decides who administers it")
        for action in _ADMINISTRATION
    ),
    *(
        _on_the_key("action", _ACCOUNT, action, "IAM decides who may make tables", "dynamodb")
        for action in _OF_A_TABLE
    ),
    *(
        _on_the_key("principal", _ACCOUNT, action, "IAM decides who may use queues", "sqs")
        for action in _USE
    ),
    *(
        _on_the_key("principal", _ACCOUNT, action, "IAM decides who may publish", "sns")
        for action in _USE
    ),
    _on_the_key("principal", _ACCOUNT, "Decrypt", "IAM decides who may read tables", "dynamodb"),
    _on_the_key("principal", _ACCOUNT, "DescribeKey", "IAM decides who administers it"),
    *(
        _on_the_key("action", _ACCOUNT, "GenerateDataKey", "IAM decides who may send", via)
        for via in ("dynamodb", "sqs")
    ),
    *(
        _on_the_key(
            "principal", "events.amazonaws.com", action, "queues say which rules send to them"
        )
        for action in _USE
    ),
    *(
        _on_the_key("action", "logs.*", action, "CloudWatch Logs documents that it needs it")
        for action in _OF_LOGS
    ),
    _on_the_key(
        "action",
        "cloudwatch.amazonaws.com",
        "GenerateDataKey?*",
        "the pattern is documented",
    ),
    _on_the_key(
        "action", "vpce.amazonaws.com", "GenerateDataKey?*", "PrivateLink documents the pattern"
    ),
)
