"""Measures what a function needs for a pass: memory, as Lambda logs it, time, and log.

    recorder = Recorder()
    recorder.listen(client, on_the_wire)   # each client of the in-process wire, before the pass
    ...                                    # the pass, in process
    needs("publish_endpoint_addresses", event, recorder.recording)

The built function runs in Lambda's runtime client, in a process of its own, against what was
recorded. A recording may hold more than this pass: a question finds its answer by who asks, in
which Region, for what. To see to, where it is made otherwise than by `passes`:

- Who asks is an access key id: the provider's own is `recorder.ACCESS_KEY_ID`, a consumer's the
  one that the answer to AssumeRole has given out.
- The variables are those that the function was recorded with, as far as the questions have
  something of them: names of table, bus and role, prefix, owner. `world.VARIABLES` are the default.
- Answers that `before-call` handlers gave in place of AWS's are written as AWS writes them.
"""

import os
import resource
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from benchmarks.cold_start.artifact import built_artifact
from benchmarks.cold_start.execution_environment import ExecutionEnvironment
from benchmarks.cold_start.recording import Recording
from benchmarks.cold_start.running import Run
from benchmarks.cold_start.task_roots import task_roots
from benchmarks.cold_start.world import CREDENTIALS, VARIABLES

_KIB_PER_MIB: Final = 1024
_UNITS_PER_MIB: Final = 2**20 if sys.platform == "darwin" else 2**10
"""getrusage counts bytes on macOS, and kibibytes on other systems."""


@dataclass(frozen=True, kw_only=True)
class Needs:
    """What a function takes when AWS answers at once; `response` is what the first time returned.

    `again_seconds` is an invocation for the same event in the environment that is there by then,
    and `processor_seconds` how long processors have worked for it.
    """

    peak_mib: float
    first_seconds: float
    again_seconds: float
    processor_seconds: float
    log_bytes: int
    response: Any


def needs(
    function: str,
    event: Mapping[str, Any],
    recording: Recording,
    variables: Mapping[str, str] = VARIABLES,
) -> Needs:
    """Invoke a function twice, and return what it needs.

    `function` is the name of its package. Raises FunctionError if it fails, and
    UnknownRequestError if it asks what is not recorded.
    """
    with task_roots() as roots:
        run = Run(
            handler=f"{function}.app.lambda_handler",
            task_root=roots.unpacked(built_artifact()),
            recording=recording,
            event=event,
            variables={**variables, **CREDENTIALS},
        )
        with run.started() as environment:
            first = environment.invoke(run.event)
            log_bytes = environment.log_bytes
            before = processor_seconds(environment)
            again = environment.invoke(run.event)
            worked = processor_seconds(environment) - before
            return Needs(
                peak_mib=high_water(environment),
                first_seconds=first.ms / 1000,
                again_seconds=again.ms / 1000,
                processor_seconds=worked or again.ms / 1000,
                log_bytes=log_bytes,
                response=first.response,
            )


def processor_seconds(environment: ExecutionEnvironment) -> float:
    """Return how long processors have worked for an environment's process until now.

    It is 0 where there is no /proc, and counted in hundredths of a second where there is one.
    """
    stat = Path(f"/proc/{environment.pid}/stat")
    if not stat.exists():
        return 0.0
    user, system = stat.read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def high_water(environment: ExecutionEnvironment) -> float:
    """Return the MiB that an environment's process has had at most until now.

    Where there is no /proc, this ends it, and returns the most that any process has had that this
    one has started.
    """
    status = Path(f"/proc/{environment.pid}/status")
    if status.exists():
        (line,) = (row for row in status.read_text().splitlines() if row.startswith("VmHWM:"))
        return int(line.split()[1]) / _KIB_PER_MIB
    environment.end()
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / _UNITS_PER_MIB
