"""EC2 and Elastic Load Balancing of the sandbox: moto answers them, in ministack's stead.

CloudFormation's provisioners run inside a request and must not call back over HTTP, which would
wait for the very event loop that waits for them: they use `in_process_client`.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from io import BytesIO
from threading import RLock
from typing import Any, Final, Literal
from urllib.parse import parse_qsl, urlencode
from uuid import uuid4
from xml.sax.saxutils import escape

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from ministack.core import iam_evaluator, responses
from ministack.services import alb, ec2
from moto.core.request import Request
from moto.ec2.responses import EC2Response
from moto.elbv2.responses import ELBV2Response
from werkzeug.exceptions import HTTPException

Service = Literal["ec2", "elasticloadbalancing"]
Answer = tuple[int, dict[str, str], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One EC2 request, in form parameters, with its answer."""

    account_id: str
    region: str
    principal_arn: str
    parameters: Mapping[str, str]
    status: int
    body: bytes

    @property
    def action(self) -> str:
        """The API operation, such as `CreateVpcEndpoint`."""
        return self.parameters.get("Action", "")


_ANSWERED_BY: Final = {"ec2": EC2Response, "elasticloadbalancing": ELBV2Response}
_BOTO3_NAMES: Final[dict[Service, str]] = {"ec2": "ec2", "elasticloadbalancing": "elbv2"}
_ERROR_ENVELOPES: Final[dict[Service, str]] = {
    "ec2": (
        "<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors>"
        "<RequestID>{request_id}</RequestID></Response>"
    ),
    "elasticloadbalancing": (
        "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message>"
        "</Error><RequestId>{request_id}</RequestId></ErrorResponse>"
    ),
}

_log = logging.getLogger(__name__)
_moto = RLock()  # requests come from the event loop and from CloudFormation's threads
_observers: list[Callable[[Exchange], None]] = []


def observe(callback: Callable[[Exchange], None]) -> None:
    """Have `callback` told of every EC2 request from now on, after it was answered."""
    _observers.append(callback)


def dispatch(  # noqa: PLR0913, PLR0917 - an HTTP request's parts, and who sends it where
    service: Service,
    account_id: str,
    region: str,
    method: str,
    path: str,
    headers: Mapping[str, str],
    body: bytes,
) -> Answer:
    """Answer one request as `account_id` in `region`: HTTP status, headers, body."""
    host = f"{service}.{region}.amazonaws.com"
    sent = {
        name: value
        for name, value in headers.items()
        if name.lower() not in {"content-length", "host"}
    }
    sent |= {"Host": host, "x-moto-account-id": account_id}
    request = Request.from_primitives(method, f"http://{host}{path or '/'}", sent, body)
    with _moto:
        answer = _answer(service, request)
    if service == "ec2":
        _tell(account_id, region, path, body, answer)
    return answer


def _answer(service: Service, request: Request) -> Answer:
    try:
        status, headers, body = _ANSWERED_BY[service].dispatch(
            request, request.raw_url, request.headers
        )
    except NotImplementedError:
        unknown = f"The action {request.form.get('Action')} is not valid for this web service."
        return _error(service, 400, "InvalidAction", unknown)
    except HTTPException as refused:
        described = refused.description or ""
        if described.startswith("<"):  # moto's older errors bring their envelope along
            return int(refused.code or 400), {"Content-Type": "text/xml"}, described.encode()
        return _error(service, int(refused.code or 400), refused.name.replace(" ", ""), described)
    except Exception as defect:  # noqa: BLE001 - a request must not end the server
        _log.exception("moto failed on %s", request.form.get("Action"))
        return _error(service, 500, "InternalError", repr(defect))
    kept = {
        str(name): str(value)
        for name, value in dict(headers).items()
        if name.lower() not in {"content-length", "status"}
    }
    return int(status), kept, body.encode() if isinstance(body, str) else body


def _error(service: Service, status: int, code: str, message: str) -> Answer:
    body = _ERROR_ENVELOPES[service].format(code=code, message=escape(message), request_id=uuid4())
    return status, {"Content-Type": "text/xml"}, body.encode()


def _tell(account_id: str, region: str, path: str, body: bytes, answer: Answer) -> None:
    form = parse_qsl(path.partition("?")[2], keep_blank_values=True)
    form += parse_qsl(body.decode(), keep_blank_values=True)
    exchange = Exchange(
        account_id=account_id,
        region=region,
        principal_arn=iam_evaluator.caller_arn(),
        parameters=dict(form),
        status=answer[0],
        body=answer[2],
    )
    for callback in _observers:
        callback(exchange)


@cache
def in_process_client(service: Service, account_id: str, region: str) -> Any:  # noqa: ANN401 - boto3's clients are made at run time
    """Return a boto3 client that `dispatch` answers: no HTTP, no IAM."""
    make_client: Any = boto3.client  # the stubs know the clients of literal names only
    client = make_client(
        _BOTO3_NAMES[service],
        region_name=region,
        aws_access_key_id=account_id,
        aws_secret_access_key="test",  # noqa: S106 - nobody checks it
    )

    def answer(request: AWSPreparedRequest, **_: object) -> AWSResponse:
        body: Any = request.body or b""  # EC2's are text or bytes, never files
        status, headers, content = dispatch(
            service,
            account_id,
            region,
            request.method,
            "/",
            dict(request.headers),
            body.encode() if isinstance(body, str) else body,
        )
        return AWSResponse(request.url, status, HTTPHeaders.from_dict(headers), _Content(content))

    client.meta.events.register("before-send", answer)
    return client


class _Content(BytesIO):
    """A response body as botocore reads it."""

    def stream(self) -> list[bytes]:
        return [self.read()]


async def _handle(  # noqa: PLR0913, PLR0917 - ministack calls every service with these five
    service: Service,
    method: str,
    path: str,
    headers: dict[str, str],
    body: bytes,
    query_params: dict[str, list[str]],
) -> Answer:
    if query_params:
        path = f"{path}?{urlencode(query_params, doseq=True)}"
    return dispatch(
        service, responses.get_account_id(), responses.get_region(), method, path, headers, body
    )


def install() -> None:
    """Let moto answer what ministack routes to EC2 and to Elastic Load Balancing."""
    ec2.handle_request = partial(_handle, "ec2")
    alb.handle_request = partial(_handle, "elasticloadbalancing")
