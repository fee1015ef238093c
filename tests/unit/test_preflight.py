from collections.abc import Iterable, Mapping
from ipaddress import ip_network
from types import MappingProxyType

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from privatelink.findings import Finding, FindingKind
from privatelink.model import Port, PrefixList, SecurityGroupRule, VpcEndpointId
from privatelink.preflight import GroupPlan, fit, lets_in_any, refused
from privatelink.quotas import RULES_PER_GROUP
from tests.unit.builders import ANYTHING, GROUP, HTTP, ingress, rule

ENDPOINT = VpcEndpointId("vpce-00000000000000001")
NO_PREFIX_LISTS: Mapping[str, PrefixList] = MappingProxyType({})


def networks(count: int, *, second: int = 10) -> list[str]:
    """Return networks that do not touch each other."""
    return [f"10.{second}.{n}.0/25" for n in range(count)]


def rules(cidrs: list[str], *, start: int = 1) -> list[SecurityGroupRule]:
    return [rule(number, source=cidr) for number, cidr in enumerate(cidrs, start=start)]


def fit_beside(
    given: GroupPlan,
    there: Iterable[SecurityGroupRule],
    prefix_lists: Mapping[str, PrefixList] = NO_PREFIX_LISTS,
) -> GroupPlan | Finding:
    return fit(given, [each.ingress for each in there], prefix_lists)


def plan(authorize: list[str], revoke: list[SecurityGroupRule], *kept: str) -> GroupPlan:
    return GroupPlan(
        group_id=GROUP,
        authorize={ingress(cidr): ENDPOINT for cidr in authorize},
        revoke_last=tuple(revoke),
        desired=frozenset(map(ingress, (*authorize, *kept))),
    )


def test_what_fits_beside_what_is_there_goes_in_before_anything_is_revoked() -> None:
    old = rules(networks(30))
    given = plan(networks(30, second=20), old)
    assert fit_beside(given, old) == given


def test_room_is_made_by_what_lets_no_listed_source_in() -> None:
    old = rules(networks(40))
    fitted = fit_beside(plan(networks(40, second=20), old), old)
    assert isinstance(fitted, GroupPlan)
    assert set(fitted.revoke_first) == set(old)
    assert fitted.revoke_last == ()


def test_a_rule_that_still_lets_a_listed_source_in_is_not_revoked_first() -> None:
    wide, others = rule(1, source="10.20.0.0/16"), rules(networks(40), start=2)
    fitted = fit_beside(plan(networks(40, second=20), [wide, *others]), [wide, *others])
    assert isinstance(fitted, GroupPlan)
    assert fitted.revoke_last == (wide,)
    assert set(fitted.revoke_first) == set(others)


def test_what_does_not_fit_is_a_finding_with_the_arithmetic() -> None:
    there = rules(networks(58))
    finding = fit_beside(plan(networks(4, second=20), there[:1]), there)
    assert isinstance(finding, Finding)
    assert (finding.kind, finding.subject) == (FindingKind.SECURITY_GROUP_QUOTA, GROUP)
    assert finding.evidence == {
        "quota": "60",
        "ipv4": "58 there, 4 to add, 1 to remove: 61,"
        " and 61 on the way, where 1 can be removed before",
        "ipv6": "0 there, 0 to add, 0 to remove: 0,"
        " and 0 on the way, where 0 can be removed before",
    }


def test_each_family_has_a_quota_of_its_own() -> None:
    there = rules(networks(60))
    given = plan(["2001:db8::/33"], [])
    assert fit_beside(given, there) == given


def test_what_is_there_and_is_to_be_authorized_counts_once() -> None:
    there = rules(networks(60))
    given = plan(networks(1), [])
    assert fit_beside(given, there) == given


def test_what_is_only_revoked_always_fits() -> None:
    there = rules(networks(70))
    given = plan([], there[:3])
    assert fit_beside(given, there) == given


def test_a_prefix_list_takes_the_room_of_all_its_entries() -> None:
    by_list = rule(99, source="pl-1")
    cloudfront = PrefixList(
        prefix_list_id="pl-1",
        name="com.amazonaws.global.cloudfront.origin-facing",
        address_family="IPv4",
        max_entries=None,
    )
    given = plan(networks(6), [])
    assert isinstance(fit_beside(given, [by_list], {"pl-1": cloudfront}), Finding)
    assert fit_beside(plan(networks(5), []), [by_list], {"pl-1": cloudfront}) == plan(
        networks(5), []
    )


def test_a_group_with_a_larger_quota_is_left_to_ec2() -> None:
    there = rules(networks(70))
    given = plan(networks(4, second=20), [])
    assert fit_beside(given, there) == given


def test_a_refusal_of_ec2_is_the_same_finding() -> None:
    finding = refused(plan(networks(2), []), rules(networks(1, second=20)), "no room")
    assert finding.kind is FindingKind.SECURITY_GROUP_QUOTA
    assert finding.evidence == {"answer": "no room", "rules": "1 of ours there, 2 to add"}


@pytest.mark.parametrize(
    ("cidr", "port", "lets_in"),
    [
        ("192.168.0.0/21", HTTP, True),
        ("192.0.0.0/8", HTTP, True),
        ("10.0.0.0/8", HTTP, False),
        ("192.168.0.0/20", Port(protocol="tcp", from_port=1, to_port=1024), True),
        ("192.168.0.0/20", Port(protocol="udp", from_port=80, to_port=80), False),
        ("192.168.0.0/20", Port(protocol="tcp", from_port=81, to_port=90), False),
        ("2001:db8::/32", HTTP, False),
    ],
)
def test_a_rule_lets_a_source_in_by_address_protocol_and_port(
    cidr: str, port: Port, *, lets_in: bool
) -> None:
    assert lets_in_any(ingress(cidr, port=port), [ingress("192.168.0.0/20")]) is lets_in


def test_a_rule_for_all_protocols_lets_a_source_in_by_its_address() -> None:
    desired = [ingress("192.168.0.0/20")]
    assert lets_in_any(ingress("192.168.0.0/24", port=ANYTHING), desired)
    assert not lets_in_any(ingress("10.0.0.0/8", port=ANYTHING), desired)


@pytest.mark.parametrize("source", ["pl-1", GROUP])
def test_who_knows_whom_a_prefix_list_or_a_group_lets_in(source: str) -> None:
    assert lets_in_any(ingress(source), [ingress("192.168.0.0/20")])


small_networks = st.integers(0, 40).map(lambda n: f"10.0.{n}.0/24")


@given(
    st.lists(small_networks, unique=True, max_size=40),
    st.lists(small_networks, unique=True, max_size=40),
    st.integers(0, 50),
)
def test_no_step_exceeds_the_quota_and_no_listed_source_is_ever_cut(
    old: list[str], new: list[str], foreign: int
) -> None:
    assume(len(old) + foreign <= RULES_PER_GROUP)
    ours = rules(old)
    others = rules(networks(foreign, second=99), start=100)
    fitted = fit_beside(
        plan(
            [cidr for cidr in new if cidr not in old],
            [r for r, cidr in zip(ours, old, strict=True) if cidr not in new],
            *new,
        ),
        [*ours, *others],
    )
    if isinstance(fitted, Finding):
        assert len(new) + foreign > RULES_PER_GROUP
        return
    there = len(old) + foreign - len(fitted.revoke_first) + len(fitted.authorize)
    assert there <= RULES_PER_GROUP
    listed = [ip_network(cidr) for cidr in new]
    for gone in fitted.revoke_first:
        assert not any(ip_network(gone.ingress.cidr).overlaps(each) for each in listed)
