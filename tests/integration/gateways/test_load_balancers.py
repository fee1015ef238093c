from typing import TYPE_CHECKING, Any, Literal

import pytest

from privatelink.errors import NotFoundError
from privatelink.gateways.load_balancers import LoadBalancers
from privatelink.load_balancing import LoadBalancing
from privatelink.model import EndpointService, LoadBalancerArn, Port, ServiceId
from sandbox.privatelink import PrivateLink, TargetState
from tests.integration.gateways.requests import names, noted_requests
from tests.integration.privatelink_model.parties import Provider

if TYPE_CHECKING:
    from mypy_boto3_elbv2 import ElasticLoadBalancingv2Client
    from mypy_boto3_elbv2.type_defs import ActionTypeDef


class Balancing:
    """Load balancers of the provider, made as tests need them."""

    def __init__(self, provider: Provider, elbv2: "ElasticLoadBalancingv2Client") -> None:
        self._provider = provider
        self._elbv2 = elbv2

    def load_balancer(self, name: str, *groups: str) -> str:
        (created,) = self._elbv2.create_load_balancer(
            Name=name,
            Type="network",
            Subnets=self._provider.subnet_ids,
            SecurityGroups=groups,
        )["LoadBalancers"]
        return created["LoadBalancerArn"]

    def targets(self, name: str, *addresses: str) -> str:
        """Create a target group."""
        (created,) = self._elbv2.create_target_group(
            Name=name, Protocol="TCP", Port=80, VpcId=self._provider.vpc_id, TargetType="ip"
        )["TargetGroups"]
        arn = created["TargetGroupArn"]
        if addresses:
            self._elbv2.register_targets(
                TargetGroupArn=arn, Targets=[{"Id": each, "Port": 80} for each in addresses]
            )
        return arn

    def listen(
        self,
        load_balancer_arn: str,
        port: int,
        action: "ActionTypeDef",
        protocol: Literal["TCP", "TCP_UDP"] = "TCP",
    ) -> None:
        self._elbv2.create_listener(
            LoadBalancerArn=load_balancer_arn, Port=port, Protocol=protocol, DefaultActions=[action]
        )


@pytest.fixture
def balancing(provider: Provider, elbv2: "ElasticLoadBalancingv2Client") -> Balancing:
    return Balancing(provider, elbv2)


def service(*arns: str) -> EndpointService:
    return EndpointService(
        service_id=ServiceId("vpce-svc-0123456789abcdef0"),
        service_name="name",
        load_balancer_arns=tuple(map(LoadBalancerArn, arns)),
    )


def forward(target_group_arn: str) -> "ActionTypeDef":
    return {"Type": "forward", "TargetGroupArn": target_group_arn}


