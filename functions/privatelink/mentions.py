"""Finds the ids of AWS resources in texts, wherever they stand."""

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from privatelink.model import ServiceId, VpcEndpointId

# Within JSON, what an escape ends with is no part of a word.
_BEGINS: Final = r"(?:(?<![0-9A-Za-z-])|(?<=\\[bfnrt])|(?<=\\u[0-9a-fA-F]{4}))"
_SERVICE_ID: Final = re.compile(_BEGINS + r"vpce-svc-[0-9a-f]{8,17}(?![0-9A-Za-z])")
_VPC_ENDPOINT_ID: Final = re.compile(_BEGINS + r"vpce-[0-9a-f]{8,17}(?![0-9A-Za-z])")


def find_service_ids(text: str) -> "frozenset[ServiceId]":
    """Return the `vpce-svc-…` ids that stand anywhere in a text."""
    return frozenset(_SERVICE_ID.findall(text))


def find_vpc_endpoint_ids(text: str) -> "frozenset[VpcEndpointId]":
    """Return the `vpce-…` ids that stand anywhere in a text."""
    return frozenset(_VPC_ENDPOINT_ID.findall(text))
