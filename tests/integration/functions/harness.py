"""Calls handlers as Lambda does, and breaks what they call."""

import io
import json
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from typing import Any, Final

import boto3
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from accept_endpoint_connections import app as accept_app
from authorize_security_group_ingress import app as ingress_app
from notify_people import app as notify_app
from privatelink.batches import BatchResponse
from publish_endpoint_addresses import app as publish_app
from relay_connection_notifications import app as relay_app
from sandbox.accounts import PROVIDER, REGION
from sandbox.in_process.invoking import Context
from sandbox.privatelink.clients import in_process_client
from validate_allowlist import app as validate_app

APPS: Final = (accept_app, ingress_app, notify_app, publish_app, relay_app, validate_app)


def batch(*bodies: object, receives: int = 1) -> dict[str, Any]:
    """Return an SQS event with a message for each body, received for the n-th time."""
    return {
        "Records": [
            {
                "messageId": f"m{number}",
                "body": body if isinstance(body, str) else json.dumps(body),
                "eventSource": "aws:sqs",
                "attributes": {"ApproximateReceiveCount": str(receives)},
            }
            for number, body in enumerate(bodies)
        ]
    }


def respond(handler: Callable[..., Any], event: Mapping[str, Any]) -> BatchResponse:
    response: BatchResponse = handler(event, Context())
    return response


def failed(response: BatchResponse) -> list[str]:
    """Return the ids of the messages that a batch gives back."""
    return [failure["itemIdentifier"] for failure in response["batchItemFailures"]]


def before(
    session: boto3.Session, operation: str, act: Callable[[], object], *, call: int = 1
) -> None:
    """Do something just before an operation is called for the n-th time: what races look like."""
    calls = count(1)

    def once(**_: object) -> None:
        if next(calls) == call:
            act()

    session.events.register(f"before-call.{operation}", once)


def break_once(session: boto3.Session, operation: str, code: str = "InternalError") -> None:
    """Let the next call of an operation fail with a code."""
    done: list[None] = []

    def fail(**_: object) -> tuple[AWSResponse, dict[str, Any]] | None:
        if done:
            return None
        done.append(None)
        return http_response(500, b"", {}), {
            "Error": {"Code": code, "Message": "broken by the test"},
            "ResponseMetadata": {"HTTPStatusCode": 500},
        }

    handler: Any = fail  # the stubs know no handlers that return
    session.events.register(f"before-call.{operation}", handler)


def clear_caches() -> None:
    """Make the handlers build their use cases anew."""
    for app in APPS:
        app.use_case.cache_clear()


def received(url: str) -> Iterator[Mapping[str, Any]]:
    sqs = in_process_client("sqs", PROVIDER, REGION)
    while rows := sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=600
    ).get("Messages"):
        for row in rows:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=row["ReceiptHandle"])
            yield row


class RawBody(io.BytesIO):
    """The body of an answer, as urllib3 hands it over."""

    def stream(self, **_: object) -> Iterator[bytes]:
        yield self.read()


def http_response(status: int, body: bytes, headers: Mapping[str, str]) -> AWSResponse:
    return AWSResponse(
        "https://appconfigdata", status, HTTPHeaders.from_dict(headers), RawBody(body)
    )
