"""What checks the templates: how strictly, and for whom there is a program."""

import platform
import subprocess
import tarfile
from pathlib import Path

import pytest

from security.guard import NoGuardError, guard
from tests.security.templates.checking import ROOT, RULES, TEMPLATES

CHECKS = ROOT / ".venv" / "checks"


def commands() -> list[str]:
    planned = subprocess.run(
        ["make", "--dry-run", "--always-make", "templates"],  # noqa: S607 - whichever make there is
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return planned.stdout.splitlines()


def test_every_tool_checks_all_templates() -> None:
    for tool in ("/cfn-lint ", "/checkov ", "security/rules/policies.guard"):
        (command,) = [command for command in commands() if tool in command]
        assert all(f" {name}" in command for name in TEMPLATES)


def test_the_templates_are_all_that_there_are() -> None:
    visible = [
        path
        for path in (found.relative_to(ROOT) for found in ROOT.glob("**/*.yaml"))
        if path.parts[0] != "dist" and not any(part.startswith(".") for part in path.parts)
    ]
    written = [path for path in visible if "\nResources:\n" in (ROOT / path).read_text()]
    assert {str(path) for path in written} == {*TEMPLATES}


def test_cfn_lint_leaves_nothing_out() -> None:
    (command,) = [command for command in commands() if "/cfn-lint " in command]
    assert "--include-checks I" in command
    assert "--include-experimental" in command
    assert "--ignore-checks" not in command


def test_the_rules_pass_the_tests_that_lie_beside_them() -> None:
    answer = subprocess.run(  # noqa: S603 - our own arguments
        [guard(), "test", "--dir", RULES], capture_output=True, text=True, timeout=60, check=False
    )
    assert answer.returncode == 0, answer.stdout


@pytest.mark.parametrize("system", ["Linux", "Darwin"])
@pytest.mark.parametrize("processor", ["x86_64", "aarch64", "arm64"])
def test_guard_comes_for_linux_and_macos(
    system: str, processor: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (archive,) = CHECKS.glob("lib/python3*/site-packages/cdklabs/*/_jsii/*.jsii.tgz")
    copy = tmp_path / archive.relative_to(CHECKS)
    copy.parent.mkdir(parents=True)
    copy.symlink_to(archive)
    (tmp_path / "bin").mkdir()
    monkeypatch.setattr(platform, "system", lambda: system)
    monkeypatch.setattr(platform, "machine", lambda: processor)
    program = guard(tmp_path)
    assert program.stat().st_mode & 0o111
    with tarfile.open(archive) as files:
        sizes = {file.size for file in files if file.name.endswith("/cfn-guard")}
    assert program.stat().st_size in sizes


def test_another_system_is_told_that_there_is_no_guard_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (archive,) = CHECKS.glob("lib/python3*/site-packages/cdklabs/*/_jsii/*.jsii.tgz")
    copy = tmp_path / archive.relative_to(CHECKS)
    copy.parent.mkdir(parents=True)
    copy.symlink_to(archive)
    monkeypatch.setattr(platform, "system", lambda: "Windows")
    with pytest.raises(NoGuardError, match="for Linux and macOS, not for Windows"):
        guard(tmp_path)


def test_who_has_not_installed_guard_is_told_how_to(tmp_path: Path) -> None:
    with pytest.raises(NoGuardError, match="run 'make templates'"):
        guard(tmp_path)
