"""What all tests share: one deployed stack, however many processes run them."""

from collections.abc import Generator

import pytest


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Generator[None]:
    for item in items:
        if item.get_closest_marker("e2e"):
            item.add_marker(pytest.mark.xdist_group("e2e"))
    yield
    for item in items:
        # xdist 3.8 tells processes apart by a suffix of the id, and writes it where pytest 9.2
        # does not look any more.
        if suffixed := getattr(item, "_nodeid", ""):
            item._id = type(item.id).parse(suffixed)  # noqa: SLF001 - its one place
