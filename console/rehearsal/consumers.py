"""Consumers' accounts in a rehearsal: read with the reader role, and changed in memory alone."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import replace
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from console.rehearsal.deeds import DeedKind, Notebook
from console.rehearsal.parameters import RehearsedParameters, Shelf
from console.rehearsal.states import States
from privatelink.gateways.accounts import ConsumerAccount
from privatelink.gateways.interface_endpoints import InterfaceEndpoints
from privatelink.gateways.security_groups import SecurityGroups
from privatelink.gateways.sessions import ConsumerSessions
from privatelink.ingress import sentence
from privatelink.model import (
    Consumer,
    IngressRule,
    InterfaceEndpoint,
    SecurityGroup,
    SecurityGroupId,
    SecurityGroupRule,
    SecurityGroupRuleId,
)
from privatelink.session_policies import (
    READ_RULES,
    READ_SURROUNDINGS,
    Purpose,
    read_parameters,
)

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_ssm import SSMClient

CONSOLE: Final = "privatelink-console"
"""The name that consumers' CloudTrail shows of the console."""


def to_rehearse(prefix: str) -> Purpose:
    """Return the purpose of a session that looks at whatever the functions look at."""
    grants = (READ_RULES, READ_SURROUNDINGS, read_parameters(prefix))
    return Purpose(name=CONSOLE, grants=grants)


class RehearsedEndpoints(InterfaceEndpoints):
    """Interface endpoints in the states that they come to."""

    def __init__(self, ec2: "EC2Client", states: States) -> None:
        super().__init__(ec2)
        self._states = states

    def describe_vpc_endpoints(self, *service_names: str) -> tuple[InterfaceEndpoint, ...]:
        """Return the endpoints as they are after what has been decided about them."""
        return tuple(
            replace(endpoint, state=self._states.after(endpoint.vpc_endpoint_id, endpoint.state))
            for endpoint in super().describe_vpc_endpoints(*service_names)
        )


@dataclass(frozen=True)
class Rules:
    """The inbound rules of an account that have been seen, added and removed on paper."""

    seen: dict[SecurityGroupRuleId, SecurityGroupRule] = field(default_factory=dict)
    added: dict[SecurityGroupRuleId, SecurityGroupRule] = field(default_factory=dict)
    gone: set[SecurityGroupRuleId] = field(default_factory=set)


@dataclass(frozen=True)
class Paper:
    """What becomes of one account and Region, and where it is noted."""

    consumer: Consumer
    notebook: Notebook
    states: States
    rules: Rules = field(default_factory=Rules)
    parameters: Shelf = field(default_factory=Shelf)


class RehearsedGroups(SecurityGroups):
    """Security groups whose rules are authorized and revoked on paper."""

    def __init__(self, ec2: "EC2Client", paper: Paper) -> None:
        super().__init__(ec2)
        self._paper = paper
        self._rules = paper.rules

    def describe_security_groups(
        self, group_ids: Iterable[SecurityGroupId]
    ) -> Mapping[SecurityGroupId, SecurityGroup]:
        """Return groups with the inbound rules that they have by now."""
        gone = {self._rules.seen[rule_id].ingress for rule_id in self._rules.gone}
        added = {i: rule.ingress for i, rule in self._rules.added.items()}
        there = frozenset(added[rule_id] for rule_id in added.keys() - self._rules.gone)
        return {
            group_id: replace(
                group, rules=group.rules - gone | {r for r in there if r.group_id == group_id}
            )
            for group_id, group in super().describe_security_groups(group_ids).items()
        }

    def describe_rules_with_tags(self, tags: Mapping[str, str]) -> tuple[SecurityGroupRule, ...]:
        """Return the inbound rules that carry all of these tags by now."""
        added = (rule for rule in self._rules.added.values() if tags.items() <= rule.tags.items())
        found = (*super().describe_rules_with_tags(tags), *added)
        rules = [rule for rule in found if rule.rule_id not in self._rules.gone]
        self._rules.seen.update((rule.rule_id, rule) for rule in rules)
        return tuple(rules)

    def authorize_security_group_ingress(
        self,
        group_id: SecurityGroupId,
        rules: Sequence[IngressRule],
        *,
        description: str,  # noqa: ARG002 - as EC2 is called
        tags: Mapping[str, str],
    ) -> None:
        """Note that rules would be added to a group."""
        for rule in rules:
            self._note(DeedKind.AUTHORIZE_INGRESS, group_id, sentence(rule))
            rule_id = SecurityGroupRuleId(f"sgr-rehearsed-{len(self._rules.added)}")
            self._rules.added[rule_id] = SecurityGroupRule(rule_id=rule_id, ingress=rule, tags=tags)

    def revoke_security_group_ingress(
        self, group_id: SecurityGroupId, rule_ids: Sequence[SecurityGroupRuleId]
    ) -> None:
        """Note that rules of a group would be removed."""
        for rule_id in rule_ids:
            rule = self._rules.seen[rule_id]
            self._note(DeedKind.REVOKE_INGRESS, group_id, sentence(rule.ingress))
        self._rules.gone.update(rule_ids)

    def _note(self, kind: DeedKind, group_id: SecurityGroupId, rule: str) -> None:
        value = rule.removeprefix(f"{group_id}: ")
        self._paper.notebook.note(kind, group_id, value, account=self._paper.consumer)


class RehearsedAccount(ConsumerAccount):
    """A consumer's account, changed on paper."""

    def __init__(
        self, ec2: "Callable[[], EC2Client]", ssm: "Callable[[], SSMClient]", paper: Paper
    ) -> None:
        super().__init__(ec2, ssm)
        self._paper = paper

    @cached_property
    def endpoints(self) -> InterfaceEndpoints:
        """The interface endpoints."""
        return RehearsedEndpoints(self._ec2, self._paper.states)

    @cached_property
    def groups(self) -> SecurityGroups:
        """The security groups."""
        return RehearsedGroups(self._ec2, self._paper)

    @cached_property
    def parameters(self) -> RehearsedParameters:
        """Parameter Store."""
        return RehearsedParameters(
            self._make_ssm(), self._paper.notebook, self._paper.consumer, self._paper.parameters
        )


@dataclass(frozen=True, kw_only=True)
class RehearsedSessions(ConsumerSessions):
    """Sessions that show each account as it is after what has been done there on paper."""

    notebook: Notebook
    states: States
    looking: Purpose
    _papers: dict[Consumer, Paper] = field(default_factory=dict)

    def enter(self, consumer: Consumer, purpose: Purpose) -> ConsumerAccount:  # noqa: ARG002 - as the functions enter
        """Assume the reader role of a consumer to look, whatever for, and return the account."""
        self._assume(consumer, self.looking)
        paper = self._papers.get(consumer) or Paper(consumer, self.notebook, self.states)
        self._papers[consumer] = paper
        return RehearsedAccount(
            ec2=lambda: self.ec2(consumer, self.looking),
            ssm=lambda: self.ssm(consumer, self.looking),
            paper=paper,
        )
