"""Which address of its subnet an endpoint network interface gets."""

from collections.abc import Collection
from ipaddress import AddressValueError, IPv4Address, IPv4Network
from typing import Final

RESERVED_AT_THE_START: Final = 4
RESERVED_AT_THE_END: Final = 1
"""The first four addresses and the last one of a subnet are AWS's own (VPC user guide)."""


class NoFreeAddressError(Exception):
    """Every usable address of the subnet is taken."""


class AddressUnusableError(Exception):
    """The address asked for is no address, outside the subnet, or one of AWS's own."""


class AddressInUseError(Exception):
    """The address asked for belongs to another network interface."""


def usable(subnet: IPv4Network) -> range:
    """Return the numbers of the addresses that a subnet has for its network interfaces."""
    first = int(subnet.network_address) + RESERVED_AT_THE_START
    return range(first, int(subnet.broadcast_address) + 1 - RESERVED_AT_THE_END)


def free_address(subnet: IPv4Network, used: Collection[str], *, start: int) -> str:
    """Return a free address, searching from the `start`-th usable one and around.

    Raises NoFreeAddressError.
    """
    numbers = usable(subnet)
    for step in range(len(numbers)):
        address = str(IPv4Address(numbers[(start + step) % len(numbers)]))
        if address not in used:
            return address
    raise NoFreeAddressError(str(subnet))


def wanted_address(subnet: IPv4Network, used: Collection[str], wanted: str) -> str:
    """Return `wanted` if an interface may have it.

    Raises AddressUnusableError or AddressInUseError.
    """
    try:
        number = int(IPv4Address(wanted))
    except AddressValueError as exc:
        raise AddressUnusableError(wanted) from exc
    if number not in usable(subnet):
        raise AddressUnusableError(wanted)
    if wanted in used:
        raise AddressInUseError(wanted)
    return wanted
