"""Rules of ours and those of groups come in two answers of EC2, of which either may be late."""

from collections.abc import Iterable
from copy import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privatelink.findings import FindingKind
from privatelink.ingress import IngressPlan, plan_ingress
from privatelink.model import IngressRule, Port, SecurityGroupId, SecurityGroupRule
from privatelink.standing_rules import certainly_there, rules_there
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
DESIRED = ingress("192.168.0.0/20")
SUPERFLUOUS = rule(2, source="10.9.0.0/16")
WIDENED = rule(1, source="192.168.0.0/16", port=ANYTHING)


def plan(*tagged: SecurityGroupRule, shown: Iterable[IngressRule] = ()) -> IngressPlan:
    """Plan for one group by what EC2 says of our tags and what it shows of the group."""
    return plan_ingress(
        service_id=SERVICE_ID,
        owner=OWNER,
        entry=consumer_entry(DESIRED.source),
        ports=frozenset({HTTP}),
        endpoints=[endpoint()],
        groups={GROUP: group(GROUP, *shown)},
        rules=tagged,
    )


def others(count: int) -> list[IngressRule]:
    return [ingress(f"10.{number}.0.0/24") for number in range(100, 100 + count)]


def test_what_was_authorized_just_now_is_not_authorized_again() -> None:
    result = plan(rule())
    assert not result.authorize
    assert not result.revoke


def test_ours_whose_tags_are_not_seen_yet_serves_like_one_of_somebody_else() -> None:
    result = plan(shown=[DESIRED])
    assert not result.authorize
    assert not result.revoke
    assert not result.leaves_nothing


def test_ours_whose_tags_are_not_seen_yet_is_not_revoked_and_nothing_is_put_in_for_it() -> None:
    result = plan(rule(), shown=[DESIRED, SUPERFLUOUS.ingress])
    assert not result.authorize
    assert not result.revoke


def test_ours_that_was_revoked_just_now_and_is_still_tagged_is_revoked_again() -> None:
    # The gateway takes an id that is not there any more for done.
    assert list(plan(rule(), SUPERFLUOUS, shown=[DESIRED]).revoke) == [SUPERFLUOUS]


def test_ours_that_was_widened_goes_after_its_successor_though_the_group_shows_it_as_it_was() -> (
    None
):
    result = plan(WIDENED, shown=[DESIRED])
    (only,) = result.groups
    assert list(only.authorize) == [DESIRED]
    assert only.revoke_last == (WIDENED,)
    assert not only.revoke_first


def test_ours_that_was_widened_stays_while_its_tags_tell_of_it_as_it_was() -> None:
    result = plan(rule(), shown=[WIDENED.ingress])
    assert not result.authorize
    assert not result.revoke


def test_an_answer_that_is_late_never_makes_a_group_fuller_than_it_is() -> None:
    result = plan(WIDENED, shown=[DESIRED, *others(59)])
    # Of the sixty that are shown one is to be authorized, and the widened one comes on top.
    assert [finding.kind for finding in result.findings] == [FindingKind.SECURITY_GROUP_QUOTA]
    assert not plan(WIDENED, shown=[DESIRED, *others(58)]).findings


@pytest.mark.parametrize("more", [58, 59])
def test_a_rule_that_both_answers_have_counts_once(more: int) -> None:
    (only,) = plan(SUPERFLUOUS, shown=[SUPERFLUOUS.ingress, *others(more)]).groups
    # At sixty, room is made first.
    assert bool(only.revoke_first) is (more == 59)


def test_a_group_that_is_not_shown_keeps_what_is_ours() -> None:
    elsewhere = rule(3, group_id=SECOND_GROUP)
    assert not plan(rule(), elsewhere, shown=[DESIRED]).revoke


def test_prefix_lists_count_only_where_something_is_to_go_in() -> None:
    assert plan(shown=[ingress("pl-1")]).prefix_list_ids == {"pl-1"}
    assert not plan(rule(), shown=[DESIRED, ingress("pl-1")]).prefix_list_ids
    assert not plan(rule(), SUPERFLUOUS, shown=[DESIRED, ingress("pl-1")]).prefix_list_ids


PORTS = [
    HTTP,
    ANYTHING,
    Port(protocol="tcp", from_port=0, to_port=65535),
    Port(protocol="udp", from_port=53, to_port=53),
    Port(protocol="icmp", from_port=8, to_port=-1),
]
SOURCES = ["192.168.0.0/20", "10.9.0.0/16", "0.0.0.0/0", "2001:db8::/32", "pl-1", "sg-1"]
all_rules = st.lists(
    st.builds(
        rule,
        st.integers(1, 10**6),
        group_id=st.sampled_from([GROUP, SECOND_GROUP]),
        source=st.sampled_from(SOURCES),
        port=st.sampled_from(PORTS),
        owner=st.sampled_from([OWNER, OTHER_OWNER, None]),
    ),
    # As in EC2: no two of one id, and none of what is in the group already.
    unique_by=(lambda r: r.rule_id, lambda r: r.ingress),
    max_size=30,
)


@given(all_rules)
def test_each_rule_is_there_once_as_if_all_had_been_asked_for_one_by_one(
    rules: list[SecurityGroupRule],
) -> None:
    groups = {
        group_id: group(group_id, *(r.ingress for r in rules if r.group_id == group_id))
        for group_id in (GROUP, SECOND_GROUP)
    }
    ours = [r for r in rules if r.tags]
    there = rules_there(ours, groups)
    for group_id in groups:
        assert sorted(there[group_id]) == sorted(r.ingress for r in rules if r.group_id == group_id)
    assert set(certainly_there(ours, ours, groups)) == {r.ingress for r in rules}


@given(all_rules, st.data())
def test_no_answer_that_is_late_has_anything_authorized_that_both_show(
    rules: list[SecurityGroupRule], data: st.DataObject
) -> None:
    late = data.draw(st.frozensets(st.sampled_from([r.ingress for r in rules] or [DESIRED])))
    ours = [r for r in rules if r.tags]
    groups = {
        group_id: replace(
            group(group_id, *(r.ingress for r in rules if r.group_id == group_id)),
            rules=frozenset(
                r.ingress for r in rules if r.group_id == group_id and r.ingress not in late
            ),
        )
        for group_id in (GROUP, SECOND_GROUP)
    }
    certain = set(certainly_there(ours, ours, groups))
    assert certain >= {r.ingress for r in ours}
    assert certain <= {r.ingress for r in rules}
