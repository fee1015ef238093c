"""What is next to what was recorded: the same request, but for one thing.

Each is an attempt that has to be refused, unless `beyond` says why it may be made. They come from
what happened, and know nothing of the policies.
"""

from collections.abc import Iterable, Iterator
from copy import replace
from dataclasses import dataclass
from typing import Final, Literal

from sandbox.accounts import PROVIDER, STRANGER
from sandbox.emulator.decisions import Decision, Values
from tests.security.least_privilege import reference
from tests.security.least_privilege.arns import OTHER_ACCOUNT, OTHER_NAME, neighbours
from tests.security.least_privilege.guarantees import GUARANTEES
from tests.security.least_privilege.values import other_values

_SERVICES: Final = (
    *("cloudwatch", "events", "lambda", "s3", "scheduler", "sns", "sqs", "vpce"),
    "logs.us-west-2",
)


type Difference = Literal["resource", "principal", "action", "key", "everything", "nothing"]


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """Something that must be refused, and in what it differs from what is recorded."""

    differs: Difference
    decision: Decision


def neighbouring(recorded: Iterable[Decision]) -> Iterator[Attempt]:
    """Change each recorded decision in one place at a time."""
    decisions = tuple(recorded)
    for decision in decisions:
        yield from _with_other_resources(decision)
        yield from _with_other_principals(decision)
        yield from _with_other_keys(Attempt(differs="key", decision=decision))
    for attempt in _other_actions(decisions):
        yield attempt
        if attempt.decision.kind == "resource":  # a statement may be for actions never recorded
            yield from _with_other_keys(attempt)


def _with_other_resources(decision: Decision) -> Iterator[Attempt]:
    """Only for a role's own policies: that of a resource is asked about no other."""
    if decision.kind == "identity":
        for arn in neighbours(decision.resource_arn):
            keys = _asked_in(arn, decision)
            changed = replace(decision, resource_arn=arn, keys=keys)
            yield Attempt(differs="resource", decision=changed)


def _asked_in(arn: str, decision: Decision) -> dict[str, Values]:
    """Return the keys of a request that is made where a resource is."""
    region = arn.split(":")[3]
    if region == decision.resource_arn.split(":")[3]:
        return dict(decision.keys)
    return {**decision.keys, "aws:RequestedRegion": region, "ec2:Region": region}


def _with_other_principals(decision: Decision) -> Iterator[Attempt]:
    if decision.kind == "identity":
        return
    for principal in _other_principals(decision.principal):
        yield Attempt(differs="principal", decision=as_another(principal, decision))


def as_another(principal: str, decision: Decision) -> Decision:
    """Return the same request of somebody else, who brings none of the principal's own keys."""
    keys = {
        name: value for name, value in decision.keys.items() if not name.startswith("aws:Principal")
    }
    return replace(decision, principal=principal, session="", keys=keys)


def _other_principals(principal: str) -> Iterator[str]:
    for service in _SERVICES:
        if principal != (name := f"{service}.amazonaws.com"):
            yield name
    yield f"arn:aws:iam::{OTHER_ACCOUNT}:root"
    yield f"arn:aws:iam::{OTHER_ACCOUNT}:role/{OTHER_NAME}"
    if principal.startswith("arn:") and not principal.endswith(":root"):
        account, _, name = principal.partition(":role/")
        yield f"{account}:root"
        yield f"{account}:role/{OTHER_NAME}"
        yield f"{account}:user/{OTHER_NAME}"
        yield f"{account}:role/{name}-2"
        yield f"arn:aws:iam::{STRANGER}:role/{name}"
    elif not principal.startswith("arn:"):
        yield f"arn:aws:iam::{PROVIDER}:role/{OTHER_NAME}"


def _with_other_keys(attempt: Attempt) -> Iterator[Attempt]:
    decision = attempt.decision
    for guarantee in GUARANTEES:
        if not guarantee.is_about(decision):
            continue
        for value in other_values(decision.keys.get(guarantee.key, ()), guarantee):
            others = {name: own for name, own in decision.keys.items() if name != guarantee.key}
            keys = {**others, guarantee.key: value} if value else others
            yield replace(attempt, decision=replace(decision, keys=keys))


def _other_actions(decisions: Iterable[Decision]) -> Iterator[Attempt]:
    """Try all actions that a service has on each resource, with the keys at hand.

    Actions that know no resources are tried on all of them, which is what IAM asks about. What is
    recorded of another resource differs in that alone.
    """
    recorded = {(d.kind, d.principal, d.action, d.resource_arn) for d in decisions}
    elsewhere = {each[:3] for each in recorded}
    for decision in _one_of_each_sort(decisions):
        for action, resource_arn in _actions(decision):
            if (decision.kind, decision.principal, action, resource_arn) not in recorded:
                changed = replace(decision, action=action, resource_arn=resource_arn)
                is_known = (decision.kind, decision.principal, action) in elsewhere
                yield Attempt(differs="resource" if is_known else "action", decision=changed)


def _one_of_each_sort(decisions: Iterable[Decision]) -> Iterator[Decision]:
    """Choose one decision for each resource and sort of session; those with tags have own keys."""
    seen = set[tuple[str, ...]]()
    for decision in decisions:
        service, _, own = decision.action.partition(":")
        sort = (
            decision.kind,
            decision.principal,
            decision.session.partition(".")[0],
            service,
            decision.resource_arn,
            str("Tags" in own),
        )
        if sort not in seen:
            seen.add(sort)
            yield decision


def _actions(decision: Decision) -> Iterator[tuple[str, str]]:
    """Return the actions of the decision's service with the resource that each is about."""
    for action in reference.actions(decision.action.partition(":")[0]):
        if decision.kind != "identity" or reference.has_resource_level(action):
            yield action, decision.resource_arn
        else:
            yield action, "*"
