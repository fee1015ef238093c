import io
from collections.abc import Mapping
from datetime import timedelta

import msgspec
import pytest
from rich.console import Console

from console.commands import status as command
from console.documents.status import ConsumerStatus, StackStatus, Status
from console.errors import ConsoleError
from console.overview import only, status_of
from console.roll import consumers_of
from console.screens.status import overview
from console.seeing import Sight
from privatelink.errors import ThrottledError
from privatelink.findings import FindingKind
from privatelink.gateways.records import ScopeRecord
from privatelink.model import Parameter, ParameterName, ParameterType, Region, VpcEndpointId
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
from tests.unit.console.sights import shown, sight
from tests.unit.console.test_explain import found, recorded

STACK = StackStatus(
    name="privatelink-autopilot",
    account_id="123456789012",
    region=HOME,
    version="0.1.0",
    mode="enforce",
    allowlist_version="0123456789ab",
)


def status(
    *sights: Sight, addresses: Mapping[VpcEndpointId, Mapping[str, Parameter]] | None = None
) -> Status:
    return status_of(sights, STACK, addresses or {}, NOW)


def text(document: Status, width: int = 120) -> str:
    return shown(overview(document), width)


def line(document: Status, of: str) -> str:
    (one,) = [each for each in text(document, 140).splitlines() if of in each]
    return " ".join(one.split())


def roll(seen: Sight) -> list[tuple[str, str, int, int, int | None]]:
    return [
        (c.account_id, c.standing, c.endpoints, c.waiting, c.endpoints_max)
        for c in consumers_of(seen, HOME, NOW)
    ]


def test_who_waits_stands_first_and_what_has_ended_last() -> None:
    states = ["deleted", "available", "pending", "somethingNew", "pendingAcceptance"]
    document = status(sight(*(connection(n, state=state) for n, state in enumerate(states))))
    assert [each.state for each in document.endpoints] == [
        "pendingAcceptance",
        "somethingNew",
        "pending",
        "available",
        "deleted",
    ]


def test_ended_endpoints_are_only_counted_on_the_screen() -> None:
    gone = connection(1, state="deleted")
    document = status(sight(gone, connection(2)))
    assert [each.vpc_endpoint_id for each in document.endpoints][1] == gone.vpc_endpoint_id
    assert gone.vpc_endpoint_id not in text(document)
    assert "and 1 more that have ended" in text(document)


def test_an_endpoint_is_shown_with_its_decision_age_and_addresses() -> None:
    mine = connection(state="available", age=timedelta(hours=50))
    leaf = Parameter(
        name=ParameterName("/privatelink/web/1/vpc-1/ips"),
        value="10.0.3.181,10.0.4.7",
        type=ParameterType.STRING_LIST,
    )
    document = status(sight(mine), addresses={mine.vpc_endpoint_id: {"ips": leaf}})
    assert line(document, mine.vpc_endpoint_id) == (
        f"{mine.vpc_endpoint_id} web {LISTED} available keep 2 d 10.0.3.181, 10.0.4.7"
    )


def test_what_is_only_observed_would_be_done() -> None:
    document = status(sight(connection(), observes=True))
    assert document.endpoints[0].action == "would accept"
    assert document.services[0].mode == "observe"


@pytest.mark.parametrize(
    ("most", "is_open", "said"), [(2, False, "closed"), (1, True, "open: 2 of 1")]
)
def test_the_circuit_breaker_is_shown(most: int, said: str, *, is_open: bool) -> None:
    service = msgspec.structs.replace(service_entry(), max_withdrawals=most)
    strangers = [connection(n, owner=STRANGER, state="available") for n in (1, 2)]
    document = status(sight(*strangers, service=service))
    breaker = document.services[0].breaker
    assert (breaker.is_open, breaker.waiting) == (is_open, 2 * is_open)
    assert breaker.withdrawals_allowed == most
    assert line(document, SERVICE_ID) == f"web {SERVICE_ID} enforce required {said} 2 available"


def test_connections_are_counted_by_state() -> None:
    seen = sight(connection(1, state="available"), connection(2), connection(3))
    assert status(seen).services[0].connections == {"available": 1, "pendingAcceptance": 2}


def test_services_that_are_not_listed_or_not_there_stand_out() -> None:
    document = status(sight(alias=None, exists=False))
    assert line(document, SERVICE_ID).startswith(f"not listed {SERVICE_ID} enforce no such service")
    assert document.services[0].acceptance_required is None


