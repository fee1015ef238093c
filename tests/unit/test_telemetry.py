import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Any

import pytest
from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter

from privatelink.telemetry import count, logger, metrics


def serialized(record: dict[str, Any]) -> str:
    formatter = logger.registered_formatter
    assert isinstance(formatter, LambdaPowertoolsFormatter)
    return str(formatter.json_serializer(record))


@pytest.mark.parametrize("text", ["a\nb", "\x1b[31m", "\u202e", "\u2028", "\x85", "é", "\ud800"])
def test_a_record_is_one_line_of_printable_ascii(text: str) -> None:
    line = serialized({"message": text, text: [{"deep": text}]})
    assert line.isascii()
    assert line.isprintable()
    assert json.loads(line)["message"] == text


def test_a_long_text_is_cut_wherever_it_stands() -> None:
    long = "x" * 1_000_000
    line = serialized({"message": long, "evidence": {"a": [long]}, "count": 7})
    assert len(line) < 20_000
    assert json.loads(line)["count"] == 7


def test_threads_count_one_after_another(monkeypatch: pytest.MonkeyPatch) -> None:
    counted, at_work, overlaps = list[str](), Lock(), list[str]()

    def add_metric(name: str, **_: object) -> None:
        if not at_work.acquire(blocking=False):
            overlaps.append(name)
            return
        time.sleep(0.001)
        counted.append(name)
        at_work.release()

    monkeypatch.setattr(metrics, "add_metric", add_metric)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count, [f"Metric{number}" for number in range(40)]))
    assert overlaps == []
    assert len(counted) == 40


def test_metrics_are_of_the_stack_and_the_function() -> None:
    of_lambda = {
        "POWERTOOLS_SERVICE_NAME": "stack",
        "_HANDLER": "validate_allowlist.app.lambda_handler",
    }
    code = """
from privatelink.telemetry import measure_seconds, metrics
measure_seconds("Waited", 1.5)
metrics.flush_metrics()
"""
    written = subprocess.run(  # noqa: S603 - lines of our own
        [sys.executable, "-c", code],
        env={**os.environ, **of_lambda, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    record = json.loads(written)
    (directive,) = record["_aws"]["CloudWatchMetrics"]
    (dimensions,) = directive["Dimensions"]
    assert {name: record[name] for name in dimensions} == {
        "service": "stack",
        "function": "validate-allowlist",
    }
    assert directive["Metrics"] == [{"Name": "Waited", "Unit": "Seconds"}]
