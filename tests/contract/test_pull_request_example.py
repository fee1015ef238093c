"""The workflow that reviews edits of the allowlist: what it runs, and what forks get."""

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import Any, Final

import yaml

from tests.contract.stack import ROOT

FILE: Final = ROOT / "examples" / "allowlist-pull-request" / "review-allowlist.yaml"
TEXT: Final = FILE.read_text()
WORKFLOW: Final[Mapping[Any, Any]] = yaml.safe_load(TEXT)
FORKS: Final = WORKFLOW["jobs"]["mistakes"]
OWN: Final = WORKFLOW["jobs"]["what-if"]


def commands(job: Mapping[str, Any]) -> Iterator[str]:
    yield from (step["run"] for step in job["steps"] if "run" in step)


def test_a_fork_gets_neither_secrets_nor_credentials() -> None:
    # YAML 1.1, which the parser reads, has `on` as a truth value.
    assert WORKFLOW[True].keys() == {"pull_request"}
    assert WORKFLOW["permissions"] == {}
    assert FORKS["permissions"] == {"contents": "read"}
    assert not any("aws" in step.get("uses", "") for step in FORKS["steps"])
    assert "secrets." not in TEXT


def test_what_asks_aws_is_for_branches_of_the_repository_alone() -> None:
    assert OWN["if"] == "github.event.pull_request.head.repo.full_name == github.repository"
    assert OWN["needs"] == "mistakes"


def test_nothing_that_others_write_is_put_into_a_command() -> None:
    for job in (FORKS, OWN):
        assert not any("${{" in command for command in commands(job))
        checkouts = [s for s in job["steps"] if s.get("uses", "").startswith("actions/checkout")]
        assert all(step["with"]["persist-credentials"] is False for step in checkouts)


def test_its_commands_are_those_of_the_console() -> None:
    run = [c for job in (FORKS, OWN) for c in commands(job) if c.startswith("privatelink")]
    assert len(run) == 2
    for command in run:
        words = re.split(r" > | \|\| ", command)[0].split()[1:]
        names = [word for word in words if not word.endswith(".yaml")]
        subcommand = [word for word in names if not word.startswith("-") and word != "markdown"]
        told = subprocess.run(  # noqa: S603 - our own module
            [sys.executable, "-m", "console", *subcommand, "--help"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        assert all(word in told for word in names if word.startswith("--"))


def test_the_example_of_an_allowlist_passes_what_forks_are_asked() -> None:
    (command,) = (c for c in commands(FORKS) if c.startswith("privatelink"))
    words = command.replace("allowlist.yaml", "allowlist.example.yaml").split()[1:]
    subprocess.run(  # noqa: S603 - our own module
        [sys.executable, "-m", "console", *words], cwd=ROOT, check=True, capture_output=True
    )
