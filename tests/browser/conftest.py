import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from console.documents.report import Report
from console.pages.report import page as written
from tests.browser.chromium import chromium, find_chromium

type Show = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    executable = find_chromium()
    if executable is None:
        if os.environ.get("CI"):
            pytest.fail("There is no Chromium, and `make test-browser` could not install it.")
        pytest.skip("There is no Chromium: install it, as in `apt-get install chromium`.")
    with chromium(executable) as running:
        yield running


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Iterator[Show]:
    """Show a report, and see that it asks for nothing and that nothing in it is refused."""
    asked: list[str] = []
    complaints: list[str] = []
    pages: list[Page] = []

    def show(report: Report, **options: object) -> Page:
        file = tmp_path / f"report-{len(pages)}.html"
        file.write_text(written(report), encoding="utf-8")
        page = browser.new_page(**options)  # type: ignore[arg-type] # playwright's own options
        pages.append(page)
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(file.as_uri())
        return page

    yield show
    for page in pages:
        page.close()
    assert all(url.startswith("file:") and url.endswith(".html") for url in asked), asked
    assert len(asked) == len(pages)
    assert complaints == []
