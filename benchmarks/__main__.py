"""Measures everything in one run: `python -m benchmarks`.

Scenarios in modelled time are run side by side, and then, when nothing else is at work, what is
timed. The results are written whatever they are; it ends with 1 if they are not what is promised.
"""

import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import partial
from typing import Any, Final

from benchmarks import allowlist_size, results
from benchmarks.cold_start import measuring
from benchmarks.cold_start.artifact import built_artifact
from benchmarks.documentation import page
from benchmarks.figures import Figure
from benchmarks.scenarios import growth, storm, sweep, time_to_ready
from benchmarks.scenarios.contenders import Name
from benchmarks.targets import missed

_ROUNDS: Final = 15
"""How often each cold start is measured."""

type Key = tuple[object, ...]
type Job = Callable[[], Any]


def main() -> int:
    """Measure, write, and return the exit code."""
    built_artifact()  # before several processes want it
    figures = [*_modelled(_Runs(_jobs())), *measuring.figures(_ROUNDS), *allowlist_size.figures()]
    results.write(figures)
    page.write()
    broken = list(missed(results.read()))
    sys.stdout.writelines(f"{sentence}\n" for sentence in broken)
    return 1 if broken else 0


def _jobs() -> Mapping[Key, Job]:
    """Return what is to be run, what takes longest first."""
    return {
        **{("sweep", size): partial(sweep.sweep, size) for size in reversed(sweep.SIZES)},
        **{("unchanged", n): partial(growth.unchanged, n) for n in reversed(growth.UNCHANGED)},
        **{
            ("storm", name, *size): partial(storm.storm, name, *size)
            for size in reversed(storm.SIZES)
            for name in Name
        },
        **{("ready", name): partial(time_to_ready.time_to_ready, name) for name in Name},
        **{("changes", n): partial(growth.changes, n) for n in reversed(growth.CHANGES)},
    }


class _Runs:
    """Runs jobs in as many processes as there are processors, and has what they have returned."""

    def __init__(self, jobs: Mapping[Key, Job]) -> None:
        self._returned: dict[Key, Any] = {}
        spawning = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(os.cpu_count(), spawning, max_tasks_per_child=1) as pool:
            begun = time.monotonic()
            running = {pool.submit(job): key for key, job in jobs.items()}
            for done in as_completed(running):
                key = running[done]
                self._returned[key] = done.result()
                told = " ".join(map(str, key))
                sys.stderr.write(f"{time.monotonic() - begun:6.0f} s  {told}\n")
        self._jobs = jobs

    def of(self, kind: str) -> Iterable[Any]:
        """Return what the jobs of a kind have returned, the smallest first."""
        return [self._returned[key] for key in reversed([*self._jobs]) if key[0] == kind]


def _modelled(runs: _Runs) -> Iterable[Figure]:
    yield from storm.figures(storm.Storms([*runs.of("storm")]))
    yield from time_to_ready.figures({each.name: each for each in runs.of("ready")})
    yield from sweep.figures([*runs.of("sweep")])
    yield from growth.figures([*runs.of("unchanged")], [*runs.of("changes")])


if __name__ == "__main__":
    sys.exit(main())
