"""Attacks on whatever else there is in the consumer's account."""

from typing import Final

from sandbox.accounts import CONSUMER, REGION
from tests.security.attacked.attacks import Attack, Parameters
from tests.security.attacked.attacks_on_groups import OnConsumer
from tests.security.attacked.consumers_things import ELSEWHERE, ConsumersThings

_NOTHING_ELSE: Final = "the roles are for endpoints, their groups and their parameters"
_ITSELF: Final = "a role that can change itself has no limits"
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


def _call(
    what: str,
    service: str,
    operation: str,
    parameters: Parameters[ConsumersThings] = lambda _: {},
    *,
    why: str = _NOTHING_ELSE,
    region: str = REGION,
) -> OnConsumer:
    return Attack(
        what=what,
        why=why,
        service=service,
        operation=operation,
        parameters=parameters,
        region=region,
    )


def _assuming(role: str) -> Parameters[ConsumersThings]:
    return lambda things: {"RoleArn": getattr(things, role), "RoleSessionName": "attack"}


def _describing(*nouns: str, region: str = REGION) -> tuple[OnConsumer, ...]:
    where = "" if region == REGION else " in a Region without endpoints"
    return tuple(
        _call(
            f"describes {noun.replace('_', ' ')}{where}", "ec2", f"describe_{noun}", region=region
        )
        for noun in nouns
    )


ELSEWHERE_IN_THE_ACCOUNT: Final[tuple[OnConsumer, ...]] = (
    *_describing(*_DESCRIBED_BY_NOBODY),
    *_describing(
        *_DESCRIBED_BY_INGRESS, *_DESCRIBED_BY_ADDRESSES, "vpc_endpoints", region=ELSEWHERE
    ),
    _call(
        "changes the policy of its role",
        "iam",
        "put_role_policy",
        lambda things: {
            "RoleName": things.role,
            "PolicyName": "attack",
            "PolicyDocument": _ANYBODY,
        },
        why=_ITSELF,
    ),
    _call(
        "adds an administrator's policy to its role",
        "iam",
        "attach_role_policy",
        lambda things: {
            "RoleName": things.role,
            "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess",
        },
        why=_ITSELF,
    ),
    _call(
        "has its role trust somebody else",
        "iam",
        "update_assume_role_policy",
        lambda things: {"RoleName": things.role, "PolicyDocument": _ANYBODY},
        why=_ITSELF,
    ),
    _call(
        "has its sessions last longer",
        "iam",
        "update_role",
        lambda things: {"RoleName": things.role, "MaxSessionDuration": 43200},
        why=_ITSELF,
    ),
    _call(
        "reads its role",
        "iam",
        "get_role",
        lambda things: {"RoleName": things.role},
        why="with the trust policy it would read the external id",
    ),
    _call("lists roles", "iam", "list_roles"),
    _call("makes a user", "iam", "create_user", lambda _: {"UserName": "attack"}),
    _call(
        "makes a role",
        "iam",
        "create_role",
        lambda _: {"RoleName": "attack-made", "AssumeRolePolicyDocument": _ANYBODY},
    ),
    *(
        _call(
            f"assumes {whose}",
            "sts",
            "assume_role",
            _assuming(role),
            why="from here there is no way further",
        )
        for whose, role in {
            "a role that trusts the whole account": "open_role",
            "a role of another account": "open_role_elsewhere",
        }.items()
    ),
    _call("lists secrets", "secretsmanager", "list_secrets"),
    _call(
        "reads a secret",
        "secretsmanager",
        "get_secret_value",
        lambda things: {"SecretId": things.secret},
    ),
    _call("lists buckets", "s3", "list_buckets"),
    _call("lists a bucket", "s3", "list_objects_v2", lambda things: {"Bucket": things.bucket}),
    _call(
        "reads a file",
        "s3",
        "get_object",
        lambda things: {"Bucket": things.bucket, "Key": "attack"},
    ),
    _call("lists keys", "kms", "list_keys"),
    _call(
        "encrypts with a key",
        "kms",
        "encrypt",
        lambda things: {"KeyId": things.key_id, "Plaintext": b"attack"},
    ),
    _call("describes a key", "kms", "describe_key", lambda things: {"KeyId": things.key_id}),
    _call("lists log groups", "logs", "describe_log_groups"),
    _call(
        "reads logs",
        "logs",
        "filter_log_events",
        lambda things: {"logGroupName": things.log_group},
    ),
    _call(
        "deletes logs",
        "logs",
        "delete_log_group",
        lambda things: {"logGroupName": things.log_group},
    ),
    _call("looks events up", "cloudtrail", "lookup_events"),
    _call("stops a trail", "cloudtrail", "stop_logging", lambda _: {"Name": "attack"}),
    _call("lists functions", "lambda", "list_functions"),
    _call("lists tables", "dynamodb", "list_tables"),
    _call("lists queues", "sqs", "list_queues"),
    _call("lists topics", "sns", "list_topics"),
    _call(
        "puts events on the account's bus",
        "events",
        "put_events",
        lambda _: {"Entries": [{"Source": "attack", "DetailType": "attack", "Detail": "{}"}]},
    ),
    _call(
        "has events forwarded elsewhere",
        "events",
        "put_rule",
        lambda _: {"Name": "attack", "EventPattern": '{"source": ["attack"]}'},
    ),
    _call("lists stacks", "cloudformation", "list_stacks"),
    _call(
        "deletes the stack that its role is of",
        "cloudformation",
        "delete_stack",
        lambda things: {"StackName": things.stack},
        why="revoking is for the consumer, and so is keeping",
    ),
    _call(
        "runs an instance",
        "ec2",
        "run_instances",
        lambda _: {"ImageId": "ami-0123456789abcdef0", "MinCount": 1, "MaxCount": 1},
    ),
    _call(
        "changes a route table",
        "ec2",
        "create_route_table",
        lambda things: {"VpcId": things.vpc_id},
    ),
    _call(
        "makes an endpoint",
        "ec2",
        "create_vpc_endpoint",
        lambda things: {
            "VpcId": things.vpc_id,
            "ServiceName": f"com.amazonaws.{REGION}.s3",
            "VpcEndpointType": "Gateway",
        },
    ),
    _call(
        "describes organizations",
        "organizations",
        "describe_account",
        lambda _: {"AccountId": CONSUMER},
    ),
)
"""Whoever has any role in a consumer's account is refused these."""

NOT_FOR_INGRESS: Final = _describing(*_DESCRIBED_BY_ADDRESSES)
NOT_FOR_ADDRESSES: Final = _describing(*_DESCRIBED_BY_INGRESS)
