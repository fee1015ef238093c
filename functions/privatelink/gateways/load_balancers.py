"""Network Load Balancers of an endpoint service, in the service provider's account."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import batched
from typing import TYPE_CHECKING, Final

from privatelink.gateways.calls import translated_errors
from privatelink.load_balancing import LoadBalancer, LoadBalancing, TargetGroup
from privatelink.model import (
    EndpointService,
    LoadBalancerArn,
    Port,
    SecurityGroupId,
    TargetGroupArn,
)

if TYPE_CHECKING:
    from mypy_boto3_elbv2 import ElasticLoadBalancingv2Client
    from mypy_boto3_elbv2.type_defs import (
        ListenerTypeDef,
        LoadBalancerTypeDef,
        PaginatorConfigTypeDef,
        TargetDescriptionTypeDef,
    )

# https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-listeners.html
_IP_PROTOCOLS: Final[Mapping[str, tuple[str, ...]]] = {
    "TCP": ("tcp",),
    "TLS": ("tcp",),
    "UDP": ("udp",),
    "TCP_UDP": ("tcp", "udp"),
    "QUIC": ("udp",),
    "TCP_QUIC": ("tcp", "udp"),
}
_ARNS_PER_CALL: Final = 20
"""DescribeLoadBalancers takes that many."""
# https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeListeners.html
_LARGEST_PAGE: "Final[PaginatorConfigTypeDef]" = {"PageSize": 400}


class LoadBalancers:
    """The load balancers of one account and Region.

    A load balancer of a service that AWS does not find is an error, since it cannot be deleted
    before the service is: to go on without it would close the ports of live connections.
    """

    def __init__(self, elbv2: "ElasticLoadBalancingv2Client") -> None:
        self._elbv2 = elbv2

    def listening_ports(self, service: EndpointService) -> frozenset[Port]:
        """Return the ports on which any of the service's load balancers listens."""
        return frozenset(
            port for arn in service.load_balancer_arns for port in _ports(self._listeners(arn))
        )

    def describe(self, service: EndpointService) -> LoadBalancing:
        """Return the service's load balancers, and the health of what they forward to."""
        load_balancers = tuple(
            _load_balancer(row, self._listeners(LoadBalancerArn(row["LoadBalancerArn"])))
            for chunk in batched(sorted(service.load_balancer_arns), _ARNS_PER_CALL, strict=False)
            for row in self._describe_load_balancers(chunk)
        )
        arns = {arn for each in load_balancers for arn in each.target_group_arns}
        return LoadBalancing(
            load_balancers=load_balancers,
            target_groups=tuple(map(self._describe_target_health, sorted(arns))),
        )

    def _describe_load_balancers(
        self, arns: Iterable[LoadBalancerArn]
    ) -> "Sequence[LoadBalancerTypeDef]":
        with translated_errors("DescribeLoadBalancers"):
            pages = self._elbv2.get_paginator("describe_load_balancers").paginate(
                LoadBalancerArns=list(arns), PaginationConfig=_LARGEST_PAGE
            )
            return [row for page in pages for row in page["LoadBalancers"]]

    def _listeners(self, arn: LoadBalancerArn) -> "Sequence[ListenerTypeDef]":
        with translated_errors("DescribeListeners"):
            pages = self._elbv2.get_paginator("describe_listeners").paginate(
                LoadBalancerArn=arn, PaginationConfig=_LARGEST_PAGE
            )
            return [row for page in pages for row in page["Listeners"]]

    def _describe_target_health(self, arn: TargetGroupArn) -> TargetGroup:
        with translated_errors("DescribeTargetHealth"):
            # The answer has no pages.
            rows = self._elbv2.describe_target_health(TargetGroupArn=arn)
        return TargetGroup(
            target_group_arn=arn,
            targets={
                _target(row["Target"]): row["TargetHealth"]["State"]
                for row in rows["TargetHealthDescriptions"]
            },
        )


def _load_balancer(
    row: "LoadBalancerTypeDef", listeners: "Sequence[ListenerTypeDef]"
) -> LoadBalancer:
    return LoadBalancer(
        load_balancer_arn=LoadBalancerArn(row["LoadBalancerArn"]),
        security_group_ids=tuple(map(SecurityGroupId, row.get("SecurityGroups", ()))),
        enforcement=row.get("EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic", ""),
        ports=frozenset(_ports(listeners)),
        target_group_arns=frozenset(_target_group_arns(listeners)),
    )


def _ports(listeners: "Iterable[ListenerTypeDef]") -> Iterator[Port]:
    for row in listeners:
        # A listener of a protocol that AWS adds later opens nothing.
        for protocol in _IP_PROTOCOLS.get(row.get("Protocol", ""), ()):
            number = row["Port"]
            yield Port(protocol=protocol, from_port=number, to_port=number)


def _target_group_arns(listeners: "Iterable[ListenerTypeDef]") -> Iterator[TargetGroupArn]:
    """Return the target groups that get connections: one, or all that have a weight."""
    for row in listeners:
        for action in row.get("DefaultActions", ()):
            groups = action.get("ForwardConfig", {}).get("TargetGroups", [])
            if groups:
                for group in groups:
                    if group.get("Weight") != 0:
                        yield TargetGroupArn(group["TargetGroupArn"])
            elif "TargetGroupArn" in action:
                yield TargetGroupArn(action["TargetGroupArn"])


def _target(row: "TargetDescriptionTypeDef") -> str:
    """Return the name of a target, such as i-0123456789abcdef0:80."""
    return f"{row['Id']}:{row['Port']}" if "Port" in row else row["Id"]
