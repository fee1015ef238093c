"""Runs the fuzzer in a process of its own, for as long as one has.

    python -m tests.security.fuzz.running SECONDS [TARGET ...]

It keeps what it has found in .fuzz/, and goes on from there the next time.
"""

import base64
import platform
import re
import subprocess
import sys
from pathlib import Path
from typing import Final, NamedTuple

from tests.security.fuzz.targets import TARGETS

HERE: Final = Path(__file__).parent
_FOUND: Final = Path(__file__).parents[3] / ".fuzz"
_INPUTS: Final = re.compile(r"stat::number_of_executed_units: (\d+)")
_COVERED: Final = re.compile(r"cov: (\d+) ft: (\d+)")
_BROKEN: Final = ("crash", "leak", "oom", "timeout")
_GRACE_SECONDS: Final = 120  # to start and to read the seeds
_RANDOM: Final = 0  # as libFuzzer has it
UNAVAILABLE: Final = (
    ""
    if (sys.platform, platform.machine()) == ("linux", "x86_64")
    else "atheris, the coverage-guided fuzzer, is there for Linux on x86-64 only"
)
"""Why nothing can be fuzzed here; empty if it can."""


class Fuzzed(NamedTuple):
    """What came of fuzzing one target; `report` is empty unless it ended badly."""

    inputs: int
    edges: int
    features: int
    report: str


def fuzz(target: str, seconds: int, found: Path, *, seed: int = _RANDOM) -> Fuzzed:
    """Fuzz a target, and keep inputs that cover something new, or break it, in a folder.

    The same seed makes the same inputs in the same order, as far as the seconds reach. A report
    ends with the input that broke the target, in base 64.
    """
    found.mkdir(parents=True, exist_ok=True)
    before = _broken_by(found)
    options = {
        "max_total_time": seconds,
        "max_len": 4096,
        "timeout": 20,  # seconds for one input, by the clock, on processors that others use too
        "seed": seed,
        "rss_limit_mb": 1024,
        "print_final_stats": 1,
        "artifact_prefix": f"{found}/",
        "dict": HERE / "words.dict",
    }
    done = subprocess.run(  # noqa: S603 - our own program
        [
            *(sys.executable, "-m", "tests.security.fuzz.fuzzer", target),
            *map(str, (found, HERE / "corpus" / target)),
            *(f"-{name}={value}" for name, value in options.items()),
        ],
        capture_output=True,
        timeout=seconds + _GRACE_SECONDS,
        check=False,
        text=True,
        errors="replace",
    )
    inputs = _INPUTS.search(done.stderr)
    edges, features = (_COVERED.findall(done.stderr) or [("0", "0")])[-1]
    return Fuzzed(
        inputs=int(inputs[1]) if inputs else 0,
        edges=int(edges),
        features=int(features),
        report="\n".join([done.stderr, *_written(_broken_by(found) - before)])
        if done.returncode
        else "",
    )


def _broken_by(found: Path) -> set[Path]:
    """Return the inputs that libFuzzer has kept because they broke a target."""
    return {path for kind in _BROKEN for path in found.glob(f"{kind}-*")}


def _written(inputs: set[Path]) -> list[str]:
    return [
        f"{path.name}, in base 64: {base64.b64encode(path.read_bytes()).decode()}"
        for path in sorted(inputs)
    ]


def main(seconds: int, *names: str) -> int:
    """Fuzz targets one after another, and say what came of it."""
    if UNAVAILABLE:
        sys.stdout.write(f"{UNAVAILABLE}: nothing is fuzzed.\n")
        return 0
    broken = 0
    for name in names or TARGETS:
        fuzzed = fuzz(name, seconds, _FOUND / name)
        broken += bool(fuzzed.report)
        sys.stdout.write(
            f"{name:<14}{fuzzed.inputs:>12,} inputs{fuzzed.edges:>7,} edges"
            f"{fuzzed.features:>8,} features  {'BROKEN' if fuzzed.report else 'ok'}\n"
            f"{fuzzed.report}"
        )
        sys.stdout.flush()
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), *sys.argv[2:]))
