"""Allowed principals of endpoint services, in the service provider's account."""

import re
from collections.abc import Iterable
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

from privatelink.gateways.calls import LARGEST_PAGE, translated_errors
from privatelink.model import AccountId, ServiceId

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client

_ACCOUNT_ROOT: Final = re.compile(r"arn:[a-z-]+:iam::([0-9]{12}):root")
_PRINCIPALS_PER_CALL: Final = 50
"""EC2 documents no limit for ModifyVpcEndpointServicePermissions."""


class AllowedPrincipals:
    """Who may create endpoints of the services of one account and Region.

    Only roots of accounts are known here: roles, users and `*` are never ours.
    """

    def __init__(self, ec2: "EC2Client") -> None:
        self._ec2 = ec2

    def describe_vpc_endpoint_service_permissions(
        self, service_id: ServiceId
    ) -> frozenset[AccountId]:
        """Return the accounts whose roots are allowed."""
        with translated_errors("DescribeVpcEndpointServicePermissions"):
            pages = self._ec2.get_paginator("describe_vpc_endpoint_service_permissions").paginate(
                ServiceId=service_id, PaginationConfig=LARGEST_PAGE
            )
            principals = [
                row.get("Principal", "") for page in pages for row in page["AllowedPrincipals"]
            ]
        return frozenset(
            AccountId(match[1]) for each in principals if (match := _ACCOUNT_ROOT.fullmatch(each))
        )

    def modify_vpc_endpoint_service_permissions(
        self, service_id: ServiceId, *, add: Iterable[AccountId], remove: Iterable[AccountId]
    ) -> None:
        """Allow the roots of some accounts, and those of others no more."""
        chunks = zip_longest(self._chunks(add), self._chunks(remove), fillvalue=())
        for added, removed in chunks:
            with translated_errors("ModifyVpcEndpointServicePermissions"):
                self._ec2.modify_vpc_endpoint_service_permissions(
                    ServiceId=service_id,
                    AddAllowedPrincipals=added,
                    RemoveAllowedPrincipals=removed,
                )

    def _chunks(self, account_ids: Iterable[AccountId]) -> list[tuple[str, ...]]:
        arns = [
            f"arn:{self._ec2.meta.partition}:iam::{account_id}:root"
            for account_id in sorted(account_ids)
        ]
        size = _PRINCIPALS_PER_CALL
        return [tuple(arns[start : start + size]) for start in range(0, len(arns), size)]
