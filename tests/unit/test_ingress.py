from collections.abc import Iterable
from copy import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privatelink.allowlist import ConsumerEntry
from privatelink.findings import FindingKind
from privatelink.ingress import (
    ENDPOINT_TAG,
    NOTHING_ELSEWHERE,
    Elsewhere,
    IngressPlan,
    endpoint_of,
    is_ours,
    plan_ingress,
    sentence,
)
from privatelink.model import (
    IngressRule,
    InterfaceEndpoint,
    Port,
    SecurityGroup,
    SecurityGroupId,
    SecurityGroupRule,
    ServiceId,
)
from privatelink.opting_in import OPT_IN_TAG
from tests.unit.builders import (
    ANYTHING,
    GROUP,
    HTTP,
    OTHER_OWNER,
    OWNER,
    SERVICE_ID,
    consumer_entry,
    endpoint,
    group,
    ingress,
    rule,
)

SECOND_GROUP = SecurityGroupId("sg-0aaaaaaaaaaaaaaa2")
LISTED_ENTRY = consumer_entry()
DNS = Port(protocol="udp", from_port=53, to_port=53)


def plan(
    *rules: SecurityGroupRule,
    entry: ConsumerEntry | None = LISTED_ENTRY,
    ports: frozenset[Port] = frozenset({HTTP}),
    endpoints: Iterable[InterfaceEndpoint] = (endpoint(),),
    groups: Iterable[SecurityGroup] = (group(),),
    elsewhere: Elsewhere | None = NOTHING_ELSEWHERE,
) -> IngressPlan:
    return plan_ingress(
        service_id=SERVICE_ID,
        owner=OWNER,
        entry=entry,
        ports=ports,
        endpoints=endpoints,
        groups={g.group_id: shown(g, *rules) for g in groups},
        rules=rules,
        elsewhere=elsewhere,
    )


def shown(each: SecurityGroup, *rules: SecurityGroupRule) -> SecurityGroup:
    """Return a group as EC2 shows it, with all of these rules that are of it."""
    own = frozenset(r.ingress for r in rules if r.group_id == each.group_id)
    return replace(each, rules=own)


def finds_nothing(result: IngressPlan) -> bool:
    return result.leaves_nothing and not result.revoke


def is_empty(result: IngressPlan) -> bool:
    return not result.authorize and not result.revoke


def test_authorizes_every_source_on_every_port_of_every_opted_in_group() -> None:
    result = plan(
        entry=consumer_entry("192.168.0.0/20", "10.9.0.0/16"),
        ports=frozenset({HTTP, DNS}),
        endpoints=[endpoint(groups=(GROUP, SECOND_GROUP))],
        groups=[group(), group(SECOND_GROUP)],
    )
    assert set(result.authorize) == {
        IngressRule(group_id=g, port=port, source=cidr)
        for g in (GROUP, SECOND_GROUP)
        for port in (HTTP, DNS)
        for cidr in ("192.168.0.0/20", "10.9.0.0/16")
    }


def test_writes_nothing_when_the_rules_are_there() -> None:
    result = plan(rule())
    assert is_empty(result)
    assert not result.leaves_nothing


def test_a_rule_of_somebody_else_serves_as_well_and_is_left() -> None:
    assert is_empty(plan(rule(owner=None)))


@pytest.mark.parametrize("state", ["pendingAcceptance", "rejected", "deleted", "failed"])
def test_revokes_what_no_established_endpoint_needs(state: str) -> None:
    result = plan(rule(), endpoints=[endpoint(state=state)])
    assert [r.rule_id for r in result.revoke] == [rule().rule_id]
    assert not result.authorize
    assert result.leaves_nothing


@pytest.mark.parametrize("state", ["pending", "available"])
def test_opens_the_group_as_soon_as_the_connection_is_accepted(state: str) -> None:
    assert plan(endpoints=[endpoint(state=state)]).authorize


def test_revokes_ours_on_a_group_that_the_endpoint_has_left() -> None:
    result = plan(rule(), rule(2, group_id=SECOND_GROUP), groups=[group(), group(SECOND_GROUP)])
    assert [r.group_id for r in result.revoke] == [SECOND_GROUP]


def test_revokes_ours_when_its_source_is_not_listed_any_more() -> None:
    result = plan(rule(), rule(2, source="10.9.0.0/16"))
    assert [r.rule_id for r in result.revoke] == [rule(2).rule_id]


def test_revokes_and_replaces_ours_that_was_edited_by_hand() -> None:
    edited = rule(port=ANYTHING)
    result = plan(edited)
    assert list(result.revoke) == [edited]
    assert len(result.authorize) == 1


@pytest.mark.parametrize(
    "foreign",
    [
        rule(source="10.9.0.0/16", owner=None),
        rule(source="10.9.0.0/16", owner=OTHER_OWNER),
        rule(source="10.9.0.0/16", service_id=ServiceId("vpce-svc-0ffffffffffffffff")),
    ],
    ids=["untagged", "of another stack", "of another service"],
)
def test_never_revokes_what_is_not_ours(foreign: SecurityGroupRule) -> None:
    assert not plan(foreign).revoke


