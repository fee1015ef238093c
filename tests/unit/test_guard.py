from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec
import pytest

from privatelink.acceptance import plan_acceptance
from privatelink.allowlist import ConsumerEntry, ServiceEntry, removed_service
from privatelink.guard import Change, Outlook, object_to
from privatelink.model import EndpointConnection, Port, VpcEndpointId
from privatelink.objections import Objection, ObjectionKind
from tests.unit.builders import (
    HOME,
    HTTP,
    NOW,
    SERVICE_ID,
    STRANGER,
    connection,
    consumer_entry,
    service_entry,
)

LIVE = tuple(connection(number, state="available") for number in range(1, 5))
HTTPS = Port(protocol="tcp", from_port=443, to_port=443)
YESTERDAY = date(2026, 11, 21)


def service(*consumers: ConsumerEntry, **settings: Any) -> ServiceEntry:  # noqa: ANN401 - any key
    """Return an entry with these consumers, none if none is named."""
    return msgspec.structs.replace(service_entry(), consumers=consumers, **settings)


def somebody_else() -> ConsumerEntry:
    return msgspec.structs.replace(consumer_entry(), account_id=STRANGER, alias="another")


def outlook(
    entry: ServiceEntry | None = None,
    *,
    connections: Sequence[EndpointConnection] = LIVE,
    observing: bool = False,
    uninvited: frozenset[VpcEndpointId] = frozenset(),
    tripped_at: int | None = None,
) -> Outlook:
    """Return what an entry makes of the connections; without one, the service is not listed."""
    judged = entry or removed_service(SERVICE_ID)
    return Outlook(
        alias="web" if entry else None,
        entry=judged,
        observing=observing or judged.mode == "observe",
        plan=plan_acceptance(
            connections, judged, home=HOME, now=NOW, uninvited=uninvited, tripped_at=tripped_at
        ),
        now=NOW,
    )


LISTED = outlook(service(consumer_entry()))


def objections(
    before: Outlook | None, after: Outlook, ports: frozenset[Port] = frozenset({HTTP})
) -> tuple[Objection, ...]:
    change = Change(service_id=SERVICE_ID, before=before, after=after, ports=ports)
    return object_to([change])


def only(
    before: Outlook | None, after: Outlook, ports: frozenset[Port] = frozenset({HTTP})
) -> Objection:
    (objection,) = objections(before, after, ports)
    return objection


def kinds(before: Outlook | None, after: Outlook) -> list[ObjectionKind]:
    return [objection.kind for objection in objections(before, after)]


def test_says_nothing_about_a_document_that_changes_nothing() -> None:
    assert objections(LISTED, LISTED) == ()


class TestBreaker:
    def test_objects_to_more_losses_than_are_allowed(self) -> None:
        objection = only(LISTED, outlook(service(somebody_else())))
        assert objection.kind is ObjectionKind.BREAKER_TRIPS
        assert str(objection) == (
            "services.web: 4 live connection(s) would be lost at once, and max_withdrawals is 3, so"
            " that the circuit breaker would trip: vpce-00000000000000001 of 111122223333,"
            " vpce-00000000000000002 of 111122223333, vpce-00000000000000003 of 111122223333,"
            " vpce-00000000000000004 of 111122223333. If entries are missing by mistake, list them"
            " again; if all of these are to be withdrawn, write max_withdrawals: 4"
        )

    def test_lets_as_many_go_as_are_allowed(self) -> None:
        assert objections(LISTED, outlook(service(somebody_else(), max_withdrawals=4))) == ()
        few = outlook(service(somebody_else()), connections=LIVE[:3])
        assert objections(outlook(service(consumer_entry()), connections=LIVE[:3]), few) == ()

    def test_an_open_breaker_is_no_news(self) -> None:
        stopped = outlook(service(somebody_else()), tripped_at=3)
        assert objections(stopped, stopped) == ()

    @pytest.mark.parametrize("observing", [False, True])
    def test_a_breaker_that_was_only_observed_has_kept_nobody(self, *, observing: bool) -> None:
        stopped = outlook(service(somebody_else()), tripped_at=3)
        before = outlook(service(somebody_else()), tripped_at=3, observing=observing)
        assert kinds(before, stopped) == [ObjectionKind.BREAKER_TRIPS] * observing

    def test_one_more_behind_an_open_breaker_is(self) -> None:
        listed, gone = consumer_entry(), somebody_else()
        theirs = (*LIVE, connection(9, owner=STRANGER, state="available"))
        before = outlook(service(gone), connections=theirs, tripped_at=5)
        after = outlook(
            service(msgspec.structs.replace(listed, account_id="777788889999")),
            connections=theirs,
            tripped_at=5,
        )
        objection = only(before, after)
        assert objection.kind is ObjectionKind.BREAKER_TRIPS
        # Five are lost, and the number has to be raised above the five of when the breaker tripped.
        assert "5 live connection(s)" in str(objection)
        assert "write max_withdrawals: 6" in str(objection)
        enough = outlook(
            service(msgspec.structs.replace(listed, account_id="777788889999"), max_withdrawals=6),
            connections=theirs,
            tripped_at=5,
        )
        assert objections(before, enough) == ()

    def test_without_a_deployed_document_all_of_it_is_news(self) -> None:
        assert kinds(None, outlook(service(somebody_else()))) == [ObjectionKind.BREAKER_TRIPS]

    def test_those_whom_the_service_let_in_by_itself_are_no_loss(self) -> None:
        uninvited = frozenset(each.vpc_endpoint_id for each in LIVE)
        after = outlook(service(somebody_else()), uninvited=uninvited)
        assert objections(None, after) == ()


