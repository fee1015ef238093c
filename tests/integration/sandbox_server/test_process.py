import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from sandbox import process
from sandbox.accounts import CONSUMER, PROVIDER
from sandbox.process import Sandbox, SandboxError
from sandbox.waiting import wait_until
from tests.integration.sandbox_server import functions

ROOT = Path(process.__file__).parents[1]
LISTENING = "0A"
LOOPBACK = "0100007F"  # 127.0.0.1 as /proc/net/tcp writes it

WORKER = "import os\ndef handle(event, context): return os.getpid()"
SLEEPER = """
import os, pathlib, time
def handle(event, context):
    pathlib.Path(os.environ["TMPDIR"], "asleep").write_text(str(os.getpid()))
    time.sleep(30)
"""


def is_running(pid: int) -> bool:
    """Tell whether there is such a process, and not just what is left of one until it is reaped."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def wait_for_end(pid: int) -> None:
    wait_until(lambda: not is_running(pid), what=f"the end of process {pid}")


def open_files(pid: int) -> set[str]:
    """Return what the file descriptors of a process stand for."""
    found = set()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed meanwhile
            found.add(str(descriptor.readlink()))
    return found


needs_proc = pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="looks at processes as Linux shows them"
)


@pytest.fixture
def directories(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where sandboxes put their files during the test."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@needs_proc
def test_the_server_listens_on_the_loopback_interface_only(sandbox: Sandbox) -> None:
    held = open_files(sandbox.pid)
    rows = [
        line.split()
        for table in ("tcp", "tcp6")
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]
    ]
    listening = [row[1] for row in rows if row[3] == LISTENING and f"socket:[{row[9]}]" in held]

    port = int(sandbox.endpoint_url.rpartition(":")[2])
    assert listening == [f"{LOOPBACK}:{port:04X}"]


@needs_proc
def test_the_end_leaves_no_process_no_port_and_no_file(directories: Path) -> None:
    with Sandbox.start() as sandbox:
        functions.create(sandbox, "worker", WORKER)
        worker = functions.invoke(sandbox, "worker")
        assert is_running(worker)
        assert any(directories.iterdir())

    assert not is_running(sandbox.pid)
    wait_for_end(worker)
    assert not any(directories.iterdir())
    with pytest.raises(ConnectionRefusedError):
        sandbox.calls()
    sandbox.stop()  # as an impatient user may do


@needs_proc
def test_a_running_function_does_not_delay_the_end(
    directories: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "_STOP_SECONDS", 60.0)  # no kill hides a delay

    def sleeper() -> int:
        """Return the process in which the function sleeps, once it does."""
        return next((int(each.read_text() or 0) for each in directories.rglob("asleep")), 0)

    with Sandbox.start() as sandbox:
        functions.create(sandbox, "sleeper", SLEEPER)
        client = sandbox.client("lambda", PROVIDER)
        client.invoke(FunctionName="sleeper", InvocationType="Event")
        worker = wait_until(sleeper, what="the function's sleep")
        began = time.monotonic()

    assert time.monotonic() - began < 15  # the function sleeps twice as long
    wait_for_end(worker)
    assert not any(directories.iterdir())


@needs_proc
def test_the_server_obeys_sigterm_and_cleans_up_by_itself(directories: Path) -> None:
    with Sandbox.start() as sandbox:
        os.kill(sandbox.pid, signal.SIGTERM)

        wait_for_end(sandbox.pid)
        assert not any(directories.iterdir())


@needs_proc
def test_the_server_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    program = (
        "import time\nfrom sandbox.process import Sandbox\n"
        "sandbox = Sandbox.start()\nprint(sandbox.pid, flush=True)\ntime.sleep(60)\n"
    )
    parent = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
    )
    assert parent.stdout is not None
    with parent:
        server = int(parent.stdout.readline())
        assert is_running(server)
        parent.send_signal(signal.SIGKILL)

    wait_for_end(server)
    assert not any(tmp_path.iterdir())


def test_a_server_that_does_not_start_shows_the_end_of_its_log(
    directories: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (directories / "sandbox").mkdir()
    (directories / "sandbox" / "__init__.py").touch()
    broken = directories / "sandbox" / "server.py"
    broken.write_text("raise SystemExit('the reason why')")
    monkeypatch.setattr(process, "_ROOT", directories)

    with pytest.raises(SandboxError, match="the reason why"):
        Sandbox.start()


@pytest.fixture(scope="module")
def under_a_developer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Sandbox, Path]]:
    """Return a sandbox started with a developer's settings around it, and its log."""
    log = tmp_path_factory.mktemp("log") / "server.log"
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("AWS_PROFILE", "production")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAREAL")
        monkeypatch.setenv("AWS_SESSION_TOKEN", "real")
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
        with Sandbox.start(log=log) as running:
            yield running, log


def test_nothing_of_the_developers_settings_reaches_a_function(
    under_a_developer: tuple[Sandbox, Path],
) -> None:
    sandbox, _ = under_a_developer
    source = "import os\ndef handle(event, context): return dict(os.environ)"
    functions.create(sandbox, "environment", source)

    environment = functions.invoke(sandbox, "environment")

    assert {"AWS_PROFILE", "HTTP_PROXY", "PYTHONPATH"}.isdisjoint(environment)
    assert environment["AWS_ACCESS_KEY_ID"].startswith("ASIA")
    assert environment["AWS_ENDPOINT_URL"] == sandbox.endpoint_url


def test_nothing_of_the_developers_settings_reaches_a_tool(
    under_a_developer: tuple[Sandbox, Path],
) -> None:
    sandbox, _ = under_a_developer

    environment = sandbox.environment(CONSUMER)

    assert environment["AWS_ENDPOINT_URL"] == sandbox.endpoint_url
    assert environment["AWS_ACCESS_KEY_ID"] == CONSUMER
    assert {"AWS_PROFILE", "AWS_SESSION_TOKEN"}.isdisjoint(environment)
    assert "127.0.0.1" in environment["NO_PROXY"]


def test_the_log_is_written_where_it_is_wanted(under_a_developer: tuple[Sandbox, Path]) -> None:
    sandbox, log = under_a_developer
    functions.create(sandbox, "broken", "raise ImportError('in the artifact')")

    functions.invoke(sandbox, "broken")

    wait_until(lambda: "in the artifact" in log.read_text(), what="the worker's words")
