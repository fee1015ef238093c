"""Where recordings are made: the stack, a service, and a consumer with an endpoint, in process."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from moto import mock_aws

from benchmarks.cold_start.recorder import ACCESS_KEY_ID, RecordingSession
from benchmarks.simulation import estate
from privatelink.gateways import clients
from sandbox.accounts import PROVIDER, REGION
from sandbox.in_process.stand_ins import answer_as_appconfig
from sandbox.in_process.wire import Answer
from sandbox.privatelink import PrivateLink
from sandbox.privatelink.clients import in_process_client

_POLL_SECONDS: Final = 15
_ATTENTION: Final = "attention"
CREDENTIALS: Final = {
    "AWS_ACCESS_KEY_ID": ACCESS_KEY_ID,
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_SESSION_TOKEN": "testing",
}
VARIABLES: Final = {
    "ALLOWLIST_APPLICATION": "app",
    "ALLOWLIST_ENVIRONMENT": "live",
    "ALLOWLIST_PROFILE": "allowlist",
    "ATTENTION_TOPIC_ARN": f"arn:aws:sns:{REGION}:{PROVIDER}:{_ATTENTION}",
    "CONSUMER_EXTERNAL_ID": "an-external-id-of-benchmarks",
    "CONSUMER_ROLE_NAME": "privatelink-autopilot-consumer",
    "EVENT_BUS_NAME": "bus",
    "FOLLOW_UP_QUEUE_URL": f"https://sqs.{REGION}.amazonaws.com/{PROVIDER}/follow-ups",
    "LEDGER_TABLE": "ledger",
    "MODE": "enforce",
    "NOTIFICATION_TOPIC_ARN": estate.TOPIC,
    "OWNER": f"{PROVIDER}/{REGION}/privatelink-autopilot",
    "PARAMETER_PREFIX": "/privatelink",
    "POWERTOOLS_LOG_LEVEL": "INFO",
    "POWERTOOLS_SERVICE_NAME": "function",
}
"""What template.yaml gives the functions."""


@dataclass(frozen=True, kw_only=True)
class World:
    """An estate of one service with one consumer, who has asked for an endpoint."""

    service_id: str
    allowlist: str

    def session(self) -> RecordingSession:
        """Make a new session be the one that functions take their clients from."""
        session = RecordingSession()
        answer: Any = self._answer_as_appconfig  # the stubs know no handlers that return
        session.register("before-call.appconfigdata", answer)
        setattr(clients, "session", lambda: session)  # noqa: B010 - it is another kind of callable
        return session

    def _answer_as_appconfig(self, model: Any, **_: object) -> tuple[AWSResponse, Answer]:  # noqa: ANN401 - botocore's
        """Answer as AppConfig's data plane, which moto lacks."""
        response = AWSResponse("https://appconfigdata", 200, HTTPHeaders(), None)
        return response, answer_as_appconfig(model.name, self.allowlist, _POLL_SECONDS)


@contextmanager
def world() -> Iterator[World]:
    """Build a world, in which the environment is the functions'; afterwards it is as before."""
    before, made_before = dict(os.environ), clients.session
    try:
        with PrivateLink().install(), mock_aws(config={"core": {"mock_credentials": False}}):
            os.environ.update(CREDENTIALS | VARIABLES, AWS_DEFAULT_REGION=REGION)
            in_process_client("events", PROVIDER, REGION).create_event_bus(Name="bus")
            in_process_client("sns", PROVIDER, REGION).create_topic(Name=_ATTENTION)
            built = estate.build(consumers=1)
            built.request(built.consumers[0], built.services[0])
            yield World(service_id=built.services[0].service_id, allowlist=built.allowlist)
    finally:
        _replace_environment(before)
        clients.session = made_before


def _replace_environment(variables: Mapping[str, str]) -> None:
    os.environ.clear()
    os.environ.update(variables)
