import dataclasses
from typing import Any

import msgspec
import pytest
from rich.console import Console

from console.documents.plan import PlannedDeed
from console.planning import compared, planned
from console.rehearsal.deeds import DeedKind, Stage
from console.screens.outline import Heading, on_screen
from console.screens.plan import outlined
from console.screens.what_if import outlined as outlined_change
from privatelink.objections import Objection, ObjectionKind
from tests.unit.builders import SERVICE_ID, STRANGER, connection, consumer_entry, service_entry
from tests.unit.console.rehearsals import CONSUMER, QUOTA, deed, rehearsal

UNSEEN = {SERVICE_ID: {CONSUMER: "not authorized"}}
ADDRESS = "/privatelink/web/vpc-1/ip"


def screen(parts: object) -> list[str]:
    console = Console(width=200, no_color=True, markup=False)
    with console.capture() as capture:
        console.print(on_screen(parts))  # type: ignore[arg-type] # an outline
    return [line.strip() for line in capture.get().splitlines()]


def test_a_plan_has_every_decision_with_its_reason() -> None:
    plan = planned(rehearsal(connections=[connection(), connection(2, owner=STRANGER)]))
    (service,) = plan.services
    assert {(d.action, d.consumer, d.reason) for d in service.decisions} == {
        ("accept", "sddc-tokyo", "account 111122223333 is listed as sddc-tokyo"),
        ("hold", None, f"account {STRANGER} is not listed"),
    }


def test_what_a_service_that_observes_would_do_is_shown_and_not_counted() -> None:
    plan = planned(rehearsal(deed(), observing=True))
    assert plan.to_do == 0
    assert len(plan.services[0].deeds) == 1
    shown = screen(outlined(plan))
    assert shown[0].endswith("observed, nothing of this is done")
    assert shown[-1] == "Nothing to do: 1 changes are observed, and not done."


def test_a_deed_is_told_with_its_mark_its_place_and_its_time() -> None:
    deeds = [
        deed(),
        deed(DeedKind.CREATE_PARAMETER, ADDRESS, "10.0.3.181", stage=Stage.ONCE_AVAILABLE),
        deed(DeedKind.DELETE_PARAMETER, ADDRESS, "", account=None),
        deed(DeedKind.OVERWRITE_PARAMETER, ADDRESS, "x" * 200, account=None),
    ]
    shown = screen(outlined(planned(rehearsal(*deeds))))
    assert f"in {CONSUMER}" in shown
    assert f"+ {deed().subject}: 192.168.0.0/20 on tcp/80" in shown
    assert f"+ {ADDRESS} = 10.0.3.181  once available" in shown
    assert "in the provider's account" in shown
    assert f"- {ADDRESS}" in shown
    assert f"~ {ADDRESS} = {'x' * 100}…" in shown
    assert "By allowlist 0123456789ab: 2 to add, 1 to change, 1 to remove." in shown


def test_every_kind_of_deed_can_be_told() -> None:
    plan = planned(rehearsal(*(deed(kind) for kind in DeedKind)))
    assert len(screen(outlined(plan))) > len(DeedKind) - 2


def test_what_is_done_anyway_is_not_because_of_the_edit() -> None:
    both = deed()
    new = deed(value="10.0.0.0/8 on tcp/80")
    old = deed(DeedKind.CREATE_PARAMETER, ADDRESS, "10.0.3.181")
    (service,) = compared(rehearsal(both, old), rehearsal(both, new), ()).services
    assert [d.value for d in service.deeds] == [new.value]
    assert [d.value for d in service.anyway] == [both.value]
    assert [d.subject for d in service.avoided] == [ADDRESS]


def test_the_same_deed_twice_counts_twice() -> None:
    (service,) = compared(rehearsal(deed()), rehearsal(deed(), deed()), ()).services
    assert (len(service.deeds), len(service.anyway)) == (1, 1)


def test_what_an_observed_service_would_have_done_is_new_once_it_enforces() -> None:
    (service,) = compared(rehearsal(deed(), observing=True), rehearsal(deed()), ()).services
    assert service.anyway == ()
    assert [type(each) for each in service.deeds] == [PlannedDeed]


