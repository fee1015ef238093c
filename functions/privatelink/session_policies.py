"""What each session in a consumer's account is for: its name, and the policy that narrows it.

A session may do what the role's policy and its own allow both, and the consumer's CloudTrail shows
its name with each call. So a session reads, or writes to one security group or one shelf of
parameters, and says for which service and endpoint. The lengths, and what a name is made of:
https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Final

from msgspec import Struct

from privatelink.model import Consumer, SecurityGroupId, ServiceId

POLICY_LENGTH: Final = 2048
"""AssumeRole takes no longer policy."""
NAME_LENGTH: Final = 64
"""Nor a longer name, which is of letters, digits and `_+=,.@-`."""

_ROOM: Final = POLICY_LENGTH // 2
"""STS packs a policy, too, within a limit that it does not tell: half of the text is left free."""

_ENDPOINT_ID: Final = re.compile(r"vpce-[0-9a-f]{8,17}")
_EVERYTHING: Final = ("*",)
"""The resources of actions that know none."""
_ALL_RULES: Final = "security-group-rule/*"


class Grant(Struct, frozen=True, kw_only=True):
    """Actions of one service that a session may perform.

    `resources` are of the consumer's account and Region, as in `security-group/sg-…`; without any
    nothing is granted.
    """

    actions: tuple[str, ...]
    resources: tuple[str, ...]


class Purpose(Struct, frozen=True, kw_only=True):
    """What a session is for; `fallback` is granted where the grants would be too long a text."""

    name: str
    grants: tuple[Grant, ...]
    fallback: tuple[Grant, ...] = ()

    def policy(self, partition: str, consumer: Consumer) -> str:
        """Return the session policy for one account and Region, as JSON."""
        policy = _document(self.grants, partition, consumer)
        if len(policy) > _ROOM and self.fallback:
            return _document(self.fallback, partition, consumer)
        return policy


READ_RULES: Final = Grant(
    actions=(
        "ec2:DescribeManagedPrefixLists",
        "ec2:DescribeSecurityGroupRules",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeVpcEndpoints",
    ),
    resources=_EVERYTHING,
)
"""What inbound rules are planned by."""

READ_SURROUNDINGS: Final = Grant(
    actions=(
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeRouteTables",
        "ec2:DescribeVpcEndpoints",
        "ec2:DescribeVpcs",
    ),
    resources=_EVERYTHING,
)
"""What tells the addresses of endpoints, and whether answers find their way."""


def to_read_rules(service_id: ServiceId) -> Purpose:
    """Return the purpose of a session that looks at the rules of a service's endpoints."""
    return Purpose(name=_name("ingress", service_id), grants=(READ_RULES,))


def to_write_rules(
    service_id: ServiceId,
    endpoint_ids: Iterable[str],
    group_id: SecurityGroupId,
    *,
    authorizes: bool,
    revokes: bool,
) -> Purpose:
    """Return the purpose of a session that changes the rules of one security group.

    IAM cannot tell single rules apart when they are revoked, which is granted only if some are:
    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
    """
    group = f"security-group/{group_id}"
    authorize = Grant(actions=("ec2:AuthorizeSecurityGroupIngress",), resources=(group, _ALL_RULES))
    tag = Grant(actions=("ec2:CreateTags",), resources=(_ALL_RULES,))
    revoke = Grant(actions=("ec2:RevokeSecurityGroupIngress",), resources=(group,))
    return Purpose(
        name=_name("ingress", service_id, endpoint_ids),
        grants=(*((authorize, tag) if authorizes else ()), *((revoke,) if revokes else ())),
    )


def to_read_addresses(service_id: ServiceId, shelves: Iterable[str], prefix: str) -> Purpose:
    """Return the purpose of a session that looks at endpoints and what is published of them.

    More shelves than a policy has room for are read as all that is under the prefix.
    """
    return Purpose(
        name=_name("addresses", service_id),
        grants=(READ_SURROUNDINGS, _read_by_path(*(f"parameter{shelf}" for shelf in shelves))),
        fallback=(READ_SURROUNDINGS, read_parameters(prefix)),
    )


def to_write_addresses(
    service_id: ServiceId, endpoint_ids: Iterable[str], shelf: str, *, puts: bool, deletes: bool
) -> Purpose:
    """Return the purpose of a session that puts and deletes parameters on one shelf."""
    actions = [
        *(["ssm:PutParameter"] if puts else []),
        *(["ssm:DeleteParameters"] if deletes else []),
    ]
    return Purpose(
        name=_name("addresses", service_id, endpoint_ids),
        grants=(Grant(actions=tuple(actions), resources=(f"parameter{shelf}/*",)),),
    )


def read_parameters(prefix: str) -> Grant:
    """Grant reading all paths under a prefix."""
    return _read_by_path(f"parameter{prefix}/*")


def _read_by_path(*resources: str) -> Grant:
    """Grant reading paths, each of which counts as the parameter of that name.

    No page of AWS says so, but refusals name the path itself and no trailing slash, as in
    https://github.com/aws/aws-dotnet-extensions-configuration/issues/108
    """
    return Grant(actions=("ssm:GetParametersByPath",), resources=resources)


def _name(part: str, service_id: ServiceId, endpoint_ids: Iterable[str] = ()) -> str:
    """Name a session by its service and, if it writes, the first endpoint and how many more.

    Endpoints come from tags and values that the consumer may have edited: what is no id is left out
    and so cannot have the name, and with it the session, refused.
    """
    first, *others = sorted(set(filter(_ENDPOINT_ID.fullmatch, endpoint_ids))) or [""]
    more = f"+{len(others)}" if others else ""
    return ".".join(filter(None, (part, service_id, first))) + more


def _document(grants: Iterable[Grant], partition: str, consumer: Consumer) -> str:
    statements = [_statement(grant, partition, consumer) for grant in grants if grant.resources]
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, separators=(",", ":"))


def _statement(grant: Grant, partition: str, consumer: Consumer) -> Mapping[str, object]:
    service = grant.actions[0].partition(":")[0]
    place = f"arn:{partition}:{service}:{consumer.region}:{consumer.account_id}"
    resources = [f"{place}:{resource}" for resource in grant.resources]
    if grant.resources == _EVERYTHING:
        resources = list(_EVERYTHING)
    return {"Effect": "Allow", "Action": grant.actions, "Resource": resources}
