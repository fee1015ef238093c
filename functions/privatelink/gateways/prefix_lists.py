"""Managed prefix lists, in a service consumer's account."""

from collections.abc import Iterable, Mapping
from itertools import batched
from typing import TYPE_CHECKING, Final

from privatelink.gateways.calls import FILTER_VALUES, translated_errors
from privatelink.model import PrefixList

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_ec2.type_defs import PaginatorConfigTypeDef

# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeManagedPrefixLists.html
_LARGEST_PAGE: "Final[PaginatorConfigTypeDef]" = {"PageSize": 100}


class PrefixLists:
    """The prefix lists that one account sees in one Region: its own, shared ones and AWS's."""

    def __init__(self, ec2: "EC2Client") -> None:
        self._ec2 = ec2

    def describe_managed_prefix_lists(self, ids: Iterable[str]) -> Mapping[str, PrefixList]:
        """Return the prefix lists of these ids, without those that the account does not see."""
        found = {}
        for chunk in batched(sorted(set(ids)), FILTER_VALUES, strict=False):
            with translated_errors("DescribeManagedPrefixLists"):
                # A filter and not the ids themselves: one unknown id would fail the whole call.
                pages = self._ec2.get_paginator("describe_managed_prefix_lists").paginate(
                    Filters=[{"Name": "prefix-list-id", "Values": list(chunk)}],
                    PaginationConfig=_LARGEST_PAGE,
                )
                rows = [row for page in pages for row in page["PrefixLists"]]
            for row in rows:
                found[row["PrefixListId"]] = PrefixList(
                    prefix_list_id=row["PrefixListId"],
                    name=row.get("PrefixListName", ""),
                    address_family=row.get("AddressFamily", "IPv4"),
                    max_entries=row.get("MaxEntries"),
                )
        return found