class TestEmptied:
    def test_objects_unless_the_document_says_how_many_are_to_go(self) -> None:
        objection = only(LISTED, outlook(service(), connections=LIVE[:1]))
        assert objection.kind is ObjectionKind.SERVICE_EMPTIED
        assert str(objection) == (
            "services.web: no entry of a consumer counts any more while 1 connection(s) are live:"
            " vpce-00000000000000001 of 111122223333. If entries are missing by mistake, list them"
            " again; if all of these are to be withdrawn, write max_withdrawals: 1"
        )
        assert objections(LISTED, outlook(service(max_withdrawals=4))) == ()

    def test_a_number_that_is_too_small_says_nothing(self) -> None:
        after = outlook(service(max_withdrawals=3))
        assert kinds(LISTED, after) == [ObjectionKind.SERVICE_EMPTIED]

    def test_expired_entries_do_not_count(self) -> None:
        expired = msgspec.structs.replace(consumer_entry(), expires=YESTERDAY)
        after = outlook(service(expired), connections=LIVE[:1])
        assert kinds(LISTED, after) == [ObjectionKind.SERVICE_EMPTIED]

    def test_a_service_that_was_empty_is_no_news(self) -> None:
        empty = outlook(service(), connections=LIVE[:1])
        assert objections(empty, empty) == ()

    def test_but_it_is_if_it_was_only_observed(self) -> None:
        observed = outlook(service(mode="observe"), connections=LIVE[:1])
        after = outlook(service(), connections=LIVE[:1])
        assert kinds(observed, after) == [ObjectionKind.SERVICE_EMPTIED]

    @pytest.mark.parametrize("state", ["pendingAcceptance", "rejected", "deleted", "novel"])
    def test_what_is_not_live_is_not_lost(self, state: str) -> None:
        after = outlook(service(), connections=[connection(state=state)])
        assert objections(LISTED, after) == ()


class TestRemoved:
    def test_objects_while_a_connection_is_live(self) -> None:
        objection = only(LISTED, outlook(None, connections=LIVE[:2]))
        assert objection.kind is ObjectionKind.SERVICE_REMOVED
        assert str(objection) == (
            "services.web is removed while 2 connection(s) are live: vpce-00000000000000001 of"
            " 111122223333, vpce-00000000000000002 of 111122223333. List it with consumers: [] and"
            " max_withdrawals: 2 to withdraw them, or with mode: observe to leave them alone"
        )

    def test_a_service_without_live_connections_may_go(self) -> None:
        assert objections(LISTED, outlook(None, connections=[connection()])) == ()

    def test_one_that_was_removed_before_is_no_news(self) -> None:
        assert objections(outlook(None), outlook(None)) == ()

    def test_without_a_deployed_document_it_is_called_by_its_id(self) -> None:
        assert str(only(None, outlook(None))).startswith(f"services.{SERVICE_ID} is removed")


