"""The summary of the tests of the lifecycle."""

from typing import Any

import pytest

from tests.lifecycle.profile import PROFILE
from tests.lifecycle.tally import TALLY


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if PROFILE.name != "nightly":
        nightly = [item for item in items if item.get_closest_marker("nightly")]
        config.hook.pytest_deselected(items=nightly)
        items[:] = [item for item in items if item not in nightly]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand the counts of a worker of xdist to the process that prints them."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["tally"] = TALLY.counts()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:  # noqa: ANN401 - a class of xdist's, which may be absent
    TALLY.add(getattr(node, "workeroutput", {}).get("tally", {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not TALLY.steps and not TALLY.mutants:
        return
    terminalreporter.section("lifecycle")
    line = terminalreporter.write_line
    line(
        f"steps run: {TALLY.steps}, in {TALLY.examples} lives, come to rest {TALLY.quiesced} times"
    )
    line(f"faults injected: {sum(TALLY.faults.values())}")
    for kind, count in sorted(TALLY.faults.items()):
        line(f"  {kind}: {count}")
    line(f"invariant violations: {TALLY.violations}")
    line(f"mutants caught: {TALLY.caught} of {TALLY.mutants}")
