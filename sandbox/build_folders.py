"""The folders that builds are made in: each goes with the process that it was made for."""

import atexit
import fcntl
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

_PREFIX: Final = "build-"


def own_folder(work: Path) -> Path:
    """Make a folder for this process alone, and remove those that killed processes have left.

    A folder is locked for as long as its process lives, however that ends. Between making and
    locking it, it looks left behind: the caller sees to it that one process at a time is here.
    """
    _remove_what_was_left(work)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=work))
    _lock(os.open(folder, os.O_RDONLY))  # and never closed: the end of the process does that
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _remove_what_was_left(work: Path) -> None:
    for folder in work.glob(f"{_PREFIX}*"):
        with suppress(FileNotFoundError):  # its process has just ended, and removed it
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                _lock(descriptor)
            except BlockingIOError:
                continue
            else:
                shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(descriptor)


def _lock(descriptor: int) -> None:
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
