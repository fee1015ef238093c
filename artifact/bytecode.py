"""Compiles what an artifact's functions import when they start, so that no cold start has to.

Lambda cannot write bytecode beside the code: each execution environment would compile each module
anew. A module that is compiled here is marked as not to be compared with its source (PEP 552,
unchecked hash), since neither ever changes, and has the path of its file in Lambda.

The bytes depend on the source and on the version of Python alone. Python notes in bytecode which
values it shares with others in its memory; so a process that does nothing else compiles all of it,
in order.
"""

import py_compile
import subprocess
import sys
from pathlib import Path
from typing import Final

_IN_LAMBDA: Final = Path("/var/task")
_BARE: Final = ("-S", "-s", "-P")
"""Without what this environment has installed."""


def write_bytecode(folder: Path, sources: frozenset[Path]) -> None:
    """Compile sources in a folder into the `__pycache__` beside each."""
    if sources:
        names = sorted(source.relative_to(folder).as_posix() for source in sources)
        subprocess.run(  # noqa: S603 - our own module
            [sys.executable, *_BARE, __file__, *names],
            cwd=folder,
            env={"PYTHONHASHSEED": "0"},
            check=True,
        )


def _compile(name: str) -> None:
    py_compile.compile(
        name,
        dfile=str(_IN_LAMBDA / name),
        doraise=True,
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )


if __name__ == "__main__":
    for _name in sys.argv[1:]:
        _compile(_name)
