"""An AWS that knows the answers already: it replays a recording on the loopback interface.

It stays out of the way of what is measured: a request costs it a look-up in a dictionary.
"""

import socket
import socketserver
from collections.abc import Iterable
from contextlib import suppress
from http import HTTPStatus
from threading import Thread
from types import TracebackType
from typing import Any, Final, Self

from benchmarks.cold_start.recording import Answer, Question

_HEADER: Final = ": "
_NOT_KNOWN: Final = Answer(HTTPStatus.BAD_REQUEST, {}, b"")


class UnknownRequestError(Exception):
    """A function asked what was not asked when the answers were recorded."""


class InstantAws(socketserver.ThreadingTCPServer):
    """Replays answers, those to one question in turn and the last of them again and again.

    Raises UnknownRequestError at the end of its `with` block if it was asked for anything else.
    """

    allow_reuse_address = True
    daemon_threads = False  # `server_close` waits for the threads, which end with their connections

    def __init__(self, answers: Iterable[tuple[Question, Answer]]) -> None:
        super().__init__(("127.0.0.1", 0), _Door)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self._answers: dict[Question, list[bytes]] = {}
        for question, answer in answers:
            known, written = self._answers.setdefault(question, []), _written(answer)
            if known[-1:] != [written]:
                known.append(written)
        self._unknown: list[Question] = []
        self._connections: list[socket.socket] = []
        self._thread = Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01})

    def answer(self, question: Question) -> bytes:
        """Return the answer to a question, as it is sent."""
        answers = self._answers.get(question)
        if answers is None:
            self._unknown.append(question)
            return _written(_NOT_KNOWN)
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def get_request(self) -> tuple[socket.socket, Any]:
        """Accept a connection, and remember it, to hang up in the end."""
        connection, address = super().get_request()
        self._connections.append(connection)
        return connection, address

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.shutdown()
        self._thread.join()
        for connection in self._connections:
            with suppress(OSError):  # the client has hung up
                connection.shutdown(socket.SHUT_RDWR)
        self.server_close()
        if self._unknown:
            asked = "\n".join(f"{each.name}: {each}" for each in self._unknown)
            raise UnknownRequestError(asked) from error


class _Door(socketserver.StreamRequestHandler):
    """Reads the requests of one connection, of which a client makes many."""

    disable_nagle_algorithm = True
    server: InstantAws

    def handle(self) -> None:
        """Answer until one side hangs up."""
        while line := self.rfile.readline():
            method, path, _ = line.decode().split(" ")
            headers = self._headers()
            body = self.rfile.read(int(headers.get("content-length", 0)))
            target = headers.get("x-amz-target") or f"{method} {path}"
            caller, region = _signer(headers["authorization"])
            self.wfile.write(self.server.answer(Question.of(caller, region, target, body)))

    def _headers(self) -> dict[str, str]:
        headers = {}
        while line := self.rfile.readline().decode().rstrip():
            name, _, value = line.partition(_HEADER)
            headers[name.lower()] = value
        return headers


def _signer(authorization: str) -> tuple[str, str]:
    """Return access key id and Region of a signature: `… Credential=KEY/DATE/REGION/…`."""
    key, _, region, *_ = authorization.partition("Credential=")[2].split("/", 3)
    return key, region


def _written(answer: Answer) -> bytes:
    status = HTTPStatus(answer.status)
    headers = {**answer.headers, "Content-Length": str(len(answer.body))}
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status.value} {status.phrase}\r\n{lines}\r\n".encode() + answer.body
