"""Leaves out what botocore and moto do for nobody here, and has every run be the same."""

import secrets
from contextlib import ExitStack
from functools import cache
from random import Random
from types import SimpleNamespace
from typing import Any, Final

from botocore.auth import AUTH_TYPE_MAPS
from botocore.useragent import UserAgentString
from moto.core import responses
from moto.core.utils import method_names_from_class
from moto.moto_api._internal import mock_random

from sandbox.in_process.tables import QUICK_QUERY
from sandbox.privatelink import identifiers, placement
from sandbox.privatelink.patches import Patch


def _sign(auth: Any, request: Any) -> None:  # noqa: ANN401 - botocore's
    scope = f"{auth.credentials.access_key}/20261122/{auth._region_name}/{auth._service_name}"  # noqa: SLF001 - as add_auth does
    request.headers["Authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={scope}/aws4_request, SignedHeaders=host, Signature=0"
    )


QUICK: Final = (
    QUICK_QUERY,
    Patch(
        responses,
        "method_names_from_class",
        cache(method_names_from_class),
        "moto looks the operations of a service up anew for each call",
    ),
    Patch(
        UserAgentString,
        "to_string",
        lambda _: "in-process",
        "botocore puts its user agent together for each call, and nobody reads it",
    ),
    Patch(
        AUTH_TYPE_MAPS["v4"],
        "add_auth",
        _sign,
        "nobody checks signatures, which take as long: moto reads who and where it is",
    ),
)


def repeatable(seed: int = 0) -> tuple[Patch, ...]:
    """Return what has the ids and addresses of every world of a seed be the same."""
    mock_random.seed(seed)
    random = Random(seed)  # noqa: S311 - nothing is kept secret by it
    same: Any = SimpleNamespace(
        token_hex=lambda size: f"{random.getrandbits(size * 8):0{size * 2}x}",
        choice=random.choice,
        randbelow=random.randrange,
    )
    for module in (identifiers, placement):
        assert module.secrets is secrets, module
    return tuple(
        Patch(module, "secrets", same, "ids and addresses are random")
        for module in (identifiers, placement)
    )


def apply(*patches: Patch) -> ExitStack:
    """Apply patches, and return the stack that takes them away when it is closed."""
    with ExitStack() as stack:
        for patch in patches:
            stack.callback(patch.apply())
        return stack.pop_all()
