"""The AWS clients that the functions get: each made once, and all of them on one wire.

boto3 makes a client of EC2 in ten milliseconds, and a convergence makes several. Here a client of
a service, account and Region is made once a process; what happens to a call is up to whoever
listens on the wire at the time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, NamedTuple, Protocol

import boto3
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from sandbox.accounts import PROVIDER, REGION
from sandbox.privatelink.clients import in_process_session

type Answer = dict[str, Any]

_KEY: Final = "ASIA"
"""Before the account id, in the access keys that AssumeRole gives out here."""
_SHORT_LIVED: Final = "appconfigdata"
"""Powertools adds a handler to the client each time that it opens a session."""


class Call(NamedTuple):
    """One call of a function to AWS."""

    service: str
    operation: str
    account_id: str
    region: str
    params: Mapping[str, Any]


class Listener(Protocol):
    """Is told of each call, before and after."""

    def before(self, call: Call) -> Answer | None:
        """Return an answer in place of AWS's, or None; may raise."""
        ...

    def after(self, call: Call, answer: Answer) -> None:
        """See the answer, and change it; may raise."""
        ...


@dataclass
class Wire:
    """Carries the calls of all clients to the listener."""

    listener: Listener | None = None

    def connect(self, client: Any, account_id: str) -> None:  # noqa: ANN401 - any client of boto3
        """Have the calls of a client listened to."""
        service, region = client.meta.service_model.service_name, client.meta.region_name

        def note(params: Mapping[str, Any], model: Any, context: Any, **_: object) -> None:  # noqa: ANN401 - botocore's
            context["call"] = Call(service, model.name, account_id, region, params)

        def before(context: Any, **_: object) -> tuple[AWSResponse, Answer] | None:  # noqa: ANN401 - botocore's
            answer = self.listener.before(context["call"]) if self.listener else None
            return None if answer is None else (_response(answer), answer)

        def after(context: Any, parsed: Answer, **_: object) -> None:  # noqa: ANN401 - botocore's
            if self.listener:
                self.listener.after(context["call"], parsed)

        events = client.meta.events
        events.register("before-parameter-build", note)
        events.register("before-call", before)
        events.register("after-call", after)


@dataclass
class Clients:
    """Takes the place of boto3's default session, as far as the functions use it."""

    wire: Wire = field(default_factory=Wire)
    _made: dict[tuple[str, str, str], Any] = field(default_factory=dict)

    def client(
        self,
        service: str,
        region_name: str = REGION,
        config: object = None,
        aws_access_key_id: str = "",
        **_: object,
    ) -> Any:  # noqa: ANN401 - any client of boto3
        """Return the client of a service for whoever the access key says, or for the provider."""
        account_id = aws_access_key_id.removeprefix(_KEY) or PROVIDER
        key = (service, account_id, region_name)
        if key not in self._made:
            session: Any = _session(account_id)  # the stubs know each service by a literal
            client = session.client(service, region_name=region_name, config=config)
            self.wire.connect(client, account_id)
            self._made[key] = client
        return self._made[key]

    def resource(self, service: str, **_: object) -> Any:  # noqa: ANN401 - any resource of boto3
        """Return the resource of a service for the provider."""
        key = (f"{service} resource", PROVIDER, REGION)
        if key not in self._made:
            session: Any = _session(PROVIDER)
            resource = session.resource(service, region_name=REGION)
            self.wire.connect(resource.meta.client, PROVIDER)
            self._made[key] = resource
        return self._made[key]

    def forget_short_lived(self) -> None:
        """Drop the clients that would grow from world to world."""
        for key in [key for key in self._made if key[0] == _SHORT_LIVED]:
            del self._made[key]


CLIENTS: Final = Clients()


def access_key(account_id: str) -> str:
    """Return the access key of a role in an account."""
    return f"{_KEY}{account_id}"


@cache
def _session(account_id: str) -> boto3.Session:
    return in_process_session(account_id=account_id, region=REGION)


def _response(answer: Answer) -> AWSResponse:
    status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 200)
    return AWSResponse("https://wire", status, HTTPHeaders(), None)
