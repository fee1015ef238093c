"""Requests and answers, as botocore has them, in the words of a recording."""

import io
import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from botocore.response import StreamingBody
from moto.core.model import ServiceModel
from moto.core.serialize import SerializationContext, get_serializer_class
from moto.core.utils import get_service_model

from benchmarks.cold_start.recording import Answer, Question

_SESSION_ENDS: Final = re.compile(rb"<Expiration>[^<]*</Expiration>")
_NEVER: Final = b"<Expiration>2100-01-01T00:00:00Z</Expiration>"
"""A session must not end between the recording and a measurement."""
_OF_THE_CONNECTION: Final = frozenset({"connection", "content-length", "transfer-encoding"})


def question_of(request: Mapping[str, Any], caller: str, region: str) -> Question:
    """Return what a request asks, as botocore has written it down."""
    url = urlsplit(request["url"])
    path = f"{url.path or '/'}?{url.query}" if url.query else url.path or "/"
    target = request["headers"].get("X-Amz-Target") or f"{request['method']} {path}"
    body = request["body"]
    if isinstance(body, dict):
        body = urlencode(body, doseq=True)
    return Question.of(caller, region, target, body.encode() if isinstance(body, str) else body)


def answer_of(response: Any, parsed: dict[str, Any], model: Any) -> Answer:  # noqa: ANN401 - botocore's
    """Return what was answered, as it came over HTTP or else as it would have."""
    streamed = _streamed(parsed, model)
    if response.raw is None:
        return _written(parsed | streamed, model)
    body = next(iter(streamed.values())) if streamed else bytes(response.content)
    headers = {
        name: value
        for name, value in response.headers.items()
        if name.lower() not in _OF_THE_CONNECTION
    }
    return Answer(response.status_code, headers, _SESSION_ENDS.sub(_NEVER, body))


def _streamed(parsed: dict[str, Any], model: Any) -> dict[str, bytes]:  # noqa: ANN401 - botocore's
    """Return what is to be read from a stream, by its name, and put another one in its place."""
    if not model.has_streaming_output:
        return {}
    name = model.output_shape.serialization["payload"]
    body: bytes = parsed[name].read()
    parsed[name] = StreamingBody(io.BytesIO(body), len(body))
    return {name: body}


@cache
def _model(service_name: str) -> ServiceModel:
    """Return a service as moto's serializers know it."""
    return get_service_model(service_name)


def _written(parsed: Mapping[str, Any], model: Any) -> Answer:  # noqa: ANN401 - botocore's
    """Write an answer as its service does."""
    service = _model(model.service_model.service_name)
    serializer = get_serializer_class(service.service_name, service.resolved_protocol)
    operation = service.operation_model(model.name)
    written = serializer(operation, SerializationContext("recorded")).serialize(parsed)
    body = written["body"]
    body = body.encode() if isinstance(body, str) else bytes(body)
    headers = {name: str(value) for name, value in written["headers"].items()}
    return Answer(written["status_code"], headers, _SESSION_ENDS.sub(_NEVER, body))
