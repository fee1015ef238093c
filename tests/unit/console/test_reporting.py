"""What connections run over, as a report says it."""

from datetime import timedelta

from console.documents.report import Admission, LoadBalancerStatus, Target
from console.reporting import topology_of
from privatelink.allowlist import ConsumerEntry, PortEntry
from privatelink.allowlist_values import Cidr
from privatelink.load_balancing import LoadBalancer, LoadBalancing, TargetGroup
from privatelink.model import LoadBalancerArn, Port, TargetGroupArn
from tests.unit.builders import NOW, service_entry
from tests.unit.console.sights import sight

_ACCOUNT = "111122223333"
_HALVES = (Cidr("192.168.0.0/21"), Cidr("192.168.8.0/21"))
_ENTRY = ConsumerEntry(account_id=_ACCOUNT, source_cidrs=_HALVES)
_NOTHING = LoadBalancing(load_balancers=(), target_groups=())
_ARN = "arn:aws:elasticloadbalancing:ap-northeast-1:123456789012"


def _balancer(name: str, port: int, group: str) -> LoadBalancer:
    return LoadBalancer(
        load_balancer_arn=LoadBalancerArn(f"{_ARN}:loadbalancer/net/{name}/0123456789abcdef"),
        security_group_ids=(),
        enforcement="",
        ports=frozenset({Port(protocol="tcp", from_port=port, to_port=port)}),
        target_group_arns=frozenset({TargetGroupArn(group)}),
    )


_BALANCING = LoadBalancing(
    load_balancers=(_balancer("web", 443, "a"), _balancer("other", 80, "b")),
    target_groups=(
        TargetGroup(
            target_group_arn=TargetGroupArn("a"), targets={"i-2": "unused", "i-1": "healthy"}
        ),
        TargetGroup(target_group_arn=TargetGroupArn("b"), targets={}),
    ),
)


def _admissions(entry: ConsumerEntry) -> dict[str, Admission]:
    seen = sight(service=service_entry(entry))
    return dict(topology_of(seen, _BALANCING, NOW).admissions)


def test_sources_are_joined_and_ports_are_those_of_all_listeners() -> None:
    assert _admissions(_ENTRY) == {
        _ACCOUNT: Admission(source_cidrs=("192.168.0.0/20",), ports=("tcp/80", "tcp/443"))
    }


def test_ports_of_an_entry_take_the_place_of_the_listeners() -> None:
    entry = ConsumerEntry(
        account_id=_ACCOUNT, source_cidrs=_HALVES, ports=(PortEntry(port=53, protocol="udp"),)
    )
    assert _admissions(entry)[_ACCOUNT].ports == ("udp/53",)


def test_nothing_is_let_in_where_no_group_is_ours_to_open() -> None:
    without_role = ConsumerEntry(account_id=_ACCOUNT, source_cidrs=_HALVES, access="none")
    yesterday = (NOW - timedelta(days=1)).date()
    expired = ConsumerEntry(account_id=_ACCOUNT, source_cidrs=_HALVES, expires=yesterday)
    assert _admissions(without_role) == {}
    assert _admissions(expired) == {}


def test_targets_stand_with_the_load_balancer_that_forwards_to_them() -> None:
    assert topology_of(sight(), _BALANCING, NOW).load_balancers == (
        LoadBalancerStatus(
            name="web",
            ports=("tcp/443",),
            targets=(Target(name="i-1", state="healthy"), Target(name="i-2", state="unused")),
        ),
        LoadBalancerStatus(name="other", ports=("tcp/80",), targets=()),
    )


def test_a_service_that_is_gone_has_no_load_balancers() -> None:
    topology = topology_of(sight(exists=False), _NOTHING, NOW)
    assert (topology.service_name, topology.load_balancers) == ("", ())
