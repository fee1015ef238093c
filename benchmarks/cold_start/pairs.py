"""A function as it was built beside a bare boto3 handler that makes the same clients and calls."""

from collections.abc import Mapping
from copy import replace
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from benchmarks.cold_start.recording import RecordedPass
from benchmarks.cold_start.running import ColdStart, Run
from benchmarks.cold_start.task_roots import TaskRoots

STAGES: Final = ("imports", "clients", "first_invocation")


class WrongResponseError(Exception):
    """A function returned something else than when it was recorded."""


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Both are run against the same recording, in a process of its own each time."""

    recorded: RecordedPass
    ours: Run
    bare: Run
    stages: Path

    @classmethod
    def of(cls, recorded: RecordedPass, *, artifact: Path, stages: Path, roots: TaskRoots) -> Self:
        """Make a pair of an unpacked artifact and the folder of `stages`."""
        ours = Run(
            handler=f"{recorded.function}.app.lambda_handler",
            task_root=artifact,
            recording=recorded.recording,
            event=recorded.event,
            variables=recorded.variables,
        )
        root = roots.bare(recorded.function, recorded.recording)
        bare = replace(ours, handler="bare.lambda_handler", task_root=root)
        return cls(recorded=recorded, ours=ours, bare=bare, stages=stages)

    def cold_starts(self) -> tuple[ColdStart, ColdStart]:
        """Return one cold start of each."""
        ours = self.ours.cold_start()
        if ours.response != self.recorded.response:
            raise WrongResponseError(f"{self.recorded.function}: {ours.response}")
        return ours, self.bare.cold_start()

    def split(self) -> tuple[Mapping[str, float], Mapping[str, float]]:
        """Return the milliseconds of each stage of one cold start of each."""
        return self._staged(self.ours), self._staged(self.bare)

    def _staged(self, run: Run) -> Mapping[str, float]:
        module = run.handler.rpartition(".")[0]
        stages: Mapping[str, float] = (
            replace(
                run,
                handler="stages.lambda_handler",
                variables={**run.variables, "STAGES_OF": module},
                path=(self.stages,),
            )
            .cold_start()
            .response
        )
        return stages
