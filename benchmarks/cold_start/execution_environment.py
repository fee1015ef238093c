"""A Lambda execution environment: AWS's own runtime client in a process of its own.

    with ExecutionEnvironment("app.lambda_handler", task_root=folder, variables={}) as environment:
        environment.init_ms
        environment.invoke({"Records": []}).response

What is not as in Lambda: the processor is a whole one and this machine's, the artifact is there
already, and the task root's files lie in this machine's cache.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty
from types import TracebackType
from typing import IO, Any, Final, Self

from benchmarks.cold_start.runtime_api import Report, RuntimeApi, Said
from benchmarks.cold_start.variables import variables_of
from sandbox.accounts import PROVIDER, REGION

_PATIENCE_SECONDS: Final = 900
"""The longest that Lambda lets a function run."""
_GLANCE_SECONDS: Final = 0.2
"""How often to look whether the process is still there; what it reports is heard at once."""
_LOG_CHARACTERS: Final = 4000
_ARN: Final = f"arn:aws:lambda:{REGION}:{PROVIDER}:function:function"
_ERRORS: Final = (Said.ERROR, Said.INIT_ERROR)


class FunctionError(Exception):
    """The function, or its initialization, failed; the message is what it reported and logged."""


@dataclass(frozen=True, kw_only=True)
class Invocation:
    """What an invocation returned, and how long it took."""

    response: Any
    ms: float


class ExecutionEnvironment:
    """Runs a handler; the process ends with the `with` block.

    `task_root` is where the function's code is. `variables` are the function's own, as its
    template sets them. `path` are more folders with code, of which the artifact knows nothing.
    """

    init_ms: float
    """From the start of the process until it asks for its first invocation."""
    processor_ms: float = 0.0
    """How long processors have worked for the process, once it has ended."""

    def __init__(
        self,
        handler: str,
        *,
        task_root: Path,
        variables: Mapping[str, str],
        path: Sequence[Path] = (),
    ) -> None:
        self._handler = handler
        self._task_root = task_root
        self._variables = variables_of(handler, task_root, path) | dict(variables)
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with self._stack as stack:
            self._api = stack.enter_context(RuntimeApi(_ARN))
            self._home = stack.enter_context(tempfile.TemporaryDirectory())
            self._log: IO[bytes] = stack.enter_context(tempfile.TemporaryFile())
            started = time.perf_counter()
            self._process = self._spawn()
            stack.callback(self.end)
            self.init_ms = (self._wait(Said.READY).at - started) * 1000
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stack.close()

    @property
    def pid(self) -> int:
        """The id of the process."""
        return self._process.pid

    @property
    def log_bytes(self) -> int:
        """How much the process has written to its log until now."""
        return os.fstat(self._log.fileno()).st_size

    def invoke(self, event: Mapping[str, Any]) -> Invocation:
        """Hand the function an event; raises FunctionError if it does not return."""
        body = json.dumps(event).encode()
        started = time.perf_counter()
        self._api.invocations.put(body)
        report = self._wait(Said.RESPONSE)
        self._wait(Said.READY)
        return Invocation(response=json.loads(report.body), ms=(report.at - started) * 1000)

    def end(self) -> None:
        """End the process; twice does no harm."""
        if self._process.returncode is None:
            before = _processor_ms()
            self._process.kill()
            self._process.wait()
            self.processor_ms = _processor_ms() - before

    def _spawn(self) -> subprocess.Popen[bytes]:
        # -S: without site, packages come from PYTHONPATH alone.
        return subprocess.Popen(  # noqa: S603 - our own arguments
            [sys.executable, "-S", "-m", "awslambdaric", self._handler],
            cwd=self._task_root,
            env=self._variables | {"HOME": self._home, "AWS_LAMBDA_RUNTIME_API": self._api.address},
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )

    def _wait(self, said: Said) -> Report:
        report = self._next_report()
        if report.said in _ERRORS:
            error = json.loads(report.body)
            raise self._failure(f"{error['errorType']}: {error['errorMessage']}")
        if report.said is not said:
            raise self._failure(f"{report.said.name} where {said.name} was expected")
        return report

    def _next_report(self) -> Report:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < deadline:
            ended = self._process.poll() is not None  # after its last report
            with suppress(Empty):
                return self._api.reports.get(timeout=0 if ended else _GLANCE_SECONDS)
            if ended:
                raise self._failure(f"the process ended with {self._process.returncode}")
        raise self._failure(f"nothing was heard within {_PATIENCE_SECONDS} s")

    def _failure(self, what: str) -> FunctionError:
        self._log.seek(0)
        log = self._log.read().decode(errors="replace")[-_LOG_CHARACTERS:]
        return FunctionError(f"{self._handler}: {what}\n{log}")


def _processor_ms() -> float:
    """Return how long processors have worked for all child processes that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (usage.ru_utime + usage.ru_stime) * 1000
