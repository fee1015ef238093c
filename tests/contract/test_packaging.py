"""The package that people install against the artifact that Lambda runs."""

import re
import tomllib
from importlib.metadata import entry_points

from console.__main__ import start
from tests.contract.stack import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def test_what_the_functions_need_the_console_needs_too_in_the_same_versions() -> None:
    assert set(PROJECT["dependency-groups"]["functions"]) < set(PROJECT["project"]["dependencies"])


def test_the_artifact_carries_what_the_functions_need() -> None:
    requirements = (ROOT / "functions" / "requirements.txt").read_text()
    pinned = set(re.findall(r"^([a-z0-9-]+)==", requirements, re.MULTILINE))
    needed = {re.split("[<>=]", each)[0] for each in PROJECT["dependency-groups"]["functions"]}
    console = {re.split("[<>=]", each)[0] for each in PROJECT["project"]["dependencies"]}
    assert pinned >= needed
    assert not pinned & (console - needed)


def test_the_command_is_the_consoles() -> None:
    (command,) = entry_points(group="console_scripts", name="privatelink")
    assert command.load() is start
