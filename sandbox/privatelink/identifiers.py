"""Ids and names of new resources, in the shape of AWS's."""

import secrets
import string
from typing import Final

_LABEL: Final = string.ascii_lowercase + string.digits


def new_id(prefix: str) -> str:
    """Return an id: what kind of resource it is, and seventeen hexadecimal digits."""
    return f"{prefix}-{secrets.token_hex(9)[:17]}"


def new_label() -> str:
    """Return the eight characters that end the name of an endpoint in DNS."""
    return "".join(secrets.choice(_LABEL) for _ in range(8))
