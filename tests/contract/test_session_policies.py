"""What sessions in a consumer's account are narrowed to, against what the roles there allow."""

import json
import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, Final

import pytest
from policy_sentry.querying.actions import get_action_data

from console.gateways.readers import TO_EXAMINE
from console.rehearsal.consumers import to_rehearse
from privatelink.model import AccountId, Consumer, Region, SecurityGroupId, ServiceId
from privatelink.session_policies import (
    READ_RULES,
    READ_SURROUNDINGS,
    Purpose,
    to_read_addresses,
    to_read_rules,
    to_write_addresses,
    to_write_rules,
)
from tests.contract.stack import allowed, resources

TEMPLATE: Final = "consumer/template.yaml"
WHO: Final = Consumer(account_id=AccountId("111122223333"), region=Region("ap-northeast-1"))
SERVICE: Final = ServiceId("vpce-svc-0123456789abcdef0")
ENDPOINT: Final = "vpce-0123456789abcdef0"
SHELF: Final = "/privatelink/web"
VALUES: Final = {
    "AWS::Partition": "aws",
    "AWS::AccountId": WHO.account_id,
    "AWS::Region": WHO.region,
    "ParameterPrefix": "/privatelink",
}
INGRESS: Final = (
    to_read_rules(SERVICE),
    to_write_rules(SERVICE, [ENDPOINT], SecurityGroupId("sg-1"), authorizes=True, revokes=True),
)
ADDRESSES: Final = (
    to_read_addresses(SERVICE, [SHELF], "/privatelink"),
    to_read_addresses(SERVICE, [SHELF] * 99, "/privatelink"),
    to_write_addresses(SERVICE, [ENDPOINT], SHELF, puts=True, deletes=True),
)
CONSOLE: Final = (to_rehearse("/privatelink"), TO_EXAMINE)


def policy(purpose: Purpose) -> Iterator[tuple[str, str]]:
    """Yield each action with each resource that it is granted on."""
    for statement in json.loads(purpose.policy("aws", WHO))["Statement"]:
        for action in statement["Action"]:
            for resource in statement["Resource"]:
                yield action, resource


def listed(value: Any) -> list[Any]:  # noqa: ANN401 - a template's
    return value if isinstance(value, list) else [value]


def resolved(value: str | Mapping[str, str]) -> str:
    text = value if isinstance(value, str) else value["Fn::Sub"]
    return re.sub(r"\$\{([^}]+)\}", lambda found: VALUES[found[1]], text)


def allows(role: str, action: str, resource: str) -> bool:
    """Tell whether a role allows an action on a resource, or a pattern, at all."""
    return any(
        action in listed(statement["Action"])
        and any(fnmatchcase(resource, resolved(each)) for each in listed(statement["Resource"]))
        for policy in resources(TEMPLATE)[role]["Properties"]["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow"
    )


@pytest.mark.parametrize(
    ("role", "purpose"),
    [
        *(("ConsumerRole", each) for each in (*INGRESS, *ADDRESSES)),
        *(("ReaderRole", each) for each in CONSOLE),
    ],
)
def test_a_session_is_granted_nothing_that_the_role_does_not_allow(
    role: str, purpose: Purpose
) -> None:
    granted = list(policy(purpose))
    assert granted
    assert [each for each in granted if not allows(role, *each)] == []


@pytest.mark.parametrize(
    ("role", "purposes"), [("ConsumerRole", (*INGRESS, *ADDRESSES)), ("ReaderRole", CONSOLE)]
)
def test_a_role_allows_no_action_that_no_session_is_granted(
    role: str, purposes: tuple[Purpose, ...]
) -> None:
    assert allowed(role, TEMPLATE) == {action for each in purposes for action, _ in policy(each)}


def test_what_is_described_is_described_by_one_function_or_the_other() -> None:
    described = {each for each in allowed("ConsumerRole", TEMPLATE) if ":Describe" in each}
    assert described == {*READ_RULES.actions, *READ_SURROUNDINGS.actions}


@pytest.mark.parametrize(
    ("suffix", "purposes"),
    [
        ("-authorize-security-group-ingress", INGRESS),
        ("-publish-endpoint-addresses", ADDRESSES),
    ],
)
def test_the_role_trusts_sessions_by_the_names_that_they_have(
    suffix: str, purposes: tuple[Purpose, ...]
) -> None:
    trust = resources(TEMPLATE)["ConsumerRole"]["Properties"]["AssumeRolePolicyDocument"]
    (statement,) = (each for each in trust["Statement"] if suffix in json.dumps(each["Principal"]))
    names = statement["Condition"].get("StringLike", {}).get("sts:RoleSessionName", "*")
    assert all(any(fnmatchcase(each.name, n) for n in listed(names)) for each in purposes)


def test_iam_cannot_tell_rules_apart_when_they_are_revoked() -> None:
    # On the day it can, revoking is to be limited to rules with our tag, here and in the template.
    data = get_action_data("ec2", "RevokeSecurityGroupIngress")
    assert isinstance(data, dict)
    known = {row["resource_arn_format"].rpartition(":")[2] for row in data["ec2"]}
    # The row of "*" has the condition keys that do not depend on a resource.
    assert known - {"*"} == {"security-group/${SecurityGroupId}"}
