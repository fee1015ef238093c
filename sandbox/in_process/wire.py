"""The wire between the clients of boto3 and AWS's stand-in in this process.

What happens to a call is up to whoever listens on the wire at the time, and how each attempt of it
is answered to its sender. A call that the listener answers is never attempted: botocore retries
attempts, and does not see them then.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import local
from typing import Any, NamedTuple, Protocol

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from moto.core.models import botocore_stubber

from sandbox.privatelink.clients import ACCOUNT_HEADER

type Answer = dict[str, Any]


class Call(NamedTuple):
    """One call of a function to AWS."""

    service: str
    operation: str
    account_id: str
    region: str
    params: Mapping[str, Any]


type Sender = Callable[[Call, AWSPreparedRequest], AWSResponse | None]
"""Answers one attempt of a call; None: nobody is there who could."""


class Listener(Protocol):
    """Is told of each call, before and after."""

    def before(self, call: Call) -> Answer | None:
        """Return an answer in place of AWS's, or None; may raise."""
        ...

    def after(self, call: Call, answer: Answer) -> None:
        """See the answer, and change it; may raise."""
        ...


class _Acting(local):
    """On whose behalf a thread calls, and what."""

    account_id: str
    call: Call


def send_to_moto(_: Call, request: AWSPreparedRequest) -> AWSResponse | None:
    """Have moto answer."""
    return botocore_stubber("before-send", request)


@dataclass
class Wire:
    """Carries the calls of all clients to the listener, and their attempts to the sender."""

    listener: Listener | None = None
    sender: Sender = send_to_moto
    _acting: _Acting = field(default_factory=_Acting)

    def act_for(self, account_id: str) -> None:
        """Have the next call of this thread be one of an account."""
        self._acting.account_id = account_id

    def connect(self, client: Any) -> None:  # noqa: ANN401 - any client of boto3
        """Have the calls of a client listened to."""
        service, region = client.meta.service_model.service_name, client.meta.region_name

        def note(params: Mapping[str, Any], model: Any, context: Any, **_: object) -> None:  # noqa: ANN401 - botocore's
            account_id = self._acting.account_id
            call = Call(service, model.name, account_id, region, params)
            context["call"] = self._acting.call = call

        def before(params: Any, context: Any, **_: object) -> tuple[AWSResponse, Answer] | None:  # noqa: ANN401 - botocore's
            call: Call = context["call"]
            params["headers"][ACCOUNT_HEADER] = call.account_id
            answer = self.listener.before(call) if self.listener else None
            return None if answer is None else (_response(answer), answer)

        def send(request: AWSPreparedRequest, **_: object) -> AWSResponse | None:
            return self.sender(self._acting.call, request)

        def after(context: Any, parsed: Answer, **_: object) -> None:  # noqa: ANN401 - botocore's
            if self.listener:
                self.listener.after(context["call"], parsed)

        events = client.meta.events
        events.register("before-parameter-build", note)
        events.register("before-call", before)
        events.unregister("before-send", botocore_stubber)
        events.register("before-send", send)
        events.register("after-call", after)


def _response(answer: Answer) -> AWSResponse:
    status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 200)
    return AWSResponse("https://wire", status, HTTPHeaders(), None)
