"""The documentation site: built strictly, with every link leading somewhere."""

import os
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import override
from urllib.parse import unquote, urldefrag, urlsplit

import pytest

from tests.contract.stack import ROOT


class Links(HTMLParser):
    """What a page links to, and what can be linked to in it."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.feed(page.read_text())

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.links += [value for name in ("href", "src") if (value := found.get(name))]
        self.anchors |= {value for name in ("id", "name") if (value := found.get(name))}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    subprocess.run(  # noqa: S603 - our own pages
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", folder],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        check=True,
    )
    return folder


def broken(site: Path) -> Iterator[str]:
    pages = {page: Links(page) for page in site.rglob("*.html") if page.name != "404.html"}
    for page, found in pages.items():
        for link in found.links:
            if urlsplit(link).scheme:
                continue
            path, anchor = urldefrag(link)
            target = (page.parent / unquote(path)).resolve() if path else page
            leads = target.exists() and (not anchor or target not in pages)
            if not leads and not (target in pages and anchor in pages[target].anchors):
                yield f"{page.relative_to(site)}: {link}"


def test_every_link_leads_to_a_page_or_file_of_the_site_and_to_an_anchor_in_it(site: Path) -> None:
    assert sorted(broken(site)) == []


def test_nothing_is_fetched_from_elsewhere_to_show_a_page(site: Path) -> None:
    for page in site.rglob("*.html"):
        text = page.read_text()
        assert '<script src="http' not in text
        assert 'rel="stylesheet" href="http' not in text


def test_the_readme_is_the_first_page_and_decisions_are_listed_by_their_titles(site: Path) -> None:
    assert "Two commands" in (site / "index.html").read_text()
    decisions = (site / "decisions" / "index.html").read_text()
    for file in (ROOT / "docs" / "decisions").glob("*.md"):
        title = file.read_text().partition("\n")[0].lstrip("# ")
        assert title.split(". ", 1)[1] in decisions
