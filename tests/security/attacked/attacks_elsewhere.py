"""Attacks on whatever else there is in the consumer's account."""

from typing import Final

from sandbox.accounts import CONSUMER, REGION
from tests.security.attacked.attacks import taking
from tests.security.attacked.consumers_things import ELSEWHERE, OnConsumer

_NOTHING_ELSE: Final = "the roles are for endpoints, their groups and their parameters"
_ANYBODY: Final = '{"Version": "2012-10-17", "Statement": []}'
_DESCRIBED_BY_INGRESS: Final = (
    "managed_prefix_lists",
    "security_group_rules",
    "security_groups",
)
_DESCRIBED_BY_ADDRESSES: Final = ("network_interfaces", "route_tables", "vpcs")
_DESCRIBED_BY_NOBODY: Final = (
    "addresses",
    "flow_logs",
    "images",
    "instances",
    "internet_gateways",
    "key_pairs",
    "network_acls",
    "snapshots",
    "subnets",
    "tags",
    "transit_gateways",
    "volumes",
    "vpc_endpoint_services",
    "vpc_peering_connections",
    "vpn_connections",
)


def _describing(*nouns: str, region: str = REGION) -> tuple[OnConsumer, ...]:
    where = "" if region == REGION else " in a Region without endpoints"
    return OnConsumer.because(
        _NOTHING_ELSE,
        *(
            (f"describes {noun.replace('_', ' ')}{where}", f"ec2:describe_{noun}", {})
            for noun in nouns
        ),
        region=region,
    )


ELSEWHERE_IN_THE_ACCOUNT: Final[tuple[OnConsumer, ...]] = (
    *_describing(*_DESCRIBED_BY_NOBODY),
    *_describing(
        *_DESCRIBED_BY_INGRESS, *_DESCRIBED_BY_ADDRESSES, "vpc_endpoints", region=ELSEWHERE
    ),
    *OnConsumer.because(
        "a role that can change itself has no limits",
        (
            "changes the policy of its role",
            "iam:put_role_policy",
            lambda things: {
                "RoleName": things.role,
                "PolicyName": "attack",
                "PolicyDocument": _ANYBODY,
            },
        ),
        (
            "adds an administrator's policy to its role",
            "iam:attach_role_policy",
            lambda things: {
                "RoleName": things.role,
                "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess",
            },
        ),
        (
            "has its role trust somebody else",
            "iam:update_assume_role_policy",
            lambda things: {"RoleName": things.role, "PolicyDocument": _ANYBODY},
        ),
        (
            "has its sessions last longer",
            "iam:update_role",
            lambda things: {"RoleName": things.role, "MaxSessionDuration": 43200},
        ),
    ),
    *OnConsumer.because(
        "with the trust policy it would read the external id",
        ("reads its role", "iam:get_role", lambda things: {"RoleName": things.role}),
    ),
    *OnConsumer.because(
        "from here there is no way further",
        (
            "assumes a role that trusts the whole account",
            "sts:assume_role",
            lambda things: taking(things.open_role),
        ),
        (
            "assumes a role of another account",
            "sts:assume_role",
            lambda things: taking(things.open_role_elsewhere),
        ),
    ),
    *OnConsumer.because(
        "revoking is for the consumer, and so is keeping",
        (
            "deletes the stack that its role is of",
            "cloudformation:delete_stack",
            lambda things: {"StackName": things.stack},
        ),
    ),
    *OnConsumer.because(
        _NOTHING_ELSE,
        ("lists roles", "iam:list_roles", {}),
        ("makes a user", "iam:create_user", {"UserName": "attack"}),
        (
            "makes a role",
            "iam:create_role",
            {"RoleName": "attack-made", "AssumeRolePolicyDocument": _ANYBODY},
        ),
        ("lists secrets", "secretsmanager:list_secrets", {}),
        (
            "reads a secret",
            "secretsmanager:get_secret_value",
            lambda things: {"SecretId": things.secret},
        ),
        ("lists buckets", "s3:list_buckets", {}),
        ("lists a bucket", "s3:list_objects_v2", lambda things: {"Bucket": things.bucket}),
        (
            "reads a file",
            "s3:get_object",
            lambda things: {"Bucket": things.bucket, "Key": "attack"},
        ),
        ("lists keys", "kms:list_keys", {}),
        (
            "encrypts with a key",
            "kms:encrypt",
            lambda things: {"KeyId": things.key_id, "Plaintext": b"attack"},
        ),
        ("describes a key", "kms:describe_key", lambda things: {"KeyId": things.key_id}),
        ("lists log groups", "logs:describe_log_groups", {}),
        (
            "reads logs",
            "logs:filter_log_events",
            lambda things: {"logGroupName": things.log_group},
        ),
        (
            "deletes logs",
            "logs:delete_log_group",
            lambda things: {"logGroupName": things.log_group},
        ),
        ("looks events up", "cloudtrail:lookup_events", {}),
        ("stops a trail", "cloudtrail:stop_logging", {"Name": "attack"}),
        ("lists functions", "lambda:list_functions", {}),
        ("lists tables", "dynamodb:list_tables", {}),
        ("lists queues", "sqs:list_queues", {}),
        ("lists topics", "sns:list_topics", {}),
        (
            "puts events on the account's bus",
            "events:put_events",
            {"Entries": [{"Source": "attack", "DetailType": "attack", "Detail": "{}"}]},
        ),
        (
            "has events forwarded elsewhere",
            "events:put_rule",
            {"Name": "attack", "EventPattern": '{"source": ["attack"]}'},
        ),
        ("lists stacks", "cloudformation:list_stacks", {}),
        (
            "runs an instance",
            "ec2:run_instances",
            {"ImageId": "ami-0123456789abcdef0", "MinCount": 1, "MaxCount": 1},
        ),
        (
            "changes a route table",
            "ec2:create_route_table",
            lambda things: {"VpcId": things.vpc_id},
        ),
        (
            "makes an endpoint",
            "ec2:create_vpc_endpoint",
            lambda things: {
                "VpcId": things.vpc_id,
                "ServiceName": f"com.amazonaws.{REGION}.s3",
                "VpcEndpointType": "Gateway",
            },
        ),
        ("describes organizations", "organizations:describe_account", {"AccountId": CONSUMER}),
    ),
)
"""Whoever has any role in a consumer's account is refused these."""

NOT_FOR_INGRESS: Final = _describing(*_DESCRIBED_BY_ADDRESSES)
NOT_FOR_ADDRESSES: Final = _describing(*_DESCRIBED_BY_INGRESS)
