"""Network Load Balancers of an endpoint service, in the service provider's account."""

from typing import TYPE_CHECKING, Final

from privatelink.gateways.calls import translated_errors
from privatelink.model import EndpointService, LoadBalancerArn, Port

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mypy_boto3_elbv2 import ElasticLoadBalancingv2Client

# https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-listeners.html
_IP_PROTOCOLS: "Final[Mapping[str, tuple[str, ...]]]" = {
    "TCP": ("tcp",),
    "TLS": ("tcp",),
    "UDP": ("udp",),
    "TCP_UDP": ("tcp", "udp"),
    "QUIC": ("udp",),
    "TCP_QUIC": ("tcp", "udp"),
}


class LoadBalancers:
    """The load balancers of one account and Region."""

    def __init__(self, elbv2: "ElasticLoadBalancingv2Client") -> None:
        self._elbv2 = elbv2

    def listening_ports(self, service: EndpointService) -> frozenset[Port]:
        """Return the ports on which any of the service's load balancers listens."""
        return frozenset(
            port for arn in service.load_balancer_arns for port in self._describe_listeners(arn)
        )

    def _describe_listeners(self, arn: LoadBalancerArn) -> "Iterator[Port]":
        with translated_errors("DescribeListeners"):
            pages = self._elbv2.get_paginator("describe_listeners").paginate(LoadBalancerArn=arn)
            for page in pages:
                for row in page["Listeners"]:
                    # A listener of a protocol that AWS adds later opens nothing.
                    for protocol in _IP_PROTOCOLS.get(row.get("Protocol", ""), ()):
                        number = row["Port"]
                        yield Port(protocol=protocol, from_port=number, to_port=number)
