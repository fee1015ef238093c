"""Makes sure, before any write, that rules fit into a security group.

A group has a quota of inbound rules for each IP family. What is authorized goes in before anything
is revoked, so that no listed source is cut; only where the sum in between would be too much, rules
that let no listed source in are revoked first.
"""

from collections.abc import Collection, Iterable, Mapping
from ipaddress import ip_network
from typing import Final

from msgspec import Struct

from privatelink.findings import Finding, FindingKind
from privatelink.model import (
    IngressRule,
    Port,
    PrefixList,
    SecurityGroupId,
    SecurityGroupRule,
    VpcEndpointId,
)
from privatelink.quotas import RULES_PER_GROUP, weight

_WITH_PORTS: Final = frozenset({"tcp", "udp"})


class GroupPlan(Struct, frozen=True, kw_only=True):
    """What is done to one group, in this order.

    Rules of `revoke_first` make room; of `revoke_last` some may still let a listed source in until
    the rules in `authorize` are there.
    """

    group_id: SecurityGroupId
    revoke_first: tuple[SecurityGroupRule, ...] = ()
    authorize: Mapping[IngressRule, VpcEndpointId]
    revoke_last: tuple[SecurityGroupRule, ...] = ()
    desired: frozenset[IngressRule]

    @property
    def revoke(self) -> tuple[SecurityGroupRule, ...]:
        """All rules that go."""
        return (*self.revoke_first, *self.revoke_last)

    @property
    def harmless(self) -> tuple[SecurityGroupRule, ...]:
        """Rules of `revoke_last` that let no listed source in, authorized or not."""
        return tuple(r for r in self.revoke_last if not lets_in_any(r.ingress, self.desired))


def lets_in_any(rule: IngressRule, desired: Iterable[IngressRule]) -> bool:
    """Whether a rule admits an address to a port that a desired rule is to admit it to."""
    if not rule.cidr:
        # One of ours that was edited by hand, and lets in who knows whom.
        return True
    network = ip_network(rule.cidr)
    return any(
        _meet(rule.port, wanted.port)
        and network.version == (wanted_network := ip_network(wanted.cidr)).version
        and network.overlaps(wanted_network)
        for wanted in desired
    )


def _meet(one: Port, other: Port) -> bool:
    """Whether two ranges have a port in common; one of a protocol without ports may have any."""
    return one.protocol not in _WITH_PORTS or (
        one.protocol == other.protocol
        and one.from_port <= other.to_port
        and other.from_port <= one.to_port
    )


def fit(
    plan: GroupPlan,
    current: Iterable[IngressRule],
    prefix_lists: Mapping[str, PrefixList],
) -> GroupPlan | Finding:
    """Order a plan so that it never exceeds the group's quota, or say that it does not fit.

    `current` are all inbound rules of the group. A group that has more than the usual quota has
    been given a larger one, which is not known here: EC2 is left to judge.
    """
    there = _weights((rule for rule in current if rule not in plan.authorize), prefix_lists)
    added = _added(plan.authorize)
    if not plan.authorize or _within(there, added):
        return plan
    first = tuple(rule for rule in plan.revoke if not lets_in_any(rule.ingress, plan.desired))
    before = _weights((rule.ingress for rule in first), prefix_lists)
    leaving = _weights((rule.ingress for rule in plan.revoke), prefix_lists)
    if _within(there, added, before):
        last = tuple(rule for rule in plan.revoke if rule not in first)
        return GroupPlan(
            group_id=plan.group_id,
            revoke_first=first,
            authorize=plan.authorize,
            revoke_last=last,
            desired=plan.desired,
        )
    families = zip(("ipv4", "ipv6"), there, added, before, leaving, strict=True)
    return Finding(
        kind=FindingKind.SECURITY_GROUP_QUOTA,
        subject=plan.group_id,
        evidence={"quota": str(RULES_PER_GROUP)}
        | {
            family: f"{now} there, {more} to add, {less} to remove: {now + more - less},"
            f" and {now + more - early} on the way, where {early} can be removed before"
            for family, now, more, early, less in families
        },
    )


def refused(plan: GroupPlan, ours: Collection[SecurityGroupRule], answer: str) -> Finding:
    """Say that EC2 itself found no room for a plan that seemed to fit."""
    return Finding(
        kind=FindingKind.SECURITY_GROUP_QUOTA,
        subject=plan.group_id,
        evidence={
            "answer": answer,
            "rules": f"{len(ours)} of ours there, {len(plan.authorize)} to add",
        },
    )


def _within(
    there: tuple[int, int], added: tuple[int, int], removed: tuple[int, int] = (0, 0)
) -> bool:
    return all(
        more == 0 or now > RULES_PER_GROUP or now + more - less <= RULES_PER_GROUP
        for now, more, less in zip(there, added, removed, strict=True)
    )


def _weights(
    rules: Iterable[IngressRule], prefix_lists: Mapping[str, PrefixList]
) -> tuple[int, int]:
    weights = [weight(rule, prefix_lists) for rule in rules]
    return sum(v4 for v4, _ in weights), sum(v6 for _, v6 in weights)


def _added(rules: Iterable[IngressRule]) -> tuple[int, int]:
    sixes = [":" in rule.cidr for rule in rules]
    return len(sixes) - sum(sixes), sum(sixes)
