from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from privatelink.acceptance import AcceptancePlan, plan_acceptance
from privatelink.allowlist import ConsumerEntry, ServiceEntry, removed_service
from privatelink.allowlist_values import Duration
from privatelink.findings import FindingKind
from privatelink.model import ESTABLISHED, ConnectionState, Consumer, EndpointConnection, Region
from privatelink.rules import Action, Rule
from tests.unit.builders import (
    HOME,
    LISTED,
    NOW,
    SERVICE_ID,
    STRANGER,
    connection,
    consumer_entry,
    service_entry,
)

STATES = [state.value for state in ConnectionState] + ["somethingNew", ""]


def plan(*connections: EndpointConnection, service: ServiceEntry | None = None) -> AcceptancePlan:
    return plan_acceptance(connections, service or service_entry(), home=HOME, now=NOW)


def entry(**changes: object) -> ServiceEntry:
    return service_entry(msgspec.structs.replace(consumer_entry(), **changes))


@pytest.mark.parametrize(
    ("state", "listed", "unlisted"),
    [
        ("pendingAcceptance", Action.ACCEPT, Action.HOLD),
        ("PendingAcceptance", Action.ACCEPT, Action.HOLD),
        ("pending", Action.KEEP, Action.REJECT),
        ("available", Action.KEEP, Action.REJECT),
        ("rejected", Action.NOTHING, Action.NOTHING),
        ("failed", Action.NOTHING, Action.NOTHING),
        ("expired", Action.NOTHING, Action.NOTHING),
        ("deleting", Action.NOTHING, Action.NOTHING),
        ("deleted", Action.NOTHING, Action.NOTHING),
        ("partial", Action.NOTHING, Action.NOTHING),
        ("somethingNew", Action.NOTHING, Action.NOTHING),
    ],
)
def test_decides_by_the_state_and_the_account(state: str, listed: Action, unlisted: Action) -> None:
    (of_listed,) = plan(connection(state=state)).decisions
    (of_stranger,) = plan(connection(state=state, owner=STRANGER)).decisions
    assert (of_listed.action, of_stranger.action) == (listed, unlisted)


def test_the_table_above_knows_every_state() -> None:
    (mark,) = test_decides_by_the_state_and_the_account.pytestmark  # type: ignore[attr-defined] # set by pytest
    states = {ConnectionState.parse(row[0]) for row in mark.args[1]}
    assert states == set(ConnectionState)


def test_rejects_a_stranger_where_the_service_says_so() -> None:
    service = msgspec.structs.replace(service_entry(), unlisted="reject")
    (decision,) = plan(connection(owner=STRANGER), service=service).decisions
    assert (decision.action, decision.rule) == (Action.REJECT, Rule.UNLISTED_REJECTED)


@pytest.mark.parametrize(
    ("age", "action"), [(timedelta(hours=72), Action.HOLD), (timedelta(hours=73), Action.REJECT)]
)
def test_rejects_a_stranger_who_waited_too_long(age: timedelta, action: Action) -> None:
    service = msgspec.structs.replace(service_entry(), hold_timeout=Duration("72h"))
    (decision,) = plan(connection(owner=STRANGER, age=age), service=service).decisions
    assert decision.action is action


def test_holds_a_request_whose_entry_has_expired() -> None:
    (decision,) = plan(
        connection(), service=entry(expires=NOW.date() - timedelta(days=1))
    ).decisions
    assert (decision.action, decision.rule) == (Action.HOLD, Rule.EXPIRED)
    assert decision.reason == "the entry of sddc-tokyo expired on 2026-11-21"


def test_holds_a_request_from_a_region_that_is_not_allowed() -> None:
    (decision,) = plan(connection(region=Region("eu-west-1"))).decisions
    assert (decision.action, decision.rule) == (Action.HOLD, Rule.REGION_NOT_ALLOWED)
    assert decision.reason == "sddc-tokyo may connect from ap-northeast-1, not from eu-west-1"


def test_accepts_the_oldest_requests_within_the_cap_and_holds_the_others() -> None:
    connections = [connection(n, age=timedelta(minutes=n)) for n in (1, 2, 3)]
    result = plan(connection(9, state="available"), *connections, service=entry(endpoints_max=2))
    assert [d.connection.vpc_endpoint_id[-1] for d in result.by(Action.ACCEPT)] == ["3"]
    assert [d.connection.vpc_endpoint_id[-1] for d in result.by(Action.HOLD)] == ["2", "1"]
    assert {d.rule for d in result.by(Action.HOLD)} == {Rule.OVER_CAP}


def test_ended_connections_do_not_count_towards_the_cap() -> None:
    result = plan(connection(1, state="deleted"), connection(2), service=entry(endpoints_max=1))
    assert len(result.by(Action.ACCEPT)) == 1


