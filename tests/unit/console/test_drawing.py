"""What is drawn of services: as much as a person takes in, and the number of the rest."""

from msgspec.structs import replace

from console.documents.report import Report
from console.pages.drawing import Drawing, drawings
from tests.browser.reports import report_of


def test_those_who_wait_come_first_and_the_rest_is_counted() -> None:
    drawing = _drawn(report_of(100))
    states = [endpoint.state for lane in drawing.lanes for endpoint in lane.endpoints]
    assert states == ["pendingAcceptance"] * 10 + ["available"] * 2
    assert (drawing.more, drawing.without_endpoint) == (88, 0)


def test_endpoints_of_one_consumer_share_a_lane() -> None:
    report = report_of(9)
    owner = report.status.consumers[0].account_id
    endpoints = tuple(replace(e, account_id=owner) for e in report.status.endpoints)
    drawing = _drawn(_with(report, endpoints=endpoints))
    assert [(len(lane.endpoints), lane.more) for lane in drawing.lanes] == [(6, 3)]
    assert drawing.without_endpoint == 8


def test_what_has_ended_is_not_drawn() -> None:
    report = report_of(3)
    first, *others = report.status.endpoints
    drawing = _drawn(_with(report, endpoints=(replace(first, state="Rejected"), *others)))
    assert len(drawing.lanes) == 2
    assert drawing.without_endpoint == 1


def test_a_consumer_whose_groups_are_not_ours_to_open_has_no_sources() -> None:
    report = report_of(1)
    (topology,) = report.topologies
    drawing = _drawn(replace(report, topologies=(replace(topology, admissions={}),)))
    assert [lane.admission for lane in drawing.lanes] == [None]


def test_each_service_has_its_own_consumers() -> None:
    one = report_of(1)
    (service,), (topology,) = one.status.services, one.topologies
    other = "vpce-svc-00000000000000000"
    both = _with(one, services=(service, replace(service, service_id=other, alias=None)))
    report = replace(both, topologies=(topology, replace(topology, service_id=other)))
    assert [len(drawing.lanes) for drawing in drawings(report)] == [1, 0]


def _drawn(report: Report) -> Drawing:
    (drawing,) = drawings(report)
    return drawing


def _with(report: Report, **changes: object) -> Report:
    return replace(report, status=replace(report.status, **changes))