@pytest.mark.parametrize("state", ["partial", "somethingNew"])
def test_takes_nothing_from_under_an_endpoint_in_a_state_that_is_not_clear(state: str) -> None:
    result = plan(rule(), endpoints=[endpoint(state=state)])
    assert is_empty(result)
    assert not result.leaves_nothing


def test_takes_nothing_from_a_live_endpoint_whose_account_is_not_listed() -> None:
    gone = rule(2, group_id=SECOND_GROUP)
    result = plan(rule(), gone, entry=None, groups=[group(), group(SECOND_GROUP)])
    assert list(result.revoke) == [gone]
    assert not result.leaves_nothing


@pytest.mark.parametrize(
    "elsewhere",
    [
        Elsewhere(
            rules=frozenset({IngressRule(group_id=GROUP, port=HTTP, source="192.168.0.0/20")}),
            groups=frozenset(),
        ),
        Elsewhere(rules=frozenset(), groups=frozenset({GROUP})),
    ],
    ids=["the rule", "the group"],
)
def test_leaves_what_an_endpoint_of_another_service_lives_by(elsewhere: Elsewhere) -> None:
    result = plan(rule(), endpoints=[], elsewhere=elsewhere)
    assert is_empty(result)
    assert not result.leaves_nothing


def test_refuses_the_default_group_even_if_it_is_opted_in() -> None:
    result = plan(groups=[group(name="default")])
    assert not result.authorize
    assert [finding.kind for finding in result.findings] == [FindingKind.DEFAULT_SECURITY_GROUP]


def test_says_when_no_group_of_an_endpoint_is_opted_in() -> None:
    result = plan(groups=[group(opted_in=False)])
    assert not result.authorize
    assert [finding.kind for finding in result.findings] == [FindingKind.NO_OPTED_IN_GROUP]


def test_opens_the_opted_in_group_beside_the_default_one_without_a_finding() -> None:
    result = plan(
        endpoints=[endpoint(groups=(SECOND_GROUP, GROUP))],
        groups=[group(), group(SECOND_GROUP, name="default")],
    )
    assert {r.group_id for r in result.authorize} == {GROUP}
    assert not result.findings


def test_leaves_ours_on_a_group_that_was_opted_out_and_says_so() -> None:
    result = plan(rule(), groups=[group(opted_in=False)])
    assert not result.revoke
    assert not result.leaves_nothing
    assert FindingKind.OPTED_OUT_GROUP in [finding.kind for finding in result.findings]


def test_a_tag_with_another_value_is_no_opt_in() -> None:
    almost = SecurityGroup(group_id=GROUP, group_name="endpoints", tags={OPT_IN_TAG: "TRUE"})
    assert not plan(groups=[almost]).authorize


def test_says_when_there_is_no_port_to_open() -> None:
    (finding,) = plan(ports=frozenset()).findings
    assert finding.kind is FindingKind.NO_PORTS


def test_a_rule_is_tagged_with_the_oldest_endpoint_that_needs_it() -> None:
    old, young = endpoint(2, age=timedelta(hours=1)), endpoint(1)
    (named,) = set(plan(endpoints=[young, old]).authorize.values())
    assert named == old.vpc_endpoint_id


def test_an_endpoint_whose_group_is_gone_is_named_in_a_finding() -> None:
    (finding,) = plan(groups=[]).findings
    assert (finding.kind, finding.subject) == (
        FindingKind.NO_OPTED_IN_GROUP,
        endpoint().vpc_endpoint_id,
    )


CIDRS = ["192.168.0.0/20", "192.168.16.0/20", "10.9.0.0/16", "2001:db8::/32"]
worlds = st.fixed_dictionaries(
    {
        "entry": st.lists(st.sampled_from(CIDRS), min_size=1, unique=True).map(
            lambda cidrs: consumer_entry(*cidrs)
        ),
        "ports": st.frozensets(st.sampled_from([HTTP, DNS])),
        "endpoints": st.lists(
            st.builds(
                endpoint,
                st.integers(1, 5),
                state=st.sampled_from(
                    ["pendingAcceptance", "available", "pending", "deleted", "new"]
                ),
                groups=st.sampled_from([(GROUP,), (SECOND_GROUP,), (GROUP, SECOND_GROUP)]),
            ),
            unique_by=lambda e: e.vpc_endpoint_id,
            max_size=3,
        ),
        "groups": st.tuples(
            st.builds(group, st.just(GROUP), opted_in=st.booleans()),
            st.builds(
                group,
                st.just(SECOND_GROUP),
                name=st.sampled_from(["default", "endpoints"]),
                opted_in=st.booleans(),
            ),
        ),
    }
)
rules_of_any_kind = st.lists(
    st.builds(
        rule,
        st.integers(1, 50),
        group_id=st.sampled_from([GROUP, SECOND_GROUP]),
        source=st.sampled_from(CIDRS),
        port=st.sampled_from([HTTP, DNS]),
        owner=st.sampled_from([OWNER, OTHER_OWNER, None]),
    ),
    unique_by=(lambda r: r.rule_id, lambda r: r.ingress),
    max_size=6,
)


