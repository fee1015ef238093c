"""What is compiled, and that the same comes of it each time."""

import importlib.util
import marshal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import CodeType

import pytest

from artifact.bytecode import write_bytecode
from artifact.imports import imported

SOURCES = {
    "app.py": "from functions import used\nfrom functions.used import deep\n"
    "NAMES = {'one', 'two', 'three'}\ndef handler(name):\n return name in {'a', 'b', 'c'}\n",
    "functions/__init__.py": "",
    "functions/used/__init__.py": "from . import beside\nfrom .beside import nothing\n"
    "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n from functions import for_types\n",
    "functions/used/beside.py": "nothing = None\ndef later():\n import functions.lazy\n",
    "functions/used/deep.py": "try:\n from ..optional import this\nexcept ImportError:\n pass\n",
    "functions/optional.py": "this = 1\n",
    "functions/for_types.py": "",
    "functions/lazy.py": "",
    "functions/unused.py": "",
}


def an_artifact(folder: Path) -> Path:
    for name, text in SOURCES.items():
        source = folder / name
        source.parent.mkdir(parents=True, exist_ok=True)
        source.write_text(text)
    return folder


def bytecode(folder: Path) -> Mapping[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*.pyc")}


def test_what_is_imported_at_the_start_is_found_and_nothing_else(tmp_path: Path) -> None:
    folder = an_artifact(tmp_path)
    found = {str(source.relative_to(folder)) for source in imported(folder, ["app"])}
    others = {"functions/for_types.py", "functions/lazy.py", "functions/unused.py"}
    assert found == SOURCES.keys() - others


@pytest.fixture
def compiled(tmp_path: Path) -> Path:
    folder = an_artifact(tmp_path / "one")
    write_bytecode(folder, imported(folder, ["app"]))
    return folder


def test_python_finds_it_and_believes_it(compiled: Path) -> None:
    (compiled / "app.py").write_text("raise AssertionError('was compiled anew')\n")
    run = [sys.executable, "-S", "-c", "import app; print(app.handler('a'))"]
    answer = subprocess.run(run, cwd=compiled, capture_output=True, text=True, check=True)  # noqa: S603 - our own arguments
    assert answer.stdout == "True\n"


def test_it_is_what_the_source_says(compiled: Path) -> None:
    for name, content in bytecode(compiled).items():
        source = Path(importlib.util.source_from_cache(compiled / name))
        code = marshal.loads(content[16:])  # noqa: S302 - what has just been written
        assert isinstance(code, CodeType)
        assert code.co_filename == f"/var/task/{source.relative_to(compiled)}"
        assert code == compile(source.read_bytes(), code.co_filename, "exec", dont_inherit=True)


def test_it_is_the_same_each_time_and_anywhere(
    compiled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    other = an_artifact(tmp_path / "two" / "elsewhere")
    write_bytecode(other, imported(other, ["app"]))
    assert len(bytecode(other)) == 6
    assert bytecode(other) == bytecode(compiled)


def test_a_module_that_python_cannot_compile_stops_the_build(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("return\n")
    with pytest.raises(subprocess.CalledProcessError):
        write_bytecode(tmp_path, frozenset({tmp_path / "app.py"}))
