"""Sessions of the reader roles in consumers' accounts."""

from collections.abc import Callable
from functools import wraps
from threading import Lock
from typing import Any, Final

from console.deployed import DeployedStack
from console.rehearsal.consumers import CONSOLE
from console.rehearsal.estate import READER_SUFFIX
from privatelink.gateways.calls import CLIENT_CONFIG
from privatelink.gateways.sessions import ConsumerSessions
from privatelink.session_policies import READ_SURROUNDINGS, Purpose

TO_EXAMINE: Final = Purpose(name=CONSOLE, grants=(READ_SURROUNDINGS,))
"""Looks at endpoints and their surroundings."""


def reader_sessions(deployed: DeployedStack) -> ConsumerSessions:
    """Return the way into consumers' accounts, by roles that only read; for several threads."""
    return ConsumerSessions(
        sts=deployed.reading.client("sts", config=CLIENT_CONFIG),
        role_name=f"{deployed.publish.consumer_role_name}{READER_SUFFIX}",
        external_id=deployed.publish.consumer_external_id,
        make_client=_one_by_one(deployed.reading.client),
    )


def _one_by_one(make_client: Callable[..., Any]) -> Callable[..., Any]:
    """Have clients, which threads may share, be made by one at a time: sessions ask for that.

    https://docs.aws.amazon.com/boto3/latest/guide/session.html#multithreading-or-multiprocessing-with-sessions
    """
    lock = Lock()

    @wraps(make_client)
    def locked(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - any client
        with lock:
            return make_client(*arguments, **options)

    return locked
