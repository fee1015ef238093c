import json
from typing import Any

import pytest
from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter

from privatelink.telemetry import logger


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
