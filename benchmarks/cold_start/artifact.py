"""The artifact that is measured: the one that `make build` makes, for this machine's processor."""

import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from benchmarks.figures import Figure
from sandbox import deployment

_MIB: Final = 2**20


@cache
def built_artifact() -> Path:
    """Build the artifact, one for all functions, once a process; it is gone when that ends."""
    (artifact,) = deployment.build().parent.glob("*.zip")
    return artifact


def sizes(artifact: Path) -> Iterator[Figure]:
    """Yield how large an artifact is, zipped and unpacked."""
    with zipfile.ZipFile(artifact) as file:
        unpacked = sum(entry.file_size for entry in file.infolist())
    yield Figure(name="artifact_zip_mib", value=artifact.stat().st_size / _MIB, unit="MiB")
    yield Figure(name="artifact_unpacked_mib", value=unpacked / _MIB, unit="MiB")
