"""Which inbound rules stand in security groups, by two answers of which either may be out of date.

EC2 shows the rules of groups with the groups, without their ids and tags; and by their tags those
of ours. Either may already, or still, show what the other does not.
"""

from collections.abc import Collection, Iterable, Mapping

from privatelink.model import IngressRule, SecurityGroup, SecurityGroupId, SecurityGroupRule


def rules_there(
    ours: Iterable[SecurityGroupRule], groups: Mapping[SecurityGroupId, SecurityGroup]
) -> Mapping[SecurityGroupId, Collection[IngressRule]]:
    """Return the inbound rules of each group.

    What both answers have is one rule: EC2 takes no two of the same identity, whatever their
    descriptions and tags.
    """
    there = {group_id: set(group.rules) for group_id, group in groups.items()}
    for rule in ours:
        there.setdefault(rule.group_id, set()).add(rule.ingress)
    return there


def certainly_there(
    ours: Iterable[SecurityGroupRule],
    revoke: Iterable[SecurityGroupRule],
    groups: Mapping[SecurityGroupId, SecurityGroup],
) -> Collection[IngressRule]:
    """Return the rules that need not be authorized while those in `revoke` are revoked.

    Where a group does not show one of these, what it shows instead may be that very rule as it was
    before somebody edited it. To authorize what is there after all does no harm.
    """
    behind = {rule.group_id for rule in revoke if rule.ingress not in groups[rule.group_id].rules}
    shown = {rule for i, group in groups.items() if i not in behind for rule in group.rules}
    return shown | {rule.ingress for rule in ours}
