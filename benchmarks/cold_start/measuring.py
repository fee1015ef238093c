"""Measures cold starts of the built artifact: INIT and the first invocation, of real processes.

The first invocation is a pass with nothing to do, so that nothing is gained by postponing work.
Each function is measured against a bare boto3 handler that makes the same clients and the same
calls, in turn with it, so that whatever else the machine does meets both.

What is measured is the work of this machine's processor; Lambda gives a function of 512 MB a
share of one, which makes all of these times longer. In none of them: fetching and unpacking the
artifact, TLS, and AWS's own time to answer.

Figures of each function F, with the bare handler's as baseline: `cold_start_F_ms` (the median),
`…_ms_minimum`, `…_ms_processor` (how long the processors worked for it, whatever else they did),
and where the time goes beyond `cold_start_empty_ms`, which Python and the runtime client take:
`…_ms_imports`, `…_ms_clients`, `…_ms_first_invocation`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks.cold_start.artifact import built_artifact, sizes
from benchmarks.cold_start.pairs import STAGES, Pair
from benchmarks.cold_start.passes import FUNCTIONS, record_passes
from benchmarks.cold_start.recording import Recording
from benchmarks.cold_start.running import Run
from benchmarks.cold_start.task_roots import TaskRoots, task_roots
from benchmarks.figures import Figure

_STAGED_ROUNDS: Final = 3

type Both = tuple[float, float]
"""What a function took, and what the bare handler."""


@dataclass(frozen=True, kw_only=True)
class Measurements:
    """What cold starts took, in milliseconds."""

    empty: Sequence[float]
    took: Mapping[tuple[str, str], Sequence[Both]]
    """By function, and by what its figure ends with: what was timed."""


def figures(rounds: int) -> list[Figure]:
    """Build the artifact, measure so many cold starts of each function, and say what came out."""
    artifact = built_artifact()
    with task_roots() as roots:
        measurements = measure(artifact, roots, rounds)
    return [*figures_of(measurements), *sizes(artifact)]


def measure(artifact: Path, roots: TaskRoots, rounds: int) -> Measurements:
    """Measure everything in turn, once a round; the stages in fewer rounds."""
    empty = Run(
        handler="empty.lambda_handler",
        task_root=roots.empty(),
        recording=Recording(clients=(), exchanges=()),
    )
    pairs = _pairs(artifact, roots)
    took_empty: list[float] = []
    took: dict[tuple[str, str], list[Both]] = {}
    for number in range(rounds):
        took_empty.append(empty.cold_start().ms)
        for name, pair in pairs.items():
            for what, both in _once(pair, staged=number < _STAGED_ROUNDS):
                took.setdefault((name, what), []).append(both)
    return Measurements(empty=took_empty, took=took)


def figures_of(measurements: Measurements) -> Iterator[Figure]:
    """Yield what measurements come to."""
    yield Figure(name="cold_start_empty_ms", value=median(measurements.empty), unit="ms")
    totals = []
    for (function, what), took in measurements.took.items():
        ours, bare = [each for each, _ in took], [each for _, each in took]
        figure = _figure(function, what, median(ours), median(bare))
        yield figure
        if not what:
            totals.append(figure)
            yield _figure(function, "_minimum", min(ours), min(bare))
    worst = max(figure.ratio or 0.0 for figure in totals)
    yield Figure(name="cold_start_ratio_max", value=worst, unit="times bare boto3")


def _pairs(artifact: Path, roots: TaskRoots) -> Mapping[str, Pair]:
    root, stages = roots.unpacked(artifact), roots.stages()
    recorded = record_passes()
    return {
        name: Pair.of(recorded[name], artifact=root, stages=stages, roots=roots)
        for name in FUNCTIONS
    }


def _once(pair: Pair, *, staged: bool) -> Iterator[tuple[str, Both]]:
    ours, bare = pair.cold_starts()
    yield "", (ours.ms, bare.ms)
    yield "_processor", (ours.processor_ms, bare.processor_ms)
    if staged:
        our_stages, bare_stages = pair.split()
        for stage in STAGES:
            yield f"_{stage}", (our_stages[stage], bare_stages[stage])


def _figure(function: str, what: str, ours: float, bare: float) -> Figure:
    return Figure(name=f"cold_start_{function}_ms{what}", value=ours, unit="ms", baseline=bare)
