"""How much of a security group's quota a rule takes up."""

import re
from collections.abc import Mapping
from typing import Final

from privatelink.model import IngressRule, PrefixList

RULES_PER_GROUP: Final = 60
"""Inbound rules of a security group, of IPv4 and of IPv6 each, unless AWS has raised the quota.

https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
"""

# https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html
_AWS_MANAGED: Final = re.compile(r"com\.amazonaws\.[a-z0-9-]+\.(?:ipv6\.)?(?P<service>.+)")
_AWS_MANAGED_WEIGHTS: Final[Mapping[str, int]] = {
    "cloudfront.origin-facing": 55,
    "dynamodb": 1,
    "ec2-instance-connect": 2,
    "groundstation": 5,
    "route53-healthchecks": 25,
    "s3": 1,
    "s3express": 6,
    "vpc-lattice": 10,
}


def weight(rule: IngressRule, prefix_lists: Mapping[str, PrefixList]) -> tuple[int, int]:
    """Return for how many IPv4 and IPv6 rules a rule counts; `prefix_lists` are by their ids.

    One whose source is a security group counts in both families, and so does one whose prefix list
    is not shown, since it may be of either.
    """
    if rule.cidr:
        return (0, 1) if ":" in rule.cidr else (1, 0)
    prefix_list = prefix_lists.get(rule.prefix_list_id)
    if prefix_list is None:
        return (1, 1)
    entries = _entries(prefix_list)
    return (0, entries) if prefix_list.address_family == "IPv6" else (entries, 0)


def _entries(prefix_list: PrefixList) -> int:
    """Return the weight of a prefix list; 1 where neither AWS nor its documentation tells."""
    # No customer may give a list such a name.
    match = _AWS_MANAGED.fullmatch(prefix_list.name)
    documented = _AWS_MANAGED_WEIGHTS.get(match["service"]) if match else None
    return documented or prefix_list.max_entries or 1
