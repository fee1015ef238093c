"""Runs functions against recordings: each time in a new process, with instant answers."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.cold_start.execution_environment import ExecutionEnvironment
from benchmarks.cold_start.instant_aws import InstantAws
from benchmarks.cold_start.recording import Recording


@dataclass(frozen=True, kw_only=True)
class ColdStart:
    """INIT and the first invocation: how long both took, and what came of it."""

    ms: float
    processor_ms: float
    response: Any


@dataclass(frozen=True, kw_only=True)
class Run:
    """A handler with what it finds in Lambda."""

    handler: str
    task_root: Path
    recording: Recording
    event: Mapping[str, Any] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    path: Sequence[Path] = ()

    @contextmanager
    def started(self) -> Iterator[ExecutionEnvironment]:
        """Start an environment with an AWS of its own.

        Raises UnknownRequestError if the function asks that AWS what is not recorded.
        """
        with (
            InstantAws(self.recording.answers()) as aws,
            ExecutionEnvironment(
                self.handler,
                task_root=self.task_root,
                variables={**self.variables, "AWS_ENDPOINT_URL": aws.url},
                path=self.path,
            ) as environment,
        ):
            yield environment

    def cold_start(self) -> ColdStart:
        """Start an environment for one invocation."""
        with self.started() as environment:
            invocation = environment.invoke(self.event)
        return ColdStart(
            ms=environment.init_ms + invocation.ms,
            processor_ms=environment.processor_ms,
            response=invocation.response,
        )
