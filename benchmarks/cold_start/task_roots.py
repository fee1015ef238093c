"""Folders that execution environments find code in, as it lies under /var/task in Lambda."""

import json
import py_compile
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from botocore import xform_name

from benchmarks.cold_start.recording import Recording

_BENCHMARKS: Final = Path(__file__).parents[1]
_EMPTY: Final = _BENCHMARKS / "baselines" / "empty.py"
_BARE: Final = _BENCHMARKS / "baselines" / "bare.py"
_STAGES: Final = Path(__file__).parent / "stages.py"


@dataclass(frozen=True)
class TaskRoots:
    """Makes the folders in one of its own."""

    folder: Path

    def unpacked(self, artifact: Path) -> Path:
        """Unpack the built artifact."""
        root = self.folder / artifact.stem
        with zipfile.ZipFile(artifact) as file:
            file.extractall(root)
        return root

    def empty(self) -> Path:
        """Return where `empty` is."""
        return self._with(_EMPTY)

    def stages(self) -> Path:
        """Return where `stages` is."""
        return self._with(_STAGES)

    def bare(self, name: str, recording: Recording) -> Path:
        """Return where `bare` is, with the clients and the calls of a recording."""
        root = self._with(_BARE, f"bare-{name}")
        (root / "calls.json").write_text(json.dumps(_calls(recording)))
        return root

    def _with(self, source: Path, name: str = "") -> Path:
        """Return a folder with a module, which has its bytecode as the artifact's modules have."""
        root = self.folder / (name or source.stem)
        root.mkdir()
        py_compile.compile(str(shutil.copy(source, root)), doraise=True)
        return root


@contextmanager
def task_roots() -> Iterator[TaskRoots]:
    """Make folders that go with the block."""
    with tempfile.TemporaryDirectory(prefix="task-roots-") as folder:
        yield TaskRoots(Path(folder))


def _calls(recording: Recording) -> Mapping[str, Any]:
    """Return clients and calls for a handler that makes no client twice."""
    clients: list[Mapping[str, Any]] = []
    numbers: list[int] = []
    for client in recording.clients:
        if client not in clients:
            clients.append(client)
        numbers.append(clients.index(client))
    calls = [
        {
            "client": numbers[each.client],
            "method": xform_name(each.operation),
            "params": each.params,
        }
        for each in recording.exchanges
    ]
    return {"clients": clients, "calls": calls}
