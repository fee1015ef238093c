"""What a client asks for."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.client import BaseClient


@contextmanager
def noted_requests(client: BaseClient) -> Iterator[list[tuple[str, dict[str, Any]]]]:
    """Note the operations that are called within the block, each with its parameters."""
    requests: list[tuple[str, dict[str, Any]]] = []

    def note(params: dict[str, Any], model: Any, **_: object) -> None:  # noqa: ANN401 - botocore's
        requests.append((model.name, dict(params)))

    client.meta.events.register("provide-client-params", note)
    yield requests
    client.meta.events.unregister("provide-client-params", note)


def names(requests: list[tuple[str, dict[str, Any]]]) -> list[str]:
    return sorted(name for name, _ in requests)
