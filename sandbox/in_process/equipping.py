"""Gets at the objects that a function is made of."""

from collections.abc import Iterator, Mapping
from typing import Final

PACKAGES: Final = (
    "accept_endpoint_connections",
    "authorize_security_group_ingress",
    "notify_people",
    "privatelink",
    "publish_endpoint_addresses",
    "relay_connection_notifications",
    "validate_allowlist",
)
"""Packages whose objects may carry a clock."""


def parts(root: object) -> Iterator[object]:
    """Yield an object of the functions, and all of theirs that it is made of."""
    seen: set[int] = set()
    todo = [root]
    while todo:
        each = todo.pop()
        if id(each) not in seen and type(each).__module__.startswith(PACKAGES):
            seen.add(id(each))
            yield each
            todo += attributes_of(each).values()


def attributes_of(each: object) -> dict[str, object]:
    """Return what an object has as its own."""
    return dict(getattr(each, "__dict__", {}))


def put(each: object, name: str, value: object) -> None:
    """Set an attribute of an object, frozen as it may be: that is meant for the functions."""
    object.__setattr__(each, name, value)


def equip(root: object, attributes: Mapping[str, object]) -> None:
    """Set attributes, such as a clock, on an object of the functions and on all it is made of."""
    for each in parts(root):
        for name in attributes_of(each).keys() & attributes.keys():
            put(each, name, attributes[name])