def test_live_endpoints_count_towards_the_cap_and_requests_wait() -> None:
    service = service_entry(msgspec.structs.replace(consumer_entry(), endpoints_max=2))
    seen = sight(
        connection(1, state="available"),
        connection(2, state="pending"),
        connection(3),
        connection(4, state="deleted"),
        service=service,
    )
    assert roll(seen) == [(LISTED, "listed", 2, 1, 2)]
    assert "2 of 2, 1 waiting" in line(status(seen), "sddc-tokyo")


def test_strangers_are_on_the_roll_as_long_as_they_have_a_connection() -> None:
    seen = sight(connection(1, owner=STRANGER), connection(2, owner=STRANGER, state="rejected"))
    assert roll(seen) == [(LISTED, "listed", 0, 0, None), (STRANGER, "not listed", 0, 1, None)]
    assert roll(sight(connection(2, owner=STRANGER, state="rejected")))[1:] == []


def test_an_entry_that_has_expired_is_told_apart() -> None:
    yesterday = NOW.date() - timedelta(days=1)
    service = service_entry(msgspec.structs.replace(consumer_entry(), expires=yesterday))
    assert [each[1] for each in roll(sight(service=service))] == ["expired"]


def test_regions_are_those_allowed_and_those_of_endpoints() -> None:
    seen = sight(connection(region=Region("eu-west-1")))
    (consumer,) = consumers_of(seen, HOME, NOW)
    assert isinstance(consumer, ConsumerStatus)
    assert consumer.regions == (HOME, "eu-west-1")


def test_consumers_without_an_endpoint_are_only_counted_on_the_screen() -> None:
    document = status(sight())
    assert [each.alias for each in document.consumers] == ["sddc-tokyo"]
    said = text(document)
    assert "sddc-tokyo" not in said
    assert "and 1 more listed without an endpoint" in said


def test_errors_stand_before_warnings() -> None:
    findings = {
        **found(FindingKind.LISTENERS_DIFFER, SERVICE_ID),
        **found(FindingKind.NO_HEALTHY_TARGET, "arn:aws:tg"),
    }
    document = status(sight(record=recorded({"": ScopeRecord(open_findings=findings)})))
    assert [each.severity for each in document.findings] == ["error", "warning"]
    said = text(document)
    assert said.index("no-healthy-target") < said.index("listeners-differ")


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
def test_nothing_is_cut_off_whatever_the_width(width: int) -> None:
    said = text(status(sight(connection(1), connection(2, owner=STRANGER))), width)
    assert all(len(each) <= width for each in said.splitlines())
    flat = "".join(said.split())
    assert "…" not in flat
    for each in (SERVICE_ID, connection(1).vpc_endpoint_id, "pendingAcceptance", STRANGER):
        assert each in flat


def test_a_service_is_found_by_alias_or_id_and_another_is_an_error() -> None:
    seen = sight()
    assert only([seen], "web") == only([seen], SERVICE_ID) == (seen,)
    with pytest.raises(ConsoleError, match="No service db is looked after") as refusal:
        only([seen], "db")
    assert "web" in refusal.value.hint


class Terminal:
    """A terminal on which a watch runs until it is interrupted."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, interrupted_after: int) -> None:
        self.console = Console(
            file=io.StringIO(), width=120, height=50, force_terminal=True, color_system=None
        )
        monkeypatch.setattr(command, "results", self.console)
        self._left = interrupted_after

    def sleep(self, _seconds: float) -> None:
        self._left -= 1
        if not self._left:
            raise KeyboardInterrupt

    @property
    def written(self) -> str:
        assert isinstance(self.console.file, io.StringIO)
        return self.console.file.getvalue()


def test_a_watch_shows_what_is_new_and_leaves_the_screen_as_it_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal = Terminal(monkeypatch, interrupted_after=2)
    first, second = status(sight(connection(1))), status(sight(connection(2)))
    with pytest.raises(KeyboardInterrupt):
        command.watch_over(first, lambda: second, terminal.sleep)
    before, after = (terminal.written.index(connection(n).vpc_endpoint_id) for n in (1, 2))
    assert before < after
    enter, leave = "\x1b[?1049h", "\x1b[?1049l"
    assert terminal.written.index(enter) < before
    assert after < terminal.written.index(leave)


def test_a_watch_outlives_a_reading_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal(monkeypatch, interrupted_after=2)

    def read() -> Status:
        raise ThrottledError("DescribeVpcEndpointConnections", "RequestLimitExceeded", "later")

    with pytest.raises(KeyboardInterrupt):
        command.watch_over(status(sight(connection(1))), read, terminal.sleep)
    assert terminal.written.count(connection(1).vpc_endpoint_id) == 2
    assert "This is not the latest: DescribeVpcEndpointConnections failed" in terminal.written
