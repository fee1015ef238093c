"""One deployed stack for all that attacks it, and the table of what has been counted."""

from collections.abc import Callable, Generator, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest

from artifact.packing import artifacts_of
from sandbox.walkthrough import Walkthrough
from tests.e2e.convergence import Stack
from tests.e2e.deployed import deployed
from tests.security.building import built_once
from tests.security.figures import Figures
from tests.security.least_privilege.attempts import Attempts
from tests.security.least_privilege.corpus import Corpus, record

_FIGURES: Final = pytest.StashKey[Figures]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_FIGURES] = Figures()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Generator[None]:
    """Run what shares the sandbox in one process: what records first, what judges last."""
    for item in items:
        if "secured" in _fixtures(item):
            item.add_marker(pytest.mark.e2e)
    items.sort(key=_turn)
    yield


def _turn(item: pytest.Item) -> int:
    fixtures = _fixtures(item)
    return 2 if "attempts" in fixtures else 0 if "corpus" in fixtures else 1


def _fixtures(item: pytest.Item) -> list[str]:
    return getattr(item, "fixturenames", [])


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand the figures of a worker of xdist to the process that prints them."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["figures"] = session.config.stash[_FIGURES].counts()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:  # noqa: ANN401 - a class of xdist's, which may be absent
    counts = getattr(node, "workeroutput", {}).get("figures", {})
    node.config.stash[_FIGURES].add_all(counts)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    lines = list(config.stash[_FIGURES].lines())
    if lines:
        terminalreporter.section("security", sep="=")
        for line in lines:
            terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def figures(pytestconfig: pytest.Config) -> Figures:
    """Counts for the table: `figures.add("fuzz inputs", 1000)`."""
    return pytestconfig.stash[_FIGURES]


@pytest.fixture(scope="session")
def built(
    pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], Path]:
    """Returns the built template of the stack, one for all processes of xdist."""
    own = tmp_path_factory.getbasetemp()
    return partial(built_once, own.parent if hasattr(pytestconfig, "workerinput") else own)


@pytest.fixture(scope="session")
def secured(built: Callable[[], Path]) -> Iterator[Walkthrough]:
    """The whole stack with the walkthrough's topology, deployed to a sandbox that enforces IAM."""
    with deployed(built) as walkthrough:
        yield walkthrough


@pytest.fixture(scope="session")
def stack(secured: Walkthrough) -> Stack:
    """The functions of `secured` and their queues."""
    return Stack(secured)


@pytest.fixture(scope="session")
def corpus(
    secured: Walkthrough,
    stack: Stack,
    figures: Figures,
    tmp_path_factory: pytest.TempPathFactory,
) -> Corpus:
    """What the stack was allowed when it did all that it does, and the policies that allowed it."""
    recorded = record(secured, stack, tmp_path_factory.mktemp("console"))
    figures.add("calls recorded", len(recorded.calls))
    figures.add("decisions about permissions recorded", len(recorded.decisions))
    return recorded


@pytest.fixture(scope="session")
def attempts(secured: Walkthrough, corpus: Corpus) -> Attempts:
    """All that has to be refused, with what the tests before have tried."""
    return Attempts(corpus, secured.sandbox.decisions())


@pytest.fixture(scope="session")
def artifact(built: Callable[[], Path]) -> Path:
    """The functions as they are built and packed for this machine's processor."""
    (found,) = artifacts_of(built())
    return found
