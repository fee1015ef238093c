"""The stack built once, however many processes test it."""

import fcntl
import shutil
from pathlib import Path

from sandbox import deployment


def built_once(shared: Path) -> Path:
    """Return the built template in a folder that processes share; the first to ask builds it."""
    built = shared / "built"
    with (shared / "built.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not built.exists():
            # What a process builds goes with it, and another one may be in need of it then.
            copy = shutil.copytree(deployment.build().parent, shared / "copied")
            copy.rename(built)
    return built / "template.yaml"
