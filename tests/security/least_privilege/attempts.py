"""What must be refused: what is next to what was recorded, what is written here, what was tried.

The first kind comes from `neighbours`; the second is what a thief of a role's credentials would try
elsewhere; the third are the refusals that the other tests of this folder have caused.
"""

from collections.abc import Iterable, Iterator
from copy import replace
from typing import Final

from sandbox.accounts import CONSUMER, PROVIDER, REGION, STRANGER
from sandbox.emulator.decisions import Decision
from tests.security.least_privilege import reference
from tests.security.least_privilege.beyond import BEYOND
from tests.security.least_privilege.corpus import Corpus
from tests.security.least_privilege.documents import Policy
from tests.security.least_privilege.evaluation import Policies, holder
from tests.security.least_privilege.explaining import Beyond
from tests.security.least_privilege.narrowing import Change
from tests.security.least_privilege.neighbours import Attempt, as_another, neighbouring
from tests.security.least_privilege.widening import service_of

_STRANGER: Final = f"arn:aws:iam::{STRANGER}:role/any"
_ELSEWHERE: Final = (
    ("cloudformation:UpdateStack", "arn:aws:cloudformation:{region}:{account}:stack/any/1"),
    ("cloudtrail:StopLogging", "arn:aws:cloudtrail:{region}:{account}:trail/any"),
    ("dynamodb:Scan", "arn:aws:dynamodb:{region}:{account}:table/any"),
    (
        "ec2:AuthorizeSecurityGroupEgress",
        "arn:aws:ec2:{region}:{account}:security-group/sg-1",
    ),
    ("ec2:CreateSecurityGroup", "arn:aws:ec2:{region}:{account}:security-group/*"),
    ("ec2:CreateVpcEndpoint", "arn:aws:ec2:{region}:{account}:vpc-endpoint/*"),
    ("ec2:DescribeInstances", "*"),
    ("ec2:ModifySecurityGroupRules", "arn:aws:ec2:{region}:{account}:security-group/sg-1"),
    ("ec2:RunInstances", "arn:aws:ec2:{region}:{account}:instance/*"),
    ("iam:CreateAccessKey", "arn:aws:iam::{account}:user/any"),
    ("iam:ListRoles", "*"),
    ("iam:PassRole", "arn:aws:iam::{account}:role/any"),
    ("iam:PutRolePolicy", "arn:aws:iam::{account}:role/any"),
    ("kms:Decrypt", "arn:aws:kms:{region}:{account}:key/any"),
    ("kms:ScheduleKeyDeletion", "arn:aws:kms:{region}:{account}:key/any"),
    ("lambda:UpdateFunctionCode", "arn:aws:lambda:{region}:{account}:function:any"),
    ("logs:DeleteLogGroup", "arn:aws:logs:{region}:{account}:log-group:any"),
    ("logs:GetLogEvents", "arn:aws:logs:{region}:{account}:log-group:any:log-stream:any"),
    ("s3:GetObject", "arn:aws:s3:::any/any"),
    ("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:{region}:{account}:secret:any"),
    ("sns:Publish", "arn:aws:sns:{region}:{account}:any"),
    ("sqs:ReceiveMessage", "arn:aws:sqs:{region}:{account}:any"),
    ("ssm:GetParameter", "arn:aws:ssm:{region}:{account}:parameter/any"),
    ("sts:AssumeRole", "arn:aws:iam::{account}:role/any"),
)


def written(recorded: Iterable[Decision]) -> Iterator[Attempt]:
    """Let each role try what has nothing to do with it, in both accounts."""
    one_of_each = {d.principal: d for d in recorded if d.kind == "identity"}
    for decision in one_of_each.values():
        for action, resource in _ELSEWHERE:
            for account in (PROVIDER, CONSUMER):
                arn = resource.format(region=REGION, account=account)
                tried = replace(decision, action=action, resource_arn=arn)
                yield Attempt(differs="everything", decision=tried)


def by_strangers(recorded: Iterable[Decision]) -> Iterator[Attempt]:
    """Let a stranger do to each resource whatever its service can do, as its users do it."""
    users = {
        (decision.principal, decision.resource_arn): decision
        for decision in recorded
        if decision.kind == "resource" and decision.principal.startswith("arn:")
    }
    for decision in users.values():
        for action in reference.actions(service_of(decision.action)):
            stranger = replace(as_another(_STRANGER, decision), action=action)
            yield Attempt(differs="everything", decision=stranger)


def tried(recorded: Iterable[Decision]) -> Iterator[Attempt]:
    """Return what has been refused so far."""
    for decision in recorded:
        if not decision.allowed and decision.kind != "session":
            yield Attempt(differs="nothing", decision=decision)


def is_explained(attempt: Attempt) -> bool:
    """Tell whether an attempt would be let pass if a policy allowed it."""
    return any(row.covers(attempt) for row in BEYOND)


class Attempts:
    """All attempts on the policies of the stacks, and what the policies say to them."""

    def __init__(self, corpus: Corpus, refused: Iterable[Decision] = ()) -> None:
        self.policies = Policies.of(*corpus.policies)
        needed = corpus.needed()
        self.admitted = list[Attempt]()
        self._refused = dict[tuple[str, str, str], list[Attempt]]()
        for each in (*neighbouring(needed), *written(needed), *by_strangers(needed)):
            if self.policies.ask(each.decision):
                self._sort(each)
        for each in tried(refused):
            # What was refused while a test had a policy changed is none.
            if self.policies.ask(each.decision) and not self.policies.allow(each.decision):
                self._sort(each)

    def _sort(self, attempt: Attempt) -> None:
        decision = attempt.decision
        if self.policies.allow(decision):
            self.admitted.append(attempt)
        elif not is_explained(attempt):
            key = (decision.kind, holder(decision), service_of(decision.action))
            self._refused.setdefault(key, []).append(attempt)

    def unexplained(self) -> list[Attempt]:
        """Return what is allowed, though nothing needs it and nothing says why."""
        return [attempt for attempt in self.admitted if not is_explained(attempt)]

    def idle_rows(self) -> list[Beyond]:
        """Return the explanations that explain nothing."""
        return [row for row in BEYOND if not any(row.covers(attempt) for attempt in self.admitted)]

    def noticing(self, policy: Policy, change: Change) -> Attempt | None:
        """Return an attempt that the changed policy allows, if there is one."""
        changed = self.policies.changed(policy, change.document)
        concerned = self._concerning(policy, change.services)
        return next((each for each in concerned if changed.allow(each.decision)), None)

    def _concerning(self, policy: Policy, services: Iterable[str]) -> Iterator[Attempt]:
        for service in services:
            yield from self._refused.get((policy.kind, policy.holder, service), [])
        if policy.kind == "resource":
            # A Deny in a resource's policy is for roles, too, whose own policies allow.
            for (kind, _, service), refused in self._refused.items():
                if kind == "identity" and service in services:
                    yield from (a for a in refused if a.decision.resource_arn == policy.holder)

    def count(self) -> int:
        """Return how many attempts are refused."""
        return sum(map(len, self._refused.values()))