@pytest.mark.parametrize("state", ["pending", "available"])
def test_withdraws_a_live_connection_whose_entry_has_expired(state: str) -> None:
    yesterday = NOW.date() - timedelta(days=1)
    (decision,) = plan(connection(state=state), service=entry(expires=yesterday)).decisions
    assert (decision.action, decision.rule) == (Action.REJECT, Rule.LIVE_EXPIRED)
    (decision,) = plan(connection(state=state), service=entry(expires=NOW.date())).decisions
    assert decision.action is Action.KEEP


def live_strangers(count: int) -> list[EndpointConnection]:
    return [connection(n, state="available", owner=STRANGER) for n in range(1, count + 1)]


def test_withdraws_as_many_as_the_service_allows() -> None:
    result = plan(*live_strangers(3))
    assert len(result.by(Action.REJECT)) == 3
    assert not result.findings
    assert not result.is_stopped


def test_withdraws_none_if_more_would_be_lost_at_once_and_goes_on_accepting() -> None:
    result = plan(*live_strangers(4), connection(9))
    assert not result.by(Action.REJECT)
    assert [d.connection.vpc_endpoint_id[-1] for d in result.by(Action.ACCEPT)] == ["9"]
    assert {d.rule for d in result.by(Action.KEEP)} == {Rule.WITHDRAWAL_STOPPED}
    assert result.by(Action.KEEP)[0].reason == (
        f"account {STRANGER} is connected and not listed;"
        " the withdrawal of 4 connection(s) at once waits until max_withdrawals, 3,"
        " is raised to their number"
    )
    (finding,) = result.findings
    assert (finding.kind, finding.subject) == (FindingKind.BREAKER_TRIPPED, SERVICE_ID)
    assert finding.evidence["withdrawals"] == "4"
    assert f"{connection(4).vpc_endpoint_id} of {STRANGER}" in finding.evidence["connections"]
    assert result.staying >= {Consumer(account_id=STRANGER, region=HOME)}


def test_raising_the_number_confirms_the_withdrawal() -> None:
    service = msgspec.structs.replace(service_entry(), max_withdrawals=4)
    assert len(plan(*live_strangers(4), service=service).by(Action.REJECT)) == 4


@pytest.mark.parametrize(("most", "withdrawn"), [(2, 0), (3, 0), (4, 2)])
def test_once_tripped_the_breaker_waits_for_the_number_to_be_raised(
    most: int, withdrawn: int
) -> None:
    service = msgspec.structs.replace(service_entry(), max_withdrawals=most)
    result = plan_acceptance(live_strangers(2), service, home=HOME, now=NOW, tripped_at=3)
    assert len(result.by(Action.REJECT)) == withdrawn
    assert [f.evidence["tripped_at"] for f in result.findings] == ["3"] * (not withdrawn)


def test_a_breaker_with_nothing_to_withdraw_is_closed() -> None:
    result = plan_acceptance([connection()], service_entry(), home=HOME, now=NOW, tripped_at=3)
    assert not result.is_stopped
    assert not result.findings


def test_requests_that_are_rejected_do_not_trip_the_breaker() -> None:
    service = msgspec.structs.replace(service_entry(), unlisted="reject", max_withdrawals=0)
    requests = [connection(n, owner=STRANGER) for n in range(1, 9)]
    assert len(plan(*requests, service=service).by(Action.REJECT)) == 8


def test_who_was_let_in_by_the_service_itself_is_rejected_whatever_the_breaker_says() -> None:
    connections = live_strangers(6)
    uninvited = {c.vpc_endpoint_id for c in connections[:2]}
    result = plan_acceptance(connections, service_entry(), home=HOME, now=NOW, uninvited=uninvited)
    assert {d.connection.vpc_endpoint_id for d in result.by(Action.REJECT)} == uninvited
    assert result.findings[0].evidence["withdrawals"] == "4"


def test_of_a_service_that_is_not_in_the_allowlist_any_more_nobody_is_cut_or_let_in() -> None:
    result = plan(
        connection(1), connection(2, state="available"), service=removed_service(SERVICE_ID)
    )
    assert {d.action for d in result.decisions} == {Action.HOLD, Action.KEEP}
    assert [finding.kind for finding in result.findings] == [FindingKind.BREAKER_TRIPPED]


def test_raises_a_finding_for_a_state_that_it_does_not_know() -> None:
    (finding,) = plan(connection(state="somethingNew")).findings
    assert finding.kind is FindingKind.UNKNOWN_STATE
    assert finding.evidence["why"] == "the state somethingNew is not known"


def test_asks_for_the_convergence_of_connected_consumers_only() -> None:
    result = plan(
        connection(1, state="available"),
        connection(2, owner=STRANGER),
        connection(3, owner=STRANGER, state="available"),
    )
    assert result.connected == {Consumer(account_id=LISTED, region=HOME)}


@pytest.mark.parametrize(
    ("state", "awaits"),
    [("pendingAcceptance", False), ("pending", True), ("available", False), ("deleted", False)],
)
def test_awaits_what_is_accepted_and_not_yet_available(state: str, *, awaits: bool) -> None:
    assert plan(connection(state=state)).awaits_availability is awaits


