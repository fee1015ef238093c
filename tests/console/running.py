"""Runs the console within the tests' process."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pytest

from console.app import main
from console.output import results, talk

COLUMNS = 100

type Run = Callable[..., Result]


@dataclass(frozen=True, kw_only=True)
class Result:
    """How a command has ended, and what it has said."""

    exit_code: int
    stdout: str
    stderr: str


def run_console(
    environment: Mapping[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Return a function that takes the arguments of `privatelink`, in a terminal's environment."""
    for name in os.environ.keys() - environment.keys():
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    monkeypatch.delenv("PRIVATELINK_STACK_NAME", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("COLUMNS", str(COLUMNS))
    for console in (results, talk):  # which may have looked at a variable of pytest's own
        monkeypatch.setattr(console, "width", COLUMNS)

    def run(*arguments: object) -> Result:
        capsys.readouterr()
        exit_code = main([str(argument) for argument in arguments])
        written = capsys.readouterr()
        return Result(exit_code=exit_code, stdout=written.out, stderr=written.err)

    return run
