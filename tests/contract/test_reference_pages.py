"""The reference pages are made from the schema and the templates, and are fresh."""

from pathlib import Path

import pytest

from documentation.reference import ROOT, pages
from privatelink.allowlist import ConsumerEntry, PortEntry, ServiceEntry

PAGES = pages()


@pytest.mark.parametrize("file", PAGES, ids=[str(file.relative_to(ROOT)) for file in PAGES])
def test_a_page_is_as_it_would_be_generated(file: Path) -> None:
    assert file.read_text() == PAGES[file], "run 'make schemas'"


@pytest.mark.parametrize("entry", [ServiceEntry, ConsumerEntry, PortEntry])
def test_every_key_of_the_allowlist_is_there(
    entry: type[ServiceEntry] | type[ConsumerEntry] | type[PortEntry],
) -> None:
    (page,) = (text for file, text in PAGES.items() if file.name == "allowlist.md")
    for key in entry.__struct_fields__:
        assert f"| `{key}` | " in page
