"""One pass of each function with nothing to do, recorded in process.

The functions work on the sandbox's model of AWS until everything has converged; what is recorded
is the pass after that, as it is after a cold start.
"""

import importlib
import io
import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any, Final

from benchmarks.cold_start.recording import RecordedPass
from benchmarks.cold_start.world import CREDENTIALS, VARIABLES, World, world
from privatelink.event_names import CONVERGENCE
from sandbox.in_process.invoking import Context

ACCEPT: Final = "accept_endpoint_connections"
AUTHORIZE: Final = "authorize_security_group_ingress"
PUBLISH: Final = "publish_endpoint_addresses"
RELAY: Final = "relay_connection_notifications"
VALIDATE: Final = "validate_allowlist"
NOTIFY: Final = "notify_people"
FUNCTIONS: Final = (ACCEPT, AUTHORIZE, PUBLISH, RELAY, VALIDATE, NOTIFY)

_EVENTS: Final = Path(__file__).parents[2] / "events"
_SERVICE_ID: Final = "vpce-svc-0123456789abcdef0"
"""The service of the event files."""


def record_passes() -> dict[str, RecordedPass]:
    """Return a pass with nothing to do of each function, by the name of its package."""
    with world() as there:
        _sweep(there)  # accepts
        _sweep(there)  # sees what has become available
        return {
            **_sweep(there),
            RELAY: _relay(there),
            VALIDATE: _validate(there),
            NOTIFY: _record(there, NOTIFY, _event(there, NOTIFY, "request_held")),
        }


def _sweep(there: World) -> dict[str, RecordedPass]:
    """Have everything looked at and converged."""
    accepted = _record(there, ACCEPT, _batch(_event(there, ACCEPT, "scheduled_sweep")))
    requests = _batch(*_requests(accepted))
    converged = {each: _record(there, each, requests) for each in (AUTHORIZE, PUBLISH)}
    return {ACCEPT: accepted, **converged}


def _relay(there: World) -> RecordedPass:
    """Have a notification put on the bus."""
    return _record(there, RELAY, _event(there, RELAY, "endpoint_created"))


def _validate(there: World) -> RecordedPass:
    """Have the document validated that is deployed already."""
    content = b64encode(there.allowlist.encode()).decode()
    event = _event(there, VALIDATE, "valid_document") | {"content": content}
    return _record(there, VALIDATE, event)


def _record(there: World, function: str, event: Mapping[str, Any]) -> RecordedPass:
    session = there.session()
    app = importlib.import_module(f"{function}.app")
    app.use_case.cache_clear()
    with redirect_stdout(io.StringIO()):  # metrics
        response = app.lambda_handler(event, Context())
    app.use_case.cache_clear()
    return RecordedPass(
        function=function,
        event=event,
        response=response,
        variables=VARIABLES | CREDENTIALS,
        recording=session.recorder.recording,
    )


def _event(there: World, function: str, situation: str) -> dict[str, Any]:
    """Return an event file, about the service of the world."""
    text = (_EVENTS / function / f"{situation}.json").read_text()
    event: dict[str, Any] = json.loads(text.replace(_SERVICE_ID, there.service_id))
    return event


def _batch(*bodies: object) -> dict[str, Any]:
    """Return an SQS event with a message for each body."""
    return {
        "Records": [
            {
                "messageId": f"m{number}",
                "body": json.dumps(body),
                "eventSource": "aws:sqs",
                "attributes": {"ApproximateReceiveCount": "1"},
            }
            for number, body in enumerate(bodies)
        ]
    }


def _requests(accepted: RecordedPass) -> Iterator[dict[str, Any]]:
    """Yield the convergence requests that a pass has put on the bus."""
    for exchange in accepted.recording.exchanges:
        for entry in exchange.params.get("Entries", ()):
            if entry.get("DetailType") == CONVERGENCE:
                yield {"detail-type": CONVERGENCE, "detail": json.loads(entry["Detail"])}
