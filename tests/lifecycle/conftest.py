"""The summary of the tests of the lifecycle."""

import pytest

from tests.lifecycle.profile import PROFILE
from tests.lifecycle.tally import TALLY


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if PROFILE.name != "nightly":
        nightly = [item for item in items if item.get_closest_marker("nightly")]
        config.hook.pytest_deselected(items=nightly)
        items[:] = [item for item in items if item not in nightly]


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
