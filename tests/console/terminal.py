"""The command `privatelink` in a terminal of its own, where somebody types."""

import fcntl
import os
import pty
import re
import signal
import subprocess
import sys
import termios
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from sandbox.waiting import wait_until

_ROOT: Final = Path(__file__).parents[2]
_SECONDS: Final = 60.0
# What moves the cursor and colours the text.
_CONTROL: Final = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")

type Terminal = Callable[..., Typed]


def _take_terminal() -> None:
    """Make standard input the terminal that signals come from, in the new process.

    Whoever runs the tests in the background has Ctrl-C ignored by all that they start.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


class Typed:
    """A running command, its screen, and its keyboard."""

    def __init__(self, arguments: list[str], environment: Mapping[str, str]) -> None:
        self._keyboard, terminal = pty.openpty()
        self._written = b""
        self._process = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-m", "console", *arguments],
            cwd=_ROOT,
            env={**environment, "COLUMNS": "200", "TERM": "xterm", "NO_COLOR": "1"},
            stdin=terminal,
            stdout=terminal,
            stderr=terminal,
            start_new_session=True,
            preexec_fn=_take_terminal,  # noqa: PLW1509 - so that Ctrl-C is a signal
        )
        os.close(terminal)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def screen(self) -> str:
        """Return all that has been written, one line after the other."""
        return _CONTROL.sub("", self._written.decode(errors="replace")).replace("\r", "")

    def wait_for(self, text: str) -> None:
        """Wait until a text is on the screen."""
        wait_until(
            lambda: text in self.screen() or self._process.poll() is not None,
            what=text,
            seconds=_SECONDS,
        )
        assert text in self.screen(), self.screen()

    def type(self, text: str) -> None:
        """Type a text, or Ctrl-C."""
        os.write(self._keyboard, text.encode())

    def wait(self) -> int:
        """Wait for the end of the command and return its exit code."""
        code = self._process.wait(_SECONDS)
        self._reader.join(_SECONDS)
        return code

    def close(self) -> None:
        """End the command, if it has not ended, and its terminal."""
        self._process.kill()
        self._process.wait()
        self._reader.join(_SECONDS)
        os.close(self._keyboard)

    def _read(self) -> None:
        while True:
            try:
                read = os.read(self._keyboard, 4096)
            except OSError:  # the command has closed its side
                return
            if not read:
                return
            self._written += read