def test_what_is_observed_before_and_after_makes_no_difference() -> None:
    document = compared(rehearsal(deed(), observing=True), rehearsal(deed(), observing=True), ())
    assert not document.changes
    assert screen(outlined_change(document))[-1] == "Nothing changes because of it."


def test_the_version_that_a_leaf_names_makes_no_difference() -> None:
    leaf = '{"owner": "stack", "allowlist_version": "%s"}'
    before = deed(DeedKind.CREATE_PARAMETER, ADDRESS, leaf % ("a" * 12))
    after = deed(DeedKind.CREATE_PARAMETER, ADDRESS, leaf % ("b" * 12))
    document = compared(rehearsal(before), rehearsal(after), ())
    assert not document.changes
    assert len(document.services[0].anyway) == 1


def test_what_is_not_done_any_more_is_a_change() -> None:
    document = compared(rehearsal(deed()), rehearsal(), ())
    assert document.changes
    assert screen(outlined_change(document))[-1] == "Because of it: not done any more: 1."


def test_a_decision_alone_is_a_change() -> None:
    waiting = [connection(owner=STRANGER)]
    entry = msgspec.structs.replace(service_entry(), unlisted="reject")
    document = compared(
        rehearsal(connections=waiting), rehearsal(connections=waiting, entry=entry), ()
    )
    assert screen(outlined_change(document))[-1] == "Because of it: connections: 1 rejected."


@pytest.mark.parametrize("unread", [{"errors": {SERVICE_ID: ("no",)}}, {"unseen": UNSEEN}])
def test_what_could_not_be_read_may_change(unread: dict[str, Any]) -> None:
    blind = dataclasses.replace(rehearsal(), **unread)
    for document in (compared(blind, rehearsal(), ()), compared(rehearsal(), blind, ())):
        assert not document.is_known
        assert screen(outlined_change(document))[-1] == (
            "Nothing of what could be seen changes because of it."
        )
    plan = planned(blind)
    assert not plan.is_known
    assert screen(outlined(plan))[-1].startswith("Nothing to do: what could be seen is as")


def test_a_live_connection_that_is_lost_is_cut() -> None:
    live = [connection(state="available")]
    other = service_entry(consumer_entry())
    gone = service_entry(*other.consumers[1:])
    gone = type(gone)(service_id=gone.service_id, consumers=())
    document = compared(
        rehearsal(connections=live), rehearsal(connections=live, entry=gone, version="b" * 12), ()
    )
    ((changed,),) = [service.decisions for service in document.services]
    assert (changed.before and changed.before.action, changed.after.action, changed.outcome) == (
        "keep",
        "reject",
        "cut",
    )


def test_without_an_allowlist_in_force_everything_is_new() -> None:
    document = compared(None, rehearsal(deed(), connections=[connection()]), ())
    (service,) = document.services
    assert document.before is None
    assert (len(service.deeds), len(service.decisions), len(document.edits)) == (1, 1, 2)
    assert Heading("From no allowlist to 0123456789ab") in list(outlined_change(document))


def test_only_findings_that_are_new_are_told() -> None:
    (service,) = compared(rehearsal(findings=(QUOTA,)), rehearsal(findings=(QUOTA,)), ()).services
    assert service.findings == ()
    (service,) = compared(rehearsal(), rehearsal(findings=(QUOTA,)), ()).services
    assert [finding.kind for finding in service.findings] == [QUOTA.kind]


def test_objections_come_first_and_have_the_last_word() -> None:
    objection = Objection(
        kind=ObjectionKind.QUOTA_EXCEEDED,
        service="web",
        values={"consumer": "sddc-tokyo", "needed": "61 IPv4", "quota": "60"},
    )
    document = compared(rehearsal(), rehearsal(deed()), [objection])
    shown = screen(outlined_change(document))
    assert any(objection.sentence in line for line in shown)
    assert shown[-1] == "It would be refused, and nothing would change."
