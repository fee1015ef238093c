"""docs/operations.md, against what the functions count and template.yaml watches."""

import ast
import re
from collections.abc import Iterator
from typing import Final

from tests.contract.stack import ROOT, of_type

PAGE: Final = (ROOT / "docs" / "operations.md").read_text()
TELLING: Final = {"count", "measure_seconds", "measure_percent"}


def literals() -> Iterator[str]:
    """Yield every text in the functions' sources that has the form of a metric's name."""
    for path in (ROOT / "functions").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def told() -> Iterator[str]:
    """Yield the names that are handed to a function that tells metrics, where they are written."""
    for path in (ROOT / "functions").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in TELLING:
                (name, *_) = node.args
                if isinstance(name, ast.Constant):
                    yield str(name.value)


def documented() -> set[str]:
    table = PAGE.partition("## Metrics")[2]
    return set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE))


def test_every_metric_is_on_the_page_and_none_that_nobody_tells() -> None:
    assert set(told()) <= documented()
    assert documented() <= set(literals())


def test_every_alarm_watches_a_metric_that_is_on_the_page_or_sqss_own() -> None:
    for alarm in of_type("AWS::CloudWatch::Alarm").values():
        if alarm["Namespace"] != "AWS/SQS":
            assert alarm["MetricName"] in documented()


def test_every_alarm_is_on_the_page() -> None:
    alarms = PAGE.partition("## Alarms")[2].partition("## Metrics")[0]
    families = set(re.findall(r"`(?:…)?(\w+Alarm)`", alarms))
    for name, alarm in of_type("AWS::CloudWatch::Alarm").items():
        on_the_page = any(name.endswith(family) for family in families)
        assert on_the_page or alarm["Namespace"] == "AWS/SQS", name
