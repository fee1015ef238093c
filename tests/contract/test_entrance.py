"""What people run by hand: make targets and scripts."""

import os
import shutil
import subprocess
from pathlib import Path

from tests.contract.stack import ROOT

SCRIPT = ROOT / "examples" / "deploy-allowlist.sh"
STAND_IN = """#!/usr/bin/env bash
echo "$@" >> "$CALLS"
case "$1 $2" in
  "cloudformation describe-stacks") sed "s/.*OutputKey=='\\([A-Za-z]*\\)'.*/the-\\1/" <<< "$*" ;;
  "appconfig create-hosted-configuration-version") echo 7 ;;
esac
"""


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - the project's own commands
        command,
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_what_is_deployed_is_built_with_the_same_parameters() -> None:
    planned = run("make", "--dry-run", "deploy", "PARAMETERS=Architecture=x86_64").stdout
    commands = [line for line in planned.splitlines() if "/sam " in line]
    assert [command.split("/sam ")[1] for command in commands] == [
        "build --parameter-overrides Architecture=x86_64",
        "deploy --parameter-overrides Architecture=x86_64",
    ]


def test_help_names_every_target_that_people_are_told_of() -> None:
    listed = run("make", "help").stdout
    for target in (
        "demo",
        "test",
        "test-console",
        "test-security",
        "fuzz",
        "audit",
        "bench",
        "sbom",
        "check",
        "build",
        "sandbox",
        "invoke",
        "deploy",
        "clean",
    ):
        assert f" {target} " in listed.replace("\x1b[1m", " ").replace("\x1b[0m", " ")


def test_a_missing_python_is_explained_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "Makefile").write_text((ROOT / "Makefile").read_text())
    for name in ("pyproject.toml", "uv.lock"):
        (tmp_path / name).touch()
    tools = tmp_path / "tools"
    tools.mkdir()
    for tool in ("bash", "make", "rm", "env"):
        (tools / tool).symlink_to(shutil.which(tool) or tool)
    answer = run(
        "make", "-C", str(tmp_path), "test", PATH=str(tools), HOME=str(tmp_path), PYENV_ROOT="/none"
    )
    assert answer.returncode != 0
    assert "Python 3.13 was not found: install it" in answer.stderr


def test_the_script_deploys_the_version_that_it_makes(tmp_path: Path) -> None:
    (tmp_path / "aws").write_text(STAND_IN)
    (tmp_path / "aws").chmod(0o755)
    calls = tmp_path / "calls"
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    answer = run(str(SCRIPT), "stack", "allowlist.yaml", PATH=path, CALLS=str(calls))
    assert answer.returncode == 0, answer.stderr
    made, started = [line for line in calls.read_text().splitlines() if "appconfig" in line]
    assert "--application-id the-AllowlistApplicationId" in made
    assert "--content fileb://allowlist.yaml" in made
    assert "--configuration-version 7" in started
    assert "--deployment-strategy-id the-AllowlistDeploymentStrategyId" in started


def test_the_script_says_how_it_is_used() -> None:
    answer = run(str(SCRIPT))
    assert answer.returncode != 0
    assert "usage: deploy-allowlist.sh STACK-NAME FILE" in answer.stderr