@given(worlds, rules_of_any_kind)
def test_planning_again_after_applying_yields_nothing(
    world: dict[str, object], rules: list[SecurityGroupRule]
) -> None:
    first = plan(*rules, **world)  # type: ignore[arg-type] # the strategy's keys are the arguments
    left = [r for r in rules if r not in first.revoke]
    made = [
        rule(100 + n, group_id=r.group_id, source=r.source, port=r.port)
        for n, r in enumerate(first.authorize)
    ]
    second = plan(*left, *made, **world)  # type: ignore[arg-type] # as above
    assert is_empty(second)
    assert second.findings == first.findings
    ours_left = [r for r in (*left, *made) if is_ours(r, OWNER, SERVICE_ID)]
    assert not (ours_left and (first.leaves_nothing or finds_nothing(second)))
    if not world["endpoints"]:
        # Where nothing is wanted, nothing of ours is exactly what it says.
        assert first.leaves_nothing == finds_nothing(second) == (not ours_left)


@given(worlds, rules_of_any_kind)
def test_foreign_rules_and_groups_are_never_touched(
    world: dict[str, object], rules: list[SecurityGroupRule]
) -> None:
    result = plan(*rules, **world)  # type: ignore[arg-type] # the strategy's keys are the arguments
    groups: tuple[SecurityGroup, ...] = world["groups"]  # type: ignore[assignment] # as above
    opted_in = {g.group_id for g in groups if g.tags and g.group_name != "default"}
    assert all(is_ours(r, OWNER, SERVICE_ID) for r in result.revoke)
    assert {r.group_id for r in result.revoke} | {r.group_id for r in result.authorize} <= opted_in


def test_without_knowing_what_others_live_by_nothing_is_revoked() -> None:
    result = plan(rule(2, source="10.9.0.0/16"), elsewhere=None)
    assert not result.revoke
    assert len(result.authorize) == 1


def test_a_group_that_is_full_is_left_and_the_other_goes_on() -> None:
    others = [rule(n, source=f"10.{n}.0.0/24", owner=None, group_id=GROUP) for n in range(100, 160)]
    result = plan(
        *others,
        rule(1, source="10.9.0.0/16"),
        endpoints=[endpoint(groups=(GROUP, SECOND_GROUP))],
        groups=[group(), group(SECOND_GROUP)],
        entry=consumer_entry("192.168.0.0/20", "10.8.0.0/16"),
    )
    # A group above sixty has a larger quota: EC2 judges. At sixty nothing more goes in.
    assert {p.group_id for p in result.groups} == {GROUP, SECOND_GROUP}
    result = plan(
        *others,
        endpoints=[endpoint(groups=(GROUP, SECOND_GROUP))],
        groups=[group(), group(SECOND_GROUP)],
    )
    assert {p.group_id for p in result.groups} == {SECOND_GROUP}
    assert [f.kind for f in result.findings] == [FindingKind.SECURITY_GROUP_QUOTA]


def test_says_what_is_there_before_and_after() -> None:
    result = plan(rule(2, source="10.9.0.0/16"))
    old, new = f"{GROUP}: 10.9.0.0/16 on tcp/80", f"{GROUP}: 192.168.0.0/20 on tcp/80"
    assert result.holds == {old, new}
    assert result.leaves == {new}


@pytest.mark.parametrize(
    ("each", "words"),
    [
        (ingress(), "192.168.0.0/20 on tcp/80"),
        (ingress("pl-1", port=ANYTHING), "pl-1 on all"),
        (
            ingress(port=Port(protocol="tcp", from_port=80, to_port=443)),
            "192.168.0.0/20 on tcp/80-443",
        ),
        (ingress(port=Port(protocol="icmp", from_port=8, to_port=-1)), "192.168.0.0/20 on icmp/8"),
        (ingress(port=Port(protocol="50", from_port=-1, to_port=-1)), "192.168.0.0/20 on 50"),
    ],
)
def test_says_of_any_rule_what_it_lets_in(each: IngressRule, words: str) -> None:
    assert sentence(each) == f"{GROUP}: {words}"


@pytest.mark.parametrize(
    ("tag", "endpoint_id"),
    [
        ("vpce-0123456789abcdef0", "vpce-0123456789abcdef0"),
        ("", "unknown"),
        ("vpce-0123456789abcdef0\n", "unknown"),
        ("../ENDPOINT#vpce-0123456789abcdef0", "unknown"),
        ("\u202evpce-0123456789abcdef0", "unknown"),
    ],
)
def test_what_a_consumer_makes_of_a_rules_tag_is_an_endpoint_or_none(
    tag: str, endpoint_id: str
) -> None:
    assert endpoint_of(replace(rule(), tags={ENDPOINT_TAG: tag})) == endpoint_id
