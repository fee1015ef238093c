"""The sandbox's own doors, under `/_sandbox/` on the port on which AWS answers.

Nothing asks who knocks: the port is bound to the loopback interface.
"""

import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any, Final
from urllib.parse import parse_qs

import msgspec

from sandbox.emulator.calls import CallRecord
from sandbox.emulator.decisions import DecisionRecord
from sandbox.emulator.faults import Fault, Faults

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Answer = tuple[int, dict[str, Any]]

_PREFIX: Final = "/_sandbox/"
_SENT_BY: Final = b"x-forwarded-proto"


class Doors:
    """An ASGI application: the sandbox's own requests, and all others passed on to `aws`."""

    def __init__(
        self,
        aws: Application,
        *,
        record: CallRecord,
        decisions: DecisionRecord,
        faults: Faults,
        settings: object,
    ) -> None:
        self._aws = aws
        self._record = record
        self._decisions = decisions
        self._faults = faults
        self._settings = settings
        self._routes: dict[tuple[str, str], Callable[[str, bytes], Answer]] = {
            ("GET", "ready"): lambda _query, _body: (200, {"ready": True}),
            ("GET", "calls"): self._calls,
            ("GET", "decisions"): self._all_decisions,
            ("POST", "privatelink"): self._change_settings,
            ("GET", "faults"): lambda _query, _body: (200, self._faults.report()),
            ("POST", "faults"): self._arm,
            ("DELETE", "faults"): self._disarm,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, as ASGI wants it."""
        if scope["type"] != "http" or not scope["path"].startswith(_PREFIX):
            if scope["type"] == "http":
                self._record.begin()
                scope = _as_by_tls(scope)
            await self._aws(scope, receive, send)
            return
        route = self._routes.get((scope["method"], scope["path"].removeprefix(_PREFIX)))
        body = await _body(receive)
        try:
            status, answer = (
                route(scope["query_string"].decode(), body)
                if route
                else (404, {"error": f"no such door: {scope['method']} {scope['path']}"})
            )
        except ValueError as mistake:
            status, answer = 400, {"error": str(mistake)}
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(answer).encode()})

    def _calls(self, query: str, _body: bytes) -> Answer:
        after = int(parse_qs(query).get("after", ["0"])[0])
        return 200, {"calls": [asdict(call) for call in self._record.after(after)]}

    def _all_decisions(self, _query: str, _body: bytes) -> Answer:
        return 200, {"decisions": self._decisions.as_documents()}

    def _change_settings(self, _query: str, body: bytes) -> Answer:
        """Set attributes of the PrivateLink model; what is none of its settings changes nothing."""
        wanted = json.loads(body)
        if not isinstance(wanted, dict):
            raise ValueError("expected a JSON object of settings")  # noqa: TRY004 - a bad request
        changed = {name: _converted(self._settings, name, value) for name, value in wanted.items()}
        for name, value in changed.items():
            setattr(self._settings, name, value)
        return 200, wanted

    def _arm(self, _query: str, body: bytes) -> Answer:
        self._faults.arm(msgspec.json.decode(body, type=Fault))
        return 200, self._faults.report()

    def _disarm(self, _query: str, _body: bytes) -> Answer:
        self._faults.clear()
        return 200, self._faults.report()


def _as_by_tls(scope: Scope) -> Scope:
    """Have a request count as sent by TLS unless it says of itself that it was not.

    Nothing ends TLS here, and all of AWS's SDKs use it: `aws:SecureTransport` would be false for
    every caller.
    """
    if any(name.lower() == _SENT_BY for name, _ in scope["headers"]):
        return scope
    return {**scope, "headers": [*scope["headers"], (_SENT_BY, b"https")]}


def _converted(settings: object, name: str, value: object) -> object:
    """Return the value as the type of the setting that it replaces; ValueError if it is none."""
    current = None if name.startswith("_") else getattr(settings, name, None)
    if isinstance(current, bool) and isinstance(value, bool):
        return value
    if isinstance(current, int | float) and isinstance(value, int | float):
        return float(value)
    if isinstance(current, str) and isinstance(value, str):
        return type(current)(value)  # an enumeration refuses what it does not know
    raise ValueError(f"{name}: {value!r} cannot take the place of {current!r}")


async def _body(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return bytes(body)
