from collections.abc import Mapping

import pytest

from privatelink.findings import Finding, FindingKind
from privatelink.load_balancing import (
    LoadBalancer,
    LoadBalancing,
    TargetGroup,
    check_load_balancers,
)
from privatelink.model import (
    EndpointService,
    LoadBalancerArn,
    Port,
    SecurityGroupId,
    TargetGroupArn,
)
from tests.unit.builders import GROUP, HTTP, SERVICE_ID

HTTPS = Port(protocol="tcp", from_port=443, to_port=443)
DNS = Port(protocol="udp", from_port=443, to_port=443)
ONE, TWO = LoadBalancerArn("arn:one"), LoadBalancerArn("arn:two")
TARGETS = TargetGroupArn("arn:targets")


def load_balancer(
    arn: LoadBalancerArn = ONE,
    *,
    ports: frozenset[Port] = frozenset({HTTP}),
    groups: tuple[SecurityGroupId, ...] = (),
    enforcement: str = "",
) -> LoadBalancer:
    return LoadBalancer(
        load_balancer_arn=arn,
        security_group_ids=groups,
        enforcement=enforcement,
        ports=ports,
        target_group_arns=frozenset({TARGETS}),
    )


def check(
    *load_balancers: LoadBalancer, targets: Mapping[str, str] | None = None
) -> tuple[Finding, ...]:
    service = EndpointService(
        service_id=SERVICE_ID,
        service_name="name",
        load_balancer_arns=tuple(each.load_balancer_arn for each in load_balancers),
    )
    group = TargetGroup(
        target_group_arn=TARGETS, targets={"i-1:80": "healthy"} if targets is None else targets
    )
    return check_load_balancers(
        service, LoadBalancing(load_balancers=load_balancers, target_groups=(group,))
    )


def test_has_nothing_to_say_of_load_balancers_that_are_in_order() -> None:
    assert not check(load_balancer(ONE), load_balancer(TWO))
    assert not check(load_balancer(groups=(GROUP,), enforcement="off"))


@pytest.mark.parametrize("enforcement", ["on", "", "somethingNew"])
def test_says_when_security_groups_judge_privatelink_traffic(enforcement: str) -> None:
    (finding,) = check(load_balancer(groups=(GROUP,), enforcement=enforcement), load_balancer(TWO))
    assert finding.kind is FindingKind.PRIVATELINK_RULES_ENFORCED
    assert finding.subject == ONE
    assert finding.evidence == {"security_groups": GROUP}


def test_a_load_balancer_without_security_groups_judges_nothing() -> None:
    assert not check(load_balancer(enforcement="on"))


@pytest.mark.parametrize(
    "others", [frozenset({HTTP}), frozenset({HTTP, DNS}), frozenset[Port]()], ids=len
)
def test_says_when_load_balancers_of_a_service_listen_differently(others: frozenset[Port]) -> None:
    (finding,) = check(
        load_balancer(TWO, ports=others), load_balancer(ONE, ports=frozenset({HTTPS, HTTP}))
    )
    assert finding.kind is FindingKind.LISTENERS_DIFFER
    assert finding.subject == SERVICE_ID
    assert list(finding.evidence) == [ONE, TWO]
    assert finding.evidence[ONE] == "tcp/443, tcp/80"


def test_says_when_no_target_is_healthy_and_by_which_load_balancers_it_is_met() -> None:
    (finding,) = check(
        load_balancer(TWO), load_balancer(ONE), targets={"i-2:80": "unhealthy", "i-1:80": "unused"}
    )
    assert finding.kind is FindingKind.NO_HEALTHY_TARGET
    assert finding.subject == TARGETS
    assert finding.evidence == {
        "load_balancers": "arn:one, arn:two",
        "targets": "i-1:80 unused, i-2:80 unhealthy",
    }


@pytest.mark.parametrize(
    ("states", "is_amiss"),
    [
        ([], True),
        (["healthy"], False),
        (["initial"], False),
        (["unhealthy"], True),
        (["unhealthy.draining"], True),
        (["draining"], True),
        (["unused"], True),
        (["unavailable"], False),
        (["somethingNew"], False),
        (["unhealthy", "healthy", "unused"], False),
        (["unhealthy", "initial"], True),
        (["unhealthy", "unavailable"], False),
        (["draining", "initial"], False),
        (["unused", "draining", "unhealthy.draining"], True),
        (["unused", "unhealthy"], True),
    ],
    ids=lambda value: "+".join(value) or "none" if isinstance(value, list) else None,
)
def test_knows_by_the_states_whether_any_target_answers(
    states: list[str], *, is_amiss: bool
) -> None:
    targets = {f"i-{number}": state for number, state in enumerate(states)}
    kinds = [finding.kind for finding in check(load_balancer(), targets=targets)]
    assert kinds == ([FindingKind.NO_HEALTHY_TARGET] if is_amiss else [])
