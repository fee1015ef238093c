"""Every target holds: for each seed anywhere, and for what a fuzzer makes of them in seconds."""

from pathlib import Path
from typing import Final

import pytest

from tests.security.figures import Figures
from tests.security.fuzz.running import HERE, UNAVAILABLE, fuzz
from tests.security.fuzz.targets import TARGETS

_SECONDS: Final = 3
_SEED: Final = 1
_SEEDS: Final = sorted((HERE / "corpus").glob("*/*"))


def test_every_target_has_seeds_and_every_seed_a_target() -> None:
    assert {path.parent.name for path in _SEEDS} == TARGETS.keys()


@pytest.mark.parametrize("path", _SEEDS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_target_holds_for_a_seed(path: Path) -> None:
    TARGETS[path.parent.name](path.read_bytes())


@pytest.mark.skipif(bool(UNAVAILABLE), reason=UNAVAILABLE)
@pytest.mark.parametrize("target", TARGETS)
def test_a_fuzzer_finds_nothing_that_breaks_a_target(
    tmp_path: Path, figures: Figures, target: str
) -> None:
    fuzzed = fuzz(target, _SECONDS, tmp_path, seed=_SEED)
    figures.add("fuzz inputs", fuzzed.inputs)
    figures.add("fuzz edges covered", fuzzed.edges)
    figures.add("fuzz features covered", fuzzed.features)
    figures.add("fuzz crashes", bool(fuzzed.report))
    assert not fuzzed.report, fuzzed.report
    assert fuzzed.edges > 0, "the code is instrumented"
    assert fuzzed.inputs > 100
