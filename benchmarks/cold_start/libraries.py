"""What Lambda's Python runtime brings with it, and nothing else of this environment's packages."""

import atexit
import compileall
import importlib.util
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Final

_BROUGHT: Final = (
    "awslambdaric",
    "boto3",
    "botocore",
    "dateutil",
    "jmespath",
    "runtime_client",
    "s3transfer",
    "simplejson",
    "six",
    "snapshot_restore_py",
    "urllib3",
)
"""The runtime client with what it imports, and boto3 with what that does."""


@cache
def runtime_libraries() -> Path:
    """Return a folder of links to the runtime's libraries, made once a process.

    So a function finds Powertools, msgspec and YAML in its artifact, or not at all. The libraries
    have their bytecode, as the runtime's have.
    """
    folder = Path(tempfile.mkdtemp(prefix="lambda-runtime-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for name in _BROUGHT:
        found = _location(name)
        (folder / found.name).symlink_to(found)
        if found.is_dir():
            compileall.compile_dir(found, quiet=2)
        elif found.suffix == ".py":
            compileall.compile_file(found, quiet=2)
    return folder


def _location(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"{name} is not installed: run `make install`", name=name)
    origin = Path(spec.origin)
    return origin.parent if spec.submodule_search_locations else origin
