import io
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, cast

import msgspec
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from rich.console import Console
from rich.text import Text

from console.addresses import Addresses
from console.commands import status as command
from console.documents.status import ConsumerStatus, StackStatus, Status
from console.errors import ConsoleError
from console.overview import only, status_of
from console.roll import consumers_of
from console.screens.status import overview
from console.screens.watched import Watched
from console.seeing import Sight
from privatelink.errors import ThrottledError
from privatelink.findings import FindingKind
from privatelink.gateways.records import ScopeRecord
from privatelink.model import (
    AccountId,
    Parameter,
    ParameterName,
    ParameterType,
    Region,
    VpcEndpointId,
)
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

if TYPE_CHECKING:
    from privatelink.gateways.parameters import Parameters

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

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, interrupted_after: int, height: int = 50
    ) -> None:
        self.console = Console(
            file=io.StringIO(), width=120, height=height, force_terminal=True, color_system=None
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
    assert "This is not the latest: AWS asks to come back later" in terminal.written


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            ClientError({"Error": {"Code": "ExpiredToken", "Message": "x\x1b"}}, "DescribeStacks"),
            r"The AWS credentials have expired: x\u001b Log in again",
        ),
        (EndpointConnectionError(endpoint_url="https://x"), "AWS could not be reached"),
        (ConsoleError("No service web is looked after."), "No service web is looked after."),
        (ExceptionGroup("both", [ConsoleError("one."), ConsoleError("two.")]), "one. two."),
    ],
)
def test_a_watch_outlives_whatever_can_be_told(
    monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    terminal = Terminal(monkeypatch, interrupted_after=3)
    later: Iterator[Exception | Status] = iter([error, status(sight(connection(2)))])

    def read() -> Status:
        found = next(later)
        if isinstance(found, Exception):
            raise found
        return found

    with pytest.raises(KeyboardInterrupt):
        command.watch_over(status(sight(connection(1))), read, terminal.sleep)
    assert f"This is not the latest: {said}" in terminal.written
    assert connection(2).vpc_endpoint_id in terminal.written.rpartition(said)[2]


def test_a_bug_ends_a_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal(monkeypatch, interrupted_after=9)

    def read() -> Status:
        raise KeyError("a bug")

    with pytest.raises(KeyError):
        command.watch_over(status(sight()), read, terminal.sleep)


def crowded() -> Status:
    findings = {
        key: each
        for n in range(30)
        for key, each in found(FindingKind.NO_HEALTHY_TARGET, f"arn:aws:{n}").items()
    }
    connections = [connection(n, owner=AccountId(f"{n:012}")) for n in range(1, 61)]
    record = recorded({"": ScopeRecord(open_findings=findings)})
    return status(sight(*connections, record=record))


@pytest.mark.parametrize("height", [30, 50, 80])
def test_a_watch_shows_something_of_everything_and_counts_the_rest(
    monkeypatch: pytest.MonkeyPatch, height: int
) -> None:
    terminal = Terminal(monkeypatch, interrupted_after=1, height=height)
    with pytest.raises(KeyboardInterrupt):
        command.watch_over(crowded(), crowded, terminal.sleep)
    said = terminal.written
    for each in ("no-healthy-target", "vpce-", "000000000001", "and 1 more listed", "Ctrl-C"):
        assert each in said
    assert said.count("more\n") + said.count("more ") >= 3
    assert len(said.splitlines()) == height


def test_a_watch_fits_into_a_screen_that_is_told_its_height() -> None:
    console = Console(file=io.StringIO(), width=120, height=30, color_system=None)
    options = console.options.update(height=30)
    lines = console.render_lines(Watched(crowded(), Text("the end")), options)
    assert "the end" in "".join(segment.text for line in lines for segment in line)


def test_where_everything_fits_a_watch_shows_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal(monkeypatch, interrupted_after=1, height=400)
    document = crowded()
    with pytest.raises(KeyboardInterrupt):
        command.watch_over(document, crowded, terminal.sleep)
    assert all(each.vpc_endpoint_id in terminal.written for each in document.endpoints)


class Copies:
    """A Parameter Store that counts how often it is read."""

    def __init__(self) -> None:
        self.paths: list[str] = []

    def get_parameters_by_path(self, path: str) -> tuple[Parameter, ...]:
        self.paths.append(path)
        return ()


def test_addresses_are_read_once_a_minute() -> None:
    copies, addresses = Copies(), Addresses()
    for seconds in (0, 5, 59, 60, 65):
        now = NOW + timedelta(seconds=seconds)
        addresses.read(cast("Parameters", copies), ["/privatelink/web"], now)
    assert copies.paths == ["/privatelink/web"] * 2


def test_addresses_are_remembered_in_the_meantime(monkeypatch: pytest.MonkeyPatch) -> None:
    mine: dict[VpcEndpointId, Mapping[str, Parameter]] = {connection().vpc_endpoint_id: {}}
    monkeypatch.setattr("console.addresses.published", lambda *_: mine)
    copies, addresses = cast("Parameters", Copies()), Addresses()
    for seconds in (0, 5):
        now = NOW + timedelta(seconds=seconds)
        assert addresses.read(copies, ["/privatelink/web"], now) == mine
