"""The state machine of a connection, as plain data."""

from datetime import UTC, datetime, timedelta

import pytest

from sandbox.privatelink.connections import (
    ACCEPTABLE,
    REJECTABLE,
    Connection,
    ConnectionState,
    WrongStateError,
)

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
PENDING = timedelta(seconds=30)


def connection(state: ConnectionState) -> Connection:
    return Connection(ConnectionState.PENDING_ACCEPTANCE, NOW).put_in(state, now=NOW)


def test_a_request_waits_for_acceptance_where_it_is_required() -> None:
    requested = Connection.requested(acceptance_required=True, now=NOW, pending=PENDING)
    assert requested.at(NOW + timedelta(days=7)).state is ConnectionState.PENDING_ACCEPTANCE


def test_a_request_is_pending_at_once_where_acceptance_is_not_required() -> None:
    requested = Connection.requested(acceptance_required=False, now=NOW, pending=PENDING)
    assert requested.state is ConnectionState.PENDING
    assert requested.at(NOW + PENDING).state is ConnectionState.AVAILABLE


def test_an_accepted_connection_is_pending_until_its_time_has_come() -> None:
    accepted = connection(ConnectionState.PENDING_ACCEPTANCE).accepted(now=NOW, pending=PENDING)
    almost = NOW + PENDING - timedelta(microseconds=1)
    assert accepted.at(almost).state is ConnectionState.PENDING
    assert accepted.at(NOW + PENDING).state is ConnectionState.AVAILABLE


@pytest.mark.parametrize("state", ConnectionState)
def test_only_a_waiting_request_can_be_accepted(state: ConnectionState) -> None:
    if state == "pendingAcceptance":
        accepted = connection(state).accepted(now=NOW, pending=PENDING)
        assert accepted.state is ConnectionState.PENDING
        return
    with pytest.raises(WrongStateError) as refused:
        connection(state).accepted(now=NOW, pending=PENDING)
    assert (refused.value.state, refused.value.expected) == (state, ACCEPTABLE)


@pytest.mark.parametrize("state", ConnectionState)
def test_what_waits_or_lives_can_be_rejected(state: ConnectionState) -> None:
    if state in {"pendingAcceptance", "pending", "available"}:
        assert connection(state).rejected(now=NOW).state is ConnectionState.REJECTED
        return
    with pytest.raises(WrongStateError) as refused:
        connection(state).rejected(now=NOW)
    assert (refused.value.state, refused.value.expected) == (state, REJECTABLE)


@pytest.mark.parametrize("state", ConnectionState)
def test_the_deletion_of_the_endpoint_ends_any_connection(state: ConnectionState) -> None:
    ended = connection(state).deleted(now=NOW)
    assert (ended.state, ended.changed_at) == (ConnectionState.DELETED, NOW)


@pytest.mark.parametrize("state", [each for each in ConnectionState if each != "pending"])
def test_no_other_state_changes_by_itself(state: ConnectionState) -> None:
    assert connection(state).at(NOW + timedelta(days=365)) == connection(state)


def test_a_connection_put_in_pending_stays_there() -> None:
    was_available = connection(ConnectionState.AVAILABLE)
    pending = was_available.put_in(ConnectionState.PENDING, now=NOW)
    assert pending.at(NOW + timedelta(days=365)).state is ConnectionState.PENDING


def test_a_connection_rejected_while_pending_has_never_been_available() -> None:
    pending = Connection.requested(acceptance_required=False, now=NOW, pending=PENDING)
    rejected = pending.rejected(now=NOW)
    assert not rejected.has_been_available(NOW + PENDING)


def test_a_connection_rejected_while_available_has_been_available() -> None:
    rejected = connection(ConnectionState.AVAILABLE).rejected(now=NOW + PENDING)
    assert rejected.has_been_available(NOW + PENDING)
