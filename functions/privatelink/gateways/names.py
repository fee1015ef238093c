"""Names of endpoints in DNS.

The Regional name of an interface endpoint resolves to the private addresses of its network
interfaces, from anywhere (PrivateLink guide, "Access an AWS service using an interface VPC
endpoint").
"""

import socket


def resolve(name: str) -> tuple[str, ...]:
    """Return the IPv4 addresses of a name; none if it has none, or DNS does not answer."""
    try:
        found = socket.getaddrinfo(name, None, family=socket.AF_INET, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ()
    return tuple(sorted({str(address[0]) for *_, address in found}))
