"""The report in a browser: with one endpoint and with 2,000, for all who read it."""

import re
from itertools import pairwise

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import FloatRect, Page

from tests.browser.conftest import Show
from tests.browser.reports import report_of

SIZES = (0, 1, 2000)


@pytest.mark.parametrize("size", SIZES)
def test_all_endpoints_are_in_the_table(show: Show, size: int) -> None:
    page = show(report_of(size))
    assert page.title() == "PrivateLink report: privatelink-autopilot"
    assert page.locator("tbody tr").count() == size
    assert page.locator("#search").is_visible() is bool(size)
    assert page.get_by_role("link", name=re.compile(r"\d endpoint")).inner_text() == (
        "1 endpoint" if size == 1 else f"{size} endpoints"
    )


@pytest.mark.parametrize("size", SIZES)
def test_a_service_is_drawn_from_its_sources_to_its_targets(show: Show, size: int) -> None:
    drawing = show(report_of(size)).locator(".drawing")
    drawn = drawing.inner_text()
    assert "i-0123456789abcdef1:80 unhealthy" in drawn
    assert drawing.locator(".lanes > .lane").count() == min(size, 12)
    if size:
        for each in ("from 192.168.0.0/20", "to tcp/80", "listens on tcp/80", "10.0.0.181"):
            assert (each in drawn) is (size == 1 or each != "10.0.0.181")
    assert ("1988 more consumers" in drawn) is (size == 2000)
    assert ("No consumer has an endpoint" in drawn) is (size == 0)


def test_what_is_connected_stands_in_a_row_on_a_wide_screen(show: Show) -> None:
    page = show(report_of(1), viewport={"width": 1400, "height": 900})
    boxes = [
        _box(page, selector)
        for selector in (".lane > .box", ".endpoints .box", ".balancers .box", ".targets .box")
    ]
    for left, right in pairwise(boxes):
        assert left["x"] + left["width"] < right["x"]


def test_nothing_is_wider_than_a_telephone(show: Show) -> None:
    page = show(report_of(30), viewport={"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_search_finds_rows_by_all_of_its_words(show: Show) -> None:
    page = show(report_of(2000))
    search = page.get_by_label("Search")
    search.fill("PENDINGacceptance sddc-1999")
    assert _rows(page) == 1
    assert page.get_by_role("status").inner_text() == "1 of 2000"
    search.fill("nonsense")
    assert (_rows(page), page.get_by_role("status").inner_text()) == (0, "0 of 2000")
    search.fill("  hold pendingacceptance ")
    assert _rows(page) == 200
    search.fill("")
    assert _rows(page) == 2000


def test_without_a_script_everything_is_there(show: Show) -> None:
    page = show(report_of(2000), java_script_enabled=False)
    assert page.locator("tbody tr:visible").count() == 2000
    assert not page.locator("#search").is_visible()


@pytest.mark.parametrize("size", [1, 60])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1400])
def test_it_is_accessible(show: Show, size: int, scheme: str, width: int) -> None:
    edits = ("+ web: sddc-9 (000000000009): 10.0.0.0/8", "- web: sddc-8", "~ web: mode: a → b")
    page = show(
        report_of(size, edits=edits),
        color_scheme=scheme,
        viewport={"width": width, "height": 900},
    )
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert len(found.response["passes"]) > 20


def test_the_keyboard_skips_to_the_endpoints(show: Show) -> None:
    page = show(report_of(1))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the endpoints"
    page.keyboard.press("Enter")
    assert page.url.endswith("#endpoints")


def test_dark_mode_is_dark_and_paper_is_white(show: Show) -> None:
    page = show(report_of(1), color_scheme="dark")
    assert _brightness(page) < 64
    page.emulate_media(media="print")
    assert _brightness(page) == 255
    assert not page.locator("#search").is_visible()
    assert page.locator("tbody tr").first.is_visible()


def test_light_mode_is_light(show: Show) -> None:
    assert _brightness(show(report_of(1), color_scheme="light")) == 255


def test_the_head_of_the_table_is_on_every_sheet(show: Show) -> None:
    page = show(report_of(200))
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf())) > 3
    page.emulate_media(media="print")
    shown = page.locator("thead").evaluate("head => getComputedStyle(head).display")
    assert shown == "table-header-group"


def test_words_of_others_stay_words(show: Show) -> None:
    evil = "</td><script>document.title='taken'</script><img src=x onerror=alert(1)>\u202egnp"
    page = show(report_of(10, stranger=evil, edits=(f"+ {evil}",)))
    assert page.title() == "PrivateLink report: privatelink-autopilot"
    assert page.locator("img").count() == 0
    assert page.locator("tbody script").count() == 0
    assert r"\u202egnp" in page.locator("tbody").inner_text()


def test_edits_are_told_by_words_and_not_by_colour_alone(show: Show) -> None:
    page = show(report_of(1, edits=("+ web: sddc-9", "- web: sddc-8", "~ web: mode")))
    assert page.locator(".edits li").all_inner_texts() == [
        "added web: sddc-9",
        "removed web: sddc-8",
        "changed web: mode",
    ]


@pytest.mark.parametrize(
    ("before", "said"),
    [("0123456789ab", "what it says has not"), ("ba9876543210", "is still in force")],
)
def test_that_there_are_no_edits_is_said(show: Show, before: str, said: str) -> None:
    page = show(report_of(1, before=before))
    assert said in page.locator("section:has(#allowlist)").inner_text()


def _rows(page: Page) -> int:
    return page.locator("tbody tr:visible").count()


def _box(page: Page, selector: str) -> FloatRect:
    box = page.locator(selector).first.bounding_box()
    assert box is not None
    return box


def _brightness(page: Page) -> int:
    colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return max(map(int, re.findall(r"\d+", colour)[:3]))
