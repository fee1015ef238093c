"""What the functions say about their work: structured logs, and metrics in their log lines."""

import json
import os
from collections.abc import Mapping
from threading import Lock
from typing import Any, Final

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

_TEXT_MAX: Final = 8192


def _one_line(record: Mapping[str, Any]) -> str:
    """Write a record in one line of printable ASCII, whatever others have written into it.

    Powertools leaves what changes the direction of writing, and what ends a line in Unicode, as it
    is, and takes several lines where POWERTOOLS_DEV is set. Long texts are cut: an answer of AWS
    that cannot be parsed is whole in botocore's error.
    """
    return json.dumps(_cut(record), default=str, separators=(",", ":"))


def _cut(value: object) -> object:
    if isinstance(value, str):
        return value if len(value) <= _TEXT_MAX else f"{value[:_TEXT_MAX]}..."
    if isinstance(value, Mapping):
        return {key: _cut(item) for key, item in value.items()}
    return [_cut(item) for item in value] if isinstance(value, list | tuple) else value


logger = Logger(json_serializer=_one_line)
metrics = Metrics(namespace="PrivateLinkAutopilot")
# Lambda says so: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
_package, _, _ = os.environ.get("_HANDLER", "unknown").partition(".")
metrics.set_default_dimensions(function=_package.replace("_", "-"))
_counting: Final = Lock()
"""Powertools' metrics are not made for threads."""


def count(name: str, value: int = 1) -> None:
    """Add to a metric that counts, or tell how many there are."""
    _add(name, MetricUnit.Count, value)


def measure_seconds(name: str, value: float) -> None:
    """Tell how long something has taken, or has been going on."""
    _add(name, MetricUnit.Seconds, value)


def measure_percent(name: str, value: float) -> None:
    """Tell a share of a whole."""
    _add(name, MetricUnit.Percent, value)


def _add(name: str, unit: MetricUnit, value: float) -> None:
    with _counting:
        metrics.add_metric(name=name, unit=unit, value=value)
