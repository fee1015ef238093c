"""Lets faults loose on calls, after IAM has allowed them, and on events that are put on a bus."""

import threading
from collections.abc import Awaitable, Callable
from contextvars import copy_context
from typing import Any, Final
from urllib.parse import parse_qsl
from uuid import uuid4
from weakref import WeakKeyDictionary
from xml.sax.saxutils import escape

from ministack import app
from ministack.core import iam_actions
from ministack.core.responses import get_account_id, get_region
from ministack.services import eventbridge

from sandbox.emulator import workers
from sandbox.emulator.calls import RECORD, ApiCall
from sandbox.emulator.faults import ERRORS, FAULTS, KILLS, OF_EVENTS, Fault, FaultKind, Occasion

Answer = tuple[int, dict[str, str], bytes]
Handler = Callable[..., Awaitable[Answer]]
Event = dict[str, Any]

_STALE: Final = frozenset({FaultKind.STALE})
_UNSUCCESSFUL: Final = frozenset({FaultKind.UNSUCCESSFUL})
_DECISIONS: Final = ("ec2:AcceptVpcEndpointConnections", "ec2:RejectVpcEndpointConnections")
# https://docs.aws.amazon.com/ec2/latest/devguide/errors-overview.html for EC2; of the others, those
# that answer in XML say Throttling, and those that answer in JSON ThrottlingException.
_EC2_CODES: Final = {
    FaultKind.THROTTLED: (503, "RequestLimitExceeded"),
    FaultKind.FAILED: (500, "InternalError"),
}
_XML_CODES: Final = {
    FaultKind.THROTTLED: (400, "Throttling"),
    FaultKind.FAILED: (500, "InternalFailure"),
}
_JSON_CODES: Final = {
    FaultKind.THROTTLED: (400, "ThrottlingException"),
    FaultKind.FAILED: (500, "InternalServerError"),
}
_XML_SERVICES: Final = frozenset({"elasticloadbalancing", "iam", "sns", "sts"})
_REFUSALS: Final = (
    '<{action}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">'
    "<requestId>{request_id}</requestId><unsuccessful>{items}</unsuccessful></{action}Response>"
)
_REFUSAL: Final = (
    "<item><resourceId>{resource_id}</resourceId><error><code>InternalError</code>"
    "<message>a fault of the sandbox</message></error></item>"
)


def install() -> None:
    """Stand before every service, and before the rules of every bus."""
    for service, handle in app.SERVICE_HANDLERS.items():
        app.SERVICE_HANDLERS[service] = _Service(service, handle).answer
    deliver = eventbridge._dispatch_event

    def dispatch_event(event: Event, view: object = None) -> None:
        occasion = Occasion(name=event.get("DetailType", ""), account_id=get_account_id())
        fault = FAULTS.take(occasion, OF_EVENTS)
        if fault is None:
            deliver(event, view)
        elif fault.kind is FaultKind.EVENT_DUPLICATED:
            deliver(event, view)
            deliver(event, view)
        elif fault.kind is FaultKind.EVENT_DELAYED:
            late = threading.Timer(fault.seconds, copy_context().run, (deliver, event, view))
            late.daemon = True
            late.start()

    eventbridge._dispatch_event = dispatch_event


class _Service:
    """One of ministack's services, with its faults."""

    def __init__(self, name: str, handle: Handler) -> None:
        self._name = name
        self._handle = handle
        self._remembered = WeakKeyDictionary[Fault, dict[tuple[str, str, bytes], Answer]]()

    async def answer(
        self,
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        query_params: dict[str, list[str]],
    ) -> Answer:
        """Answer a request as the service does, unless it is to go wrong."""

        def handled() -> Awaitable[Answer]:
            return self._handle(method, path, headers, body, query_params)

        call = None if FAULTS.idle else RECORD.current()
        if call is None:
            return await handled()
        occasion = Occasion(
            name=call.action, account_id=call.account_id, principal_arn=call.principal_arn
        )
        if stale := FAULTS.find(occasion, _STALE):
            return await self._as_before(stale, occasion, body, handled)
        processes = workers.at_work(call.principal_arn)
        fault = FAULTS.take(
            occasion,
            ERRORS
            | (KILLS if processes else frozenset())
            | (_UNSUCCESSFUL if call.action in _DECISIONS else frozenset()),
        )
        if fault is None:
            return await handled()
        if fault.kind is FaultKind.UNSUCCESSFUL:
            return _unsuccessful(call.action, body)
        if fault.kind is FaultKind.KILLED_AFTER:
            await handled()
        if fault.kind in KILLS:
            workers.kill(processes)
        return self._error(fault.kind, call, headers)

    async def _as_before(
        self,
        fault: Fault,
        occasion: Occasion,
        body: bytes,
        handled: Callable[[], Awaitable[Answer]],
    ) -> Answer:
        """Return what the request was answered the first time, by account and Region."""
        remembered = self._remembered.setdefault(fault, {})
        key = (occasion.account_id, get_region(), body)
        if key in remembered:
            FAULTS.take(occasion, _STALE)
        else:
            remembered[key] = await handled()
        status, headers, content = remembered[key]
        return status, dict(headers), content

    def _error(self, kind: FaultKind, call: ApiCall, headers: dict[str, str]) -> Answer:
        """Return an error as the protocol writes it; of a call that killed, nobody reads it."""
        codes = _XML_CODES if self._name in _XML_SERVICES else _JSON_CODES
        codes = _EC2_CODES if self._name == "ec2" else codes
        status, code = codes.get(kind, (0, ""))
        details = {"error_code": code, "message": "a fault of the sandbox"} if code else {}
        refused, sent, content = iam_actions.access_denied_response(
            self._name, call.action, call.principal_arn, str(uuid4()), headers=headers, **details
        )
        return status or refused, sent, content


def _unsuccessful(action: str, body: bytes) -> Answer:
    ids = [value for name, value in parse_qsl(body.decode()) if name.startswith("VpcEndpointId.")]
    content = _REFUSALS.format(
        action=action.partition(":")[2],
        request_id=uuid4(),
        items="".join(_REFUSAL.format(resource_id=escape(each)) for each in ids),
    )
    return 200, {"Content-Type": "text/xml"}, content.encode()
