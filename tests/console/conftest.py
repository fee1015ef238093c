"""The console, run against the whole stack on the sandbox."""

import os
from collections.abc import Iterator

import pytest

from sandbox.accounts import PROVIDER
from sandbox.privatelink.behaviour import Behaviour
from sandbox.walkthrough import Walkthrough
from tests.console.appconfig import AppConfig
from tests.console.running import Run, run_console
from tests.console.terminal import Terminal, Typed
from tests.e2e.deployed import deployed


@pytest.fixture(scope="session")
def walkthrough() -> Iterator[Walkthrough]:
    with deployed() as walkthrough:
        yield walkthrough


@pytest.fixture
def run(
    walkthrough: Walkthrough, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Run the command `privatelink` as the provider's platform team does."""
    environment = walkthrough.sandbox.environment(PROVIDER)
    return run_console(environment, monkeypatch, capsys)


@pytest.fixture
def run_alone(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command `privatelink` where there is no AWS, and no configuration of it."""
    nothing = {
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    return run_console(nothing, monkeypatch, capsys)


@pytest.fixture
def terminal(walkthrough: Walkthrough) -> Iterator[Terminal]:
    """Run the command `privatelink` in a terminal."""
    started: list[Typed] = []

    def run(*arguments: object) -> Typed:
        environment = walkthrough.sandbox.environment(PROVIDER)
        started.append(Typed([str(argument) for argument in arguments], environment))
        return started[-1]

    yield run
    for each in started:
        each.close()


@pytest.fixture
def appconfig(walkthrough: Walkthrough) -> Iterator[AppConfig]:
    walkthrough.deploy_allowlist()
    yield AppConfig(walkthrough)
    walkthrough.deploy_allowlist()


@pytest.fixture(scope="module")
def nothing_lingers(walkthrough: Walkthrough) -> Iterator[None]:
    """What tests before have deleted is not shown any more."""
    walkthrough.sandbox.configure(linger_seconds=0.0)
    yield
    walkthrough.sandbox.configure(linger_seconds=Behaviour.linger_seconds)
