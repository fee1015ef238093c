"""Sessions through which nothing can be written.

A role's policy says what may be read; this says, before anything is sent, that it is only read.
"""

from typing import Final

import boto3
from botocore.model import OperationModel

_READING: Final = ("Describe", "Get", "List")
"""How an operation begins that reads."""

_ALSO_READING: Final = frozenset(
    {
        "AssumeRole",  # of the consumers' reader roles
        "BatchGetItem",
        "FilterLogEvents",
        "Query",
        "Scan",
        "SimulatePrincipalPolicy",
        "StartConfigurationSession",  # AppConfig's way to read what is deployed
    }
)


class WriteRefusedError(Exception):
    """The console was about to change something where it only reads: a bug of its own."""


def guard(session: boto3.Session) -> boto3.Session:
    """Have every client made of the session from now on refuse what is no reading call.

    Returns the same session.
    """
    session.events.register("before-call", _refuse_writes)
    return session


def is_reading(operation: str) -> bool:
    """Tell whether an operation only reads."""
    return operation.startswith(_READING) or operation in _ALSO_READING


def _refuse_writes(model: OperationModel, **_: object) -> None:
    if not is_reading(model.name):
        service = model.service_model.service_name
        raise WriteRefusedError(f"{service} {model.name} is no reading call")
