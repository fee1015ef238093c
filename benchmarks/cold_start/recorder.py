"""Records what boto3's clients ask, and what they are answered.

    recorder = Recorder()
    recorder.listen(client, on_the_wire)  # or have a RecordingSession make the clients
    ...
    recorder.recording

An answer that was made up before it came to a request, by a handler of `before-call`, is written
as its service would write it.
"""

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

import botocore.session
from botocore.config import Config
from botocore.loaders import Loader

from benchmarks.cold_start.recording import Exchange, Recording
from benchmarks.cold_start.requests import answer_of, question_of
from sandbox.accounts import PROVIDER
from sandbox.in_process.clients import access_key

ACCESS_KEY_ID: Final = "AKIAPROVIDER"
"""The function's own."""
_KEY: Final = "recorder"

_NOTHING: Final[Mapping[str, Any]] = {}

type Client = Any  # boto3 makes the classes of its clients at run time
type Caller = Callable[[Mapping[str, Any]], str]
"""Tells from botocore's context of a call with which access key it will be signed."""


def on_the_wire(context: Mapping[str, Any]) -> str:
    """Return the access key of whoever makes a call on the in-process wire."""
    account_id = context["call"].account_id
    return ACCESS_KEY_ID if account_id == PROVIDER else access_key(account_id)


@dataclass
class Recorder:
    """Notes calls in the order in which they are answered."""

    _clients: list[Mapping[str, Any]] = field(default_factory=list)
    _exchanges: list[Exchange] = field(default_factory=list)

    @property
    def recording(self) -> Recording:
        """What has been recorded so far."""
        return Recording(clients=tuple(self._clients), exchanges=tuple(self._exchanges))

    def listen(
        self, client: Client, caller: Caller, made_with: Mapping[str, Any] = _NOTHING
    ) -> None:
        """Record the calls of a client."""
        number = len(self._clients)
        self._clients.append({"service_name": client.meta.service_model.service_name, **made_with})

        def note_params(params: Mapping[str, Any], context: dict[str, Any], **_: object) -> None:
            context[_KEY] = deepcopy(dict(params))

        def note_request(params: Mapping[str, Any], context: dict[str, Any], **_: object) -> None:
            question = question_of(params, caller(context), client.meta.region_name)
            context[_KEY] = (context[_KEY], question)

        def note_answer(
            http_response: Any,  # noqa: ANN401 - botocore's
            parsed: dict[str, Any],
            model: Any,  # noqa: ANN401 - botocore's
            context: Mapping[str, Any],
            **_: object,
        ) -> None:
            params, question = context[_KEY]
            answer = answer_of(http_response, parsed, model)
            self._exchanges.append(Exchange(number, model.name, params, question, answer))

        events = client.meta.events
        # The last, after all that changes the parameters, and the first, before what answers.
        events.register_last("before-parameter-build", note_params)
        service_id = client.meta.service_model.service_id.hyphenize()
        events.register_first(f"before-call.{service_id}", note_request)
        events.register_first("after-call", note_answer)


class RecordingSession(botocore.session.Session):
    """A session whose clients are recorded."""

    def __init__(self) -> None:
        super().__init__()
        self.register_component("data_loader", _loader())
        self.recorder = Recorder()

    def create_client(self, *positional: Any, **arguments: Any) -> Client:  # noqa: ANN401 - botocore's
        """Make a client, and listen to it."""
        client = super().create_client(*positional, **arguments)
        made_with = {name: value for name, value in arguments.items() if value is not None}
        default: Any = self.get_default_client_config()  # the stubs do not know that there is none
        config: Any = arguments.get("config") or default or Config()
        made_with["config"] = config._user_provided_options  # noqa: SLF001 - the only way to see them
        signer = arguments.get("aws_access_key_id") or ACCESS_KEY_ID
        self.recorder.listen(client, lambda _: signer, made_with)
        return client


@cache
def _loader() -> Loader:
    """Share the service models, EC2's being several megabytes, between sessions."""
    loader: Loader = botocore.session.Session().get_component("data_loader")
    return loader
