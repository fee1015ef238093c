"""What cold starts come to: medians, beside those of the bare handler."""

import zipfile
from pathlib import Path

import pytest

from benchmarks.cold_start.artifact import sizes
from benchmarks.cold_start.measuring import Measurements, figures_of

TOOK = Measurements(
    empty=[30.0, 50.0, 31.0],
    took={
        ("accept", ""): [(100.0, 200.0), (110.0, 210.0), (900.0, 220.0)],
        ("accept", "_processor"): [(90.0, 180.0)],
        ("relay", ""): [(80.0, 100.0), (85.0, 100.0), (90.0, 100.0)],
        ("relay", "_imports"): [(40.0, 20.0)],
    },
)


def test_figures_are_medians_beside_the_bare_handlers() -> None:
    figures = {figure.name: figure for figure in figures_of(TOOK)}
    assert figures["cold_start_empty_ms"].value == 31
    accept = figures["cold_start_accept_ms"]
    assert (accept.value, accept.baseline) == (110, 210)
    least = figures["cold_start_accept_ms_minimum"]
    assert (least.value, least.baseline) == (100, 200)
    assert figures["cold_start_relay_ms_imports"].ratio == 2


def test_the_worst_function_is_told_by_its_medians() -> None:
    (worst,) = (figure for figure in figures_of(TOOK) if figure.name == "cold_start_ratio_max")
    assert worst.value == pytest.approx(0.85)


def test_an_artifact_has_two_sizes(tmp_path: Path) -> None:
    artifact = tmp_path / "artifact.zip"
    with zipfile.ZipFile(artifact, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("app.py", b"#" * 2**20)
    figures = {figure.name: figure.value for figure in sizes(artifact)}
    assert figures["artifact_unpacked_mib"] == 1
    assert figures["artifact_zip_mib"] == artifact.stat().st_size / 2**20 < 0.1
