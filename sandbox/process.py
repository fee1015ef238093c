"""Starts and stops the sandbox: the embedded AWS, in a process of its own on a loopback port."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, Self

import boto3
import botocore.session
import msgspec
from botocore.config import Config

from sandbox.accounts import REGION
from sandbox.emulator.calls import ApiCall
from sandbox.emulator.decisions import Decision, from_document
from sandbox.emulator.faults import Fault

_ROOT: Final = Path(__file__).parents[1]
_HOST: Final = "127.0.0.1"
_SECRET: Final = "test"  # noqa: S105 - what ministack expects of an account's root
_START_SECONDS: Final = 60.0
_STOP_SECONDS: Final = 10.0
_LOG_TAIL_LINES: Final = 40
# All that the server and its Lambda workers see of the developer's environment: no credentials, no
# profile, no proxy, and no PYTHONPATH, through which a function would find what its artifact lacks.
_INHERITED: Final = ("HOME", "LANG", "LC_ALL", "PATH")
_making_clients: Final = threading.Lock()  # which boto3's sessions do not let threads do at once

type Client = Any  # boto3 makes the classes of its clients at run time


class SandboxError(Exception):
    """The sandbox does not start or does not answer as it should."""


class Sandbox:
    """A running sandbox. Its end is the end of the `with` block, or of this process."""

    def __init__(
        self, process: subprocess.Popen[bytes], port: int, directory: Path, log: Path
    ) -> None:
        self.endpoint_url = f"http://{_HOST}:{port}"
        self.pid = process.pid
        self._process = process
        self._port = port
        self._directory = directory
        self._log = log
        self._clients: dict[tuple[str, str, str, str], Client] = {}

    @classmethod
    def start(cls, *, pending_seconds: float = 3.0, log: Path | None = None) -> Self:
        """Start a sandbox and wait until it answers.

        `pending_seconds` is how long an accepted endpoint takes to become available. Raises
        SandboxError with the end of the log if the server does not come up.
        """
        directory = Path(tempfile.mkdtemp(prefix="privatelink-sandbox-"))
        log = log or directory / "server.log"
        with socket.create_server((_HOST, 0), backlog=128) as listener, log.open("wb") as output:
            port = listener.getsockname()[1]
            process = _spawn(listener, port, directory, output, pending_seconds)
        # The socket listens already: the first request waits in its backlog until the server is up.
        sandbox = cls(process, port, directory, log)
        try:
            sandbox._ask("GET", "ready", timeout=_START_SECONDS)
        except (OSError, SandboxError) as failure:
            sandbox._process.kill()
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-_LOG_TAIL_LINES:])
            sandbox.stop()
            raise SandboxError(f"the sandbox did not start: {failure!r}\n{tail}") from failure
        except BaseException:
            sandbox.stop()
            raise
        return sandbox

    def stop(self) -> None:
        """End the server with its Lambda workers, and remove its files. Twice does no harm."""
        for client in self._clients.values():
            client.close()
        self._clients.clear()
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.terminate()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        shutil.rmtree(self._directory, ignore_errors=True)

    def wait(self) -> None:
        """Wait until the server ends, which it does by itself only if something is wrong."""
        self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def client(self, service: str, account_id: str, region: str = REGION) -> Client:
        """Return a boto3 client that is the root of `account_id`."""
        root = {"AccessKeyId": account_id, "SecretAccessKey": _SECRET}
        return self.client_with(root, service, region)

    def client_with(
        self, credentials: Mapping[str, str], service: str, region: str = REGION
    ) -> Client:
        """Return a boto3 client with credentials as AssumeRole returns them."""
        key = (service, credentials["AccessKeyId"], credentials["SecretAccessKey"], region)
        with _making_clients:
            if key not in self._clients:
                self._clients[key] = session_of_nobody().client(
                    service,
                    endpoint_url=self.endpoint_url,
                    region_name=region,
                    aws_access_key_id=credentials["AccessKeyId"],
                    aws_secret_access_key=credentials["SecretAccessKey"],
                    aws_session_token=credentials.get("SessionToken"),
                    config=Config(proxies={}),
                )
            return self._clients[key]

    def environment(self, account_id: str) -> dict[str, str]:
        """Return the environment in which `sam` and `aws` are the root of `account_id`."""
        return without_aws(os.environ) | {
            "AWS_ACCESS_KEY_ID": account_id,
            "AWS_SECRET_ACCESS_KEY": _SECRET,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "NO_PROXY": _HOST,
            "no_proxy": _HOST,
            "SAM_CLI_POLL_DELAY": "0.2",  # seconds; what AWS takes minutes for is done here at once
            "SAM_CLI_TELEMETRY": "0",
        }

    def calls(self, after: int = 0) -> tuple[ApiCall, ...]:
        """Return the API calls that follow the one numbered `after`."""
        answer = self._ask("GET", f"calls?after={after}")
        return tuple(ApiCall(**call) for call in answer["calls"])

    def decisions(self) -> tuple[Decision, ...]:
        """Return every distinct decision about a permission since the sandbox started."""
        answer = self._ask("GET", "decisions")
        return tuple(from_document(each) for each in answer["decisions"])

    def configure(self, **settings: float | str | bool) -> None:
        """Change settings of the PrivateLink model, such as `pending_seconds`."""
        self._ask("POST", "privatelink", settings)

    def inject(self, *faults: Fault) -> None:
        """Have calls or events go wrong from now on; see `sandbox.emulator.faults`."""
        for fault in faults:
            self._ask("POST", "faults", msgspec.to_builtins(fault))

    def clear_faults(self) -> None:
        """Let everything go well from now on."""
        self._ask("DELETE", "faults")

    def injected(self) -> dict[str, int]:
        """Return how often each kind of fault has been injected since the sandbox started."""
        return dict(self._ask("GET", "faults")["injected"])

    def faults_to_come(self) -> tuple[Fault, ...]:
        """Return the faults that are still to come; `times` says how often."""
        armed = self._ask("GET", "faults")["armed"]
        return tuple(msgspec.convert(each, Fault) for each in armed)

    def _ask(
        self, method: str, door: str, body: object = None, timeout: float = 10.0
    ) -> dict[str, Any]:
        connection = http.client.HTTPConnection(_HOST, self._port, timeout=timeout)
        try:
            connection.request(method, f"/_sandbox/{door}", json.dumps(body) if body else None)
            response = connection.getresponse()
            answer: dict[str, Any] = json.loads(response.read())
        finally:
            connection.close()
        if response.status != http.HTTPStatus.OK:
            raise SandboxError(f"{method} {door}: {answer.get('error', response.status)}")
        return answer


@cache
def session_of_nobody() -> Any:  # noqa: ANN401 - the stubs know the clients of literal names only
    """Return a boto3 session that knows no profile and reads no file, but remembers API models."""
    core = botocore.session.Session(
        session_vars={
            "profile": (None, None, None, None),
            "config_file": (None, None, os.devnull, None),
            "credentials_file": (None, None, os.devnull, None),
        }
    )
    return boto3.Session(botocore_session=core)


def without_aws(environment: os._Environ[str]) -> dict[str, str]:
    """Return the environment without AWS settings: none of a developer's own is in effect."""
    kept = {name: value for name, value in environment.items() if not name.startswith("AWS_")}
    return kept | {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}


def _spawn(
    listener: socket.socket, port: int, directory: Path, output: IO[bytes], pending_seconds: float
) -> subprocess.Popen[bytes]:
    environment = {name: os.environ[name] for name in _INHERITED if name in os.environ} | {
        "AUTH": "true",  # IAM is enforced
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "BIND_HOST": _HOST,
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",
        "LOG_LEVEL": "WARNING",
        "MINISTACK_REGION": REGION,
        "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",  # thousands of images that nobody launches
        "S3_DATA_DIR": str(directory / "s3"),
        "SFTP_ENABLED": "0",
        "STATE_DIR": str(directory / "state"),
        "TMPDIR": str(directory),
    }
    settings = json.dumps({"pending_seconds": pending_seconds})
    return subprocess.Popen(  # noqa: S603 - our own module
        [
            *(sys.executable, "-m", "sandbox.server"),
            *("--socket", str(listener.fileno())),
            *("--directory", str(directory)),
            *("--settings", settings),
        ],
        cwd=_ROOT,
        env=environment,
        pass_fds=(listener.fileno(),),
        stdin=subprocess.PIPE,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,  # Ctrl-C is for the parent, which then stops the server
    )
