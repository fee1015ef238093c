"""CIDR blocks as EC2 stores them."""

from ipaddress import ip_network


def canonical(cidr: str) -> str:
    """Return the CIDR without host bits; what is no CIDR comes back for moto to refuse."""
    try:
        return str(ip_network(cidr, strict=False))
    except ValueError:
        return cidr