def networks(count: int, network: str = "10.{}.0.0/20") -> list[str]:
    """Return networks of which no two are adjacent."""
    return [network.format(2 * number) for number in range(count)]


class TestQuota:
    def test_objects_to_an_entry_that_no_group_holds(self) -> None:
        after = outlook(service(consumer_entry(*networks(61))))
        objection = only(LISTED, after)
        assert objection.kind is ObjectionKind.QUOTA_EXCEEDED
        assert str(objection) == (
            "services.web: sddc-tokyo needs 61 IPv4 inbound rules in a security group, which"
            " holds 60 of each. Aggregate source_cidrs, or name fewer ports"
        )
        assert objections(LISTED, outlook(service(consumer_entry(*networks(60))))) == ()

    def test_counts_the_ports_of_the_listeners_or_the_entrys_own(self) -> None:
        ports = frozenset({HTTP, HTTPS})
        after = outlook(service(consumer_entry(*networks(40))))
        assert "80 IPv4" in str(only(LISTED, after, ports))
        named = outlook(service(consumer_entry(*networks(40), ports=(80,))))
        assert objections(LISTED, named, ports) == ()

    def test_counts_each_family_by_itself(self) -> None:
        both = (*networks(60), *networks(60, "2001:db8:{}::/48"))
        assert objections(LISTED, outlook(service(consumer_entry(*both)))) == ()
        more = outlook(service(consumer_entry(*both, "10.200.0.0/20", "2001:db9::/48")))
        assert "needs 61 IPv4 and 61 IPv6" in str(only(LISTED, more))
        one = outlook(service(consumer_entry(*networks(61), "2001:db9::/48")))
        assert "needs 61 IPv4 inbound" in str(only(LISTED, one))

    def test_counts_adjacent_networks_once(self) -> None:
        adjacent = [f"10.0.{number}.0/24" for number in range(128)]
        assert objections(LISTED, outlook(service(consumer_entry(*adjacent)))) == ()

    def test_what_was_too_large_already_may_grow_since_aws_may_have_raised_its_quota(self) -> None:
        before = outlook(service(consumer_entry(*networks(61))))
        assert objections(before, outlook(service(consumer_entry(*networks(62))))) == ()
        fits = outlook(service(consumer_entry(*networks(60))))
        after = outlook(service(consumer_entry(*networks(61))))
        assert kinds(fits, after) == [ObjectionKind.QUOTA_EXCEEDED]

    def test_only_the_entry_that_was_too_large_may_grow(self) -> None:
        large = msgspec.structs.replace(consumer_entry(*networks(61)), account_id=STRANGER)
        before = outlook(service(consumer_entry(), large))
        after = outlook(service(consumer_entry(*networks(61)), large))
        assert "sddc-tokyo needs 61" in str(only(before, after))

    def test_what_was_expired_is_news(self) -> None:
        large = consumer_entry(*networks(61))
        before = outlook(service(msgspec.structs.replace(large, expires=YESTERDAY)))
        assert kinds(before, outlook(service(large))) == [ObjectionKind.QUOTA_EXCEEDED]

    @pytest.mark.parametrize("change", [{"access": "none"}, {"expires": YESTERDAY}])
    def test_an_entry_that_opens_nothing_needs_nothing(self, change: dict[str, Any]) -> None:
        large = msgspec.structs.replace(consumer_entry(*networks(61)), **change)
        after = outlook(service(large, somebody_else()), connections=())
        assert objections(LISTED, after) == ()


@pytest.mark.parametrize(
    "entry",
    [service(somebody_else()), service(), service(consumer_entry(*networks(61)))],
    ids=["breaker", "emptied", "quota"],
)
def test_what_is_only_observed_is_not_guarded(entry: ServiceEntry) -> None:
    assert len(objections(LISTED, outlook(entry))) == 1
    assert objections(LISTED, outlook(entry, observing=True)) == ()


def test_objections_to_all_services_are_listed() -> None:
    changes = [
        Change(service_id=SERVICE_ID, before=LISTED, after=outlook(None)),
        Change(service_id=SERVICE_ID, before=LISTED, after=outlook(service())),
    ]
    assert [objection.kind for objection in object_to(changes)] == [
        ObjectionKind.SERVICE_REMOVED,
        ObjectionKind.SERVICE_EMPTIED,
    ]
