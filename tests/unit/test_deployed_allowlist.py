"""The allowlist as threads share it."""

import io
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, Final

from privatelink.allowlist import Allowlist
from privatelink.allowlist_document import decode
from privatelink.gateways.allowlists import DeployedAllowlist

DOCUMENT: Final = b"services: {}\n"
THREADS: Final = 8


class AppConfig:
    """AppConfig's data plane with one document, which may be replaced; counts the calls."""

    def __init__(self) -> None:
        self.document = DOCUMENT
        self.calls: Counter[str] = Counter()

    def start_configuration_session(self, **_: object) -> dict[str, Any]:
        self.calls["start"] += 1
        return {"InitialConfigurationToken": "token"}

    def get_latest_configuration(self, **_: object) -> dict[str, Any]:
        self.calls["get"] += 1
        # Whoever asks meanwhile gets this far, unless they wait.
        time.sleep(0.01)
        return {
            "NextPollConfigurationToken": "token",
            "Configuration": io.BytesIO(self.document),
        }


def deployed(client: Any) -> DeployedAllowlist:  # noqa: ANN401 - stands for botocore's
    return DeployedAllowlist(client, application="app", environment="live", profile="allowlist")


def in_threads(call: Callable[[], Allowlist]) -> set[str]:
    """Call in threads at the same time, and return the versions that were found."""
    together = Barrier(THREADS)

    def wait_and_call() -> str:
        together.wait()
        return call().version

    with ThreadPoolExecutor(THREADS) as pool:
        return {each.result() for each in [pool.submit(wait_and_call) for _ in range(THREADS)]}


def test_threads_that_ask_at_the_same_time_have_it_read_once() -> None:
    client = AppConfig()
    assert in_threads(deployed(client).get) == {decode(DOCUMENT).version}
    assert client.calls == {"start": 1, "get": 1}


def test_threads_that_know_of_a_newer_version_have_it_read_once() -> None:
    client = AppConfig()
    allowlists = deployed(client)
    allowlists.get()
    client.document = b"# newer\nservices: {}\n"
    newer = decode(client.document).version
    assert in_threads(lambda: allowlists.at_version(newer)) == {newer}
    assert client.calls == {"start": 2, "get": 2}
