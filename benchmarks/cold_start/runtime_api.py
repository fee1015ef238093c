"""Lambda's Runtime API, as far as a runtime client needs it to run one function.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html: the client of an execution
environment asks for the next invocation, and posts what came of it, or of its initialization.
"""

import socketserver
import time
import uuid
from dataclasses import dataclass
from enum import Enum, auto
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from queue import SimpleQueue
from threading import Thread
from types import TracebackType
from typing import Final, Self

_RUNTIME: Final = "/2018-06-01/runtime"
_NEXT: Final = f"{_RUNTIME}/invocation/next"
_INIT_ERROR: Final = f"{_RUNTIME}/init/error"
_DEADLINE_MS: Final = 900_000
"""The longest that Lambda lets a function run."""


class Said(Enum):
    """What the runtime client has said."""

    READY = auto()
    RESPONSE = auto()
    ERROR = auto()
    INIT_ERROR = auto()


@dataclass(frozen=True)
class Report:
    """What the runtime client has said, when (`time.perf_counter`), and the body of it."""

    said: Said
    at: float
    body: bytes = b""


class RuntimeApi(socketserver.ThreadingTCPServer):
    """The API for one execution environment at a time, on a port of the loopback interface."""

    allow_reuse_address = True
    # The threads end with the connections of the runtime client: `server_close` waits for them.
    daemon_threads = False

    def __init__(self, function_arn: str) -> None:
        super().__init__(("127.0.0.1", 0), _Door)
        self.function_arn = function_arn
        self.address = f"127.0.0.1:{self.server_address[1]}"
        self.invocations: SimpleQueue[bytes | None] = SimpleQueue()
        """Events to hand out; None sends the runtime client away."""
        self.reports: SimpleQueue[Report] = SimpleQueue()
        self._thread = Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.invocations.put(None)
        self.shutdown()
        self._thread.join()
        self.server_close()


class _Door(BaseHTTPRequestHandler):
    """Talks to the runtime client."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # each answer in one piece: small ones would wait for acknowledgements
    server: RuntimeApi

    def do_GET(self) -> None:
        """Hand out the next invocation, as soon as there is one."""
        if self.path != _NEXT:
            self._answer(HTTPStatus.NOT_FOUND)
            return
        self.server.reports.put(Report(Said.READY, time.perf_counter()))
        event = self.server.invocations.get()
        if event is None:
            self.close_connection = True
            return
        self._answer(
            HTTPStatus.OK,
            event,
            {
                "Content-Type": "application/json",
                "Lambda-Runtime-Aws-Request-Id": str(uuid.uuid4()),
                "Lambda-Runtime-Deadline-Ms": str(int(time.time() * 1000) + _DEADLINE_MS),
                "Lambda-Runtime-Invoked-Function-Arn": self.server.function_arn,
            },
        )

    def do_POST(self) -> None:
        """Note what the runtime client reports."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        said = {_INIT_ERROR: Said.INIT_ERROR}.get(self.path)
        if said is None:
            said = Said.ERROR if self.path.endswith("/error") else Said.RESPONSE
        self.server.reports.put(Report(said, time.perf_counter(), body))
        self._answer(HTTPStatus.ACCEPTED, b'{"status": "OK"}')

    def log_message(self, *_: object) -> None:
        """Say nothing on the terminal."""

    def _answer(
        self, status: HTTPStatus, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()