def test_awaits_nothing_of_what_it_withdraws() -> None:
    assert not plan(connection(state="pending", owner=STRANGER)).awaits_availability


def test_every_rule_says_why_in_a_sentence() -> None:
    services = [
        service_entry(),
        entry(endpoints_max=1),
        entry(expires=NOW.date() - timedelta(days=1)),
        entry(regions=("eu-west-1",)),
        msgspec.structs.replace(service_entry(), unlisted="reject"),
        msgspec.structs.replace(service_entry(), hold_timeout=Duration("1m")),
        msgspec.structs.replace(service_entry(), max_withdrawals=9),
        msgspec.structs.replace(entry(expires=NOW.date() - timedelta(days=1)), max_withdrawals=9),
    ]
    connections = [
        connection(number, state=state, owner=owner, age=timedelta(minutes=5))
        for number, (state, owner) in enumerate(
            (state, owner) for state in STATES for owner in (LISTED, STRANGER)
        )
    ] + [connection(99)]
    decisions = [d for service in services for d in plan(*connections, service=service).decisions]
    assert {decision.rule for decision in decisions} == set(Rule)
    assert all("{" not in decision.reason for decision in decisions)


connections_of_any_kind = st.lists(
    st.builds(
        connection,
        st.integers(0, 2**64),
        owner=st.sampled_from([LISTED, STRANGER]),
        state=st.sampled_from(STATES),
        region=st.sampled_from([HOME, Region("eu-west-1")]),
        age=st.timedeltas(timedelta(0), timedelta(days=9)),
    ),
    unique_by=lambda c: c.vpc_endpoint_id,
    max_size=8,
)
entries_of_any_kind = st.builds(
    ServiceEntry,
    service_id=st.just("vpce-svc-0123456789abcdef0"),
    unlisted=st.sampled_from(["hold", "reject"]),
    max_withdrawals=st.integers(0, 5),
    hold_timeout=st.none() | st.just(Duration("72h")),
    consumers=st.lists(
        st.builds(
            ConsumerEntry,
            account_id=st.just(LISTED),
            source_cidrs=st.just(consumer_entry().source_cidrs),
            endpoints_max=st.none() | st.integers(1, 3),
            expires=st.none() | st.dates(NOW.date() - timedelta(3), NOW.date() + timedelta(3)),
        ),
        max_size=1,
    ).map(tuple),
)


@given(connections_of_any_kind, entries_of_any_kind)
def test_every_connection_gets_exactly_one_decision(
    connections: list[EndpointConnection], service: ServiceEntry
) -> None:
    result = plan_acceptance(connections, service, home=HOME, now=NOW)
    decided = [decision.connection for action in Action for decision in result.by(action)]
    assert sorted(decided, key=lambda c: c.vpc_endpoint_id) == sorted(
        connections, key=lambda c: c.vpc_endpoint_id
    )


@given(connections_of_any_kind, entries_of_any_kind)
def test_nobody_outside_the_allowlist_is_accepted(
    connections: list[EndpointConnection], service: ServiceEntry
) -> None:
    result = plan_acceptance(connections, service, home=HOME, now=NOW)
    for decision in result.by(Action.ACCEPT):
        account = decision.connection.vpc_endpoint_owner
        assert service.consumer(account) is not None
        assert decision.connection.state is ConnectionState.PENDING_ACCEPTANCE


@given(connections_of_any_kind, entries_of_any_kind)
def test_no_more_live_connections_are_cut_at_once_than_the_service_allows(
    connections: list[EndpointConnection], service: ServiceEntry
) -> None:
    result = plan_acceptance(connections, service, home=HOME, now=NOW)
    cut = [d for d in result.by(Action.REJECT) if d.connection.state in ESTABLISHED]
    assert len(cut) <= service.withdrawals_allowed
    assert result.is_stopped is any(d.rule is Rule.WITHDRAWAL_STOPPED for d in result.decisions)
    assert not (cut and result.is_stopped)


@given(connections_of_any_kind, entries_of_any_kind)
def test_planning_again_after_applying_accepts_and_rejects_nothing(
    connections: list[EndpointConnection], service: ServiceEntry
) -> None:
    outcome = {Action.ACCEPT: "pending", Action.REJECT: "rejected"}
    result = plan_acceptance(connections, service, home=HOME, now=NOW)
    after = [
        connection(
            int(d.connection.vpc_endpoint_id.removeprefix("vpce-"), 16),
            owner=d.connection.vpc_endpoint_owner,
            state=outcome.get(d.action, d.connection.reported_state),
            region=d.connection.vpc_endpoint_region,
            age=NOW - d.connection.creation_timestamp,
        )
        for d in result.decisions
    ]
    again = plan_acceptance(after, service, home=HOME, now=NOW)
    assert not again.by(Action.ACCEPT)
    assert not again.by(Action.REJECT)