def forward_by_weight(**weights: int) -> "ActionTypeDef":
    """Return an action for target groups, whose ARNs have the weights' names in them."""
    groups: Any = [{"TargetGroupArn": arn, "Weight": weight} for arn, weight in weights.items()]
    return {"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}


def test_reads_load_balancers_with_their_ports_and_target_groups(
    provider: Provider,
    balancing: Balancing,
    elbv2: "ElasticLoadBalancingv2Client",
    privatelink: PrivateLink,
) -> None:
    group_id = provider.group()
    guarded, plain = balancing.load_balancer("guarded", group_id), balancing.load_balancer("plain")
    web, dns = balancing.targets("web", "10.0.0.9", "10.0.0.8"), balancing.targets("dns")
    balancing.listen(guarded, 80, forward(web))
    balancing.listen(guarded, 53, forward(dns), "TCP_UDP")
    balancing.listen(plain, 443, forward(web))
    privatelink.put_target_in_state(web, "10.0.0.9", TargetState.UNHEALTHY)
    found = LoadBalancers(elbv2).describe(service(guarded, plain))
    one, two = sorted(found.load_balancers, key=lambda each: each.load_balancer_arn != guarded)
    assert one.load_balancer_arn == guarded
    assert one.security_group_ids == (group_id,)
    assert one.enforcement == "on"
    assert one.ports == {
        Port(protocol="tcp", from_port=53, to_port=53),
        Port(protocol="udp", from_port=53, to_port=53),
        Port(protocol="tcp", from_port=80, to_port=80),
    }
    assert one.target_group_arns == {web, dns}
    assert (two.load_balancer_arn, two.security_group_ids, two.enforcement) == (plain, (), "")
    assert two.target_group_arns == {web}
    assert {each.target_group_arn: dict(each.targets) for each in found.target_groups} == {
        web: {"10.0.0.8:80": "healthy", "10.0.0.9:80": "unhealthy"},
        dns: {},
    }


def test_a_target_group_that_gets_no_connection_does_not_count(
    balancing: Balancing, elbv2: "ElasticLoadBalancingv2Client"
) -> None:
    arn = balancing.load_balancer("web")
    green, blue, idle = (balancing.targets(name) for name in ("green", "blue", "idle"))
    balancing.listen(arn, 80, forward_by_weight(**{green: 1, blue: 9, idle: 0}))
    found = LoadBalancers(elbv2).describe(service(arn))
    assert {each.target_group_arn for each in found.target_groups} == {green, blue}


def test_reads_whether_privatelink_traffic_is_judged(
    provider: Provider, balancing: Balancing, elbv2: "ElasticLoadBalancingv2Client"
) -> None:
    group_id = provider.group()
    arn = balancing.load_balancer("web", group_id)
    elbv2.set_security_groups(
        LoadBalancerArn=arn,
        SecurityGroups=[group_id],
        EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic="off",
    )
    (found,) = LoadBalancers(elbv2).describe(service(arn)).load_balancers
    assert found.enforcement == "off"


def test_asks_once_for_all_load_balancers_and_once_for_each_target_group(
    balancing: Balancing, elbv2: "ElasticLoadBalancingv2Client"
) -> None:
    arns = [balancing.load_balancer(name) for name in ("one", "two")]
    shared, own = balancing.targets("shared"), balancing.targets("own")
    for arn in arns:
        balancing.listen(arn, 80, forward(shared))
        balancing.listen(arn, 81, forward(shared))
    balancing.listen(arns[0], 82, forward(own))
    with noted_requests(elbv2) as requests:
        LoadBalancers(elbv2).describe(service(*arns))
    assert names(requests) == [
        "DescribeListeners",
        "DescribeListeners",
        "DescribeLoadBalancers",
        "DescribeTargetHealth",
        "DescribeTargetHealth",
    ]


def test_asks_for_nothing_of_a_service_without_load_balancers(
    elbv2: "ElasticLoadBalancingv2Client",
) -> None:
    with noted_requests(elbv2) as requests:
        found = LoadBalancers(elbv2).describe(service())
    assert found == LoadBalancing(load_balancers=(), target_groups=())
    assert not requests


def test_reads_every_page(
    balancing: Balancing, elbv2: "ElasticLoadBalancingv2Client", privatelink: PrivateLink
) -> None:
    arns = [balancing.load_balancer(name) for name in ("one", "two", "three")]
    for port in (80, 81, 82):
        balancing.listen(arns[0], port, forward(balancing.targets(f"targets-{port}")))
    privatelink.largest_page = 1
    with noted_requests(elbv2) as requests:
        found = LoadBalancers(elbv2).describe(service(*arns))
        ports = LoadBalancers(elbv2).listening_ports(service(arns[0]))
    assert {each.load_balancer_arn for each in found.load_balancers} == set(arns)
    assert len(found.target_groups) == 3
    assert {port.from_port for port in ports} == {80, 81, 82}
    assert names(requests).count("DescribeLoadBalancers") == 3
    assert names(requests).count("DescribeListeners") == 3 + 1 + 1 + 3


def test_asks_for_twenty_load_balancers_a_call(
    balancing: Balancing, elbv2: "ElasticLoadBalancingv2Client"
) -> None:
    arns = [balancing.load_balancer(f"web-{number}") for number in range(21)]
    with noted_requests(elbv2) as requests:
        assert len(LoadBalancers(elbv2).describe(service(*arns)).load_balancers) == 21
    sizes = [len(p["LoadBalancerArns"]) for name, p in requests if name == "DescribeLoadBalancers"]
    assert sizes == [20, 1]


def test_a_load_balancer_that_is_not_found_is_an_error_and_not_a_lack_of_ports(
    balancing: Balancing, elbv2: "ElasticLoadBalancingv2Client"
) -> None:
    here, gone = balancing.load_balancer("here"), balancing.load_balancer("gone")
    balancing.listen(here, 80, forward(balancing.targets("targets")))
    elbv2.delete_load_balancer(LoadBalancerArn=gone)
    with pytest.raises(NotFoundError):
        LoadBalancers(elbv2).listening_ports(service(here, gone))
    with pytest.raises(NotFoundError):
        LoadBalancers(elbv2).describe(service(here, gone))
