"""A bare boto3 handler: the clients and the calls of a recording, and nothing else.

What it makes and calls stands in calls.json beside it. Clients that act as a consumer's role are
made when they are needed, as nobody has their credentials before; all others during INIT.
"""

import json
import os
from typing import Any

import boto3
from botocore.config import Config

with open(os.path.join(os.environ["LAMBDA_TASK_ROOT"], "calls.json")) as _file:  # noqa: PTH118, PTH123 - pathlib would cost it an import
    _RECORDED = json.load(_file)
_made: dict[int, Any] = {}


def _client(number: int) -> Any:  # noqa: ANN401 - boto3 makes the classes of its clients at run time
    if number not in _made:
        arguments = dict(_RECORDED["clients"][number])
        _made[number] = boto3.client(**arguments | {"config": Config(**arguments["config"])})
    return _made[number]


def use_case() -> None:
    """Make the clients that need nobody's credentials."""
    for number, arguments in enumerate(_RECORDED["clients"]):
        if "aws_access_key_id" not in arguments:
            _client(number)


def lambda_handler(_event: object, _context: object) -> None:
    """Make the calls."""
    for call in _RECORDED["calls"]:
        getattr(_client(call["client"]), call["method"])(**call["params"])


if "AWS_LAMBDA_RUNTIME_API" in os.environ:
    use_case()
