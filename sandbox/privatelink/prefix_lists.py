"""Managed prefix lists: their descriptions, and how much one counts as a security group rule."""

from typing import Final

from moto.core.responses import ActionResult
from moto.ec2.models.managed_prefixes import ManagedPrefixList
from moto.ec2.responses import EC2Response

from sandbox.privatelink import refusals
from sandbox.privatelink.listing import Filters, Pages, paged

STRICTLY_ONE_TO_A_HUNDRED: Final = Pages(1, 100, refuses_above=True)
"""DescribeManagedPrefixLists documents these bounds; that no size means the upper is inferred."""

FILTERS: Final = Filters[ManagedPrefixList](
    {
        "owner-id": lambda each: [each.owner_id],
        "prefix-list-id": lambda each: [each.id],
        "prefix-list-name": lambda each: [each.prefix_list_name or ""],
    },
    refusal="InvalidParameterValue",
)

WEIGHTS: Final = {
    "cloudfront.origin-facing": 55,
    "dynamodb": 1,
    "ec2-instance-connect": 2,
    "groundstation": 5,
    "route53-healthchecks": 25,
    "s3": 1,
    "s3express": 6,
    "vpc-lattice": 10,
}
"""AWS-managed lists have no maximum of entries but a weight (VPC user guide, "AWS-managed prefix
list weight"). The names are `com.amazonaws.REGION.NAME` with `global` for a Region in some, and
`ipv6.` before the name in those of IPv6."""


def describe_managed_prefix_lists(request: EC2Response) -> ActionResult:
    """Describe the account's lists and AWS's own; the latter have no `MaxEntries`.

    That an unknown id is refused, and with which code, is inferred.
    """
    request.error_on_dryrun()
    asked = request.params.get("PrefixListIds", [])
    lists = request.ec2_backend.describe_managed_prefix_lists(prefix_list_ids=asked)
    for each in asked:
        if each not in {prefix_list.id for prefix_list in lists}:
            raise refusals.unknown_prefix_list(each)
    found = FILTERS(lists, request.params.get("Filters", []))
    return paged(request, found, STRICTLY_ONE_TO_A_HUNDRED, key="PrefixLists")


def weight(prefix_list: ManagedPrefixList) -> int:
    """Return as how many rules a rule with this list counts.

    It is the maximum of entries, or the weight of AWS's own list; one, which is inferred, for a
    list that the guide does not name.
    """
    if prefix_list.max_entries:
        return int(prefix_list.max_entries)
    name = (prefix_list.prefix_list_name or "").removeprefix("com.amazonaws.").partition(".")[2]
    return WEIGHTS.get(name.removeprefix("ipv6."), 1)
