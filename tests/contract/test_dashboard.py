"""The dashboard of template.yaml, and its picture."""

import re
from itertools import product
from typing import Final
from xml.sax.saxutils import escape

from benchmarks.documentation.dashboard import PICTURE, widgets
from tests.contract.stack import FUNCTIONS, ROOT, function, of_type, resources

WIDGETS: Final = widgets()
METRICS: Final = [
    metric for widget in WIDGETS for metric in widget["properties"]["metrics"] if len(metric) > 1
]


def cells(widget: dict[str, int]) -> set[tuple[int, int]]:
    columns = range(widget["x"], widget["x"] + widget["width"])
    return set(product(columns, range(widget["y"], widget["y"] + widget["height"])))


def test_widgets_fill_the_grid_and_do_not_overlap() -> None:
    covered = [cell for widget in WIDGETS for cell in cells(dict(widget))]
    assert len(covered) == len(set(covered))
    assert max(column for column, _ in covered) == 23


def test_it_shows_what_alarms_watch() -> None:
    shown = {name for _, name, *_ in METRICS}
    for alarm in of_type("AWS::CloudWatch::Alarm").values():
        about_the_allowlist = alarm["MetricName"].startswith(("Breaker", "Invalid", "Acceptance"))
        assert about_the_allowlist or alarm["MetricName"] in shown


def test_its_metrics_are_those_of_the_stack() -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    for namespace, name, *dimensions, _ in METRICS:
        if namespace == "PrivateLinkAutopilot":
            assert f"| `{name}` |" in page
            assert dimensions[:3] == ["service", "AWS::StackName", "function"]
            assert dimensions[3].replace("-", "_") in FUNCTIONS
        else:
            assert dimensions[-1] in resources()


def test_what_is_used_is_reckoned_with_the_memory_that_functions_have() -> None:
    (used,) = (
        metric[0]["expression"]
        for widget in WIDGETS
        for metric in widget["properties"]["metrics"]
        if len(metric) == 1
    )
    by_id = {options["id"]: name for *_, name, options in METRICS if "id" in options}
    memory = {by_id[number]: int(size) for number, size in re.findall(r"(m\d) \* (\d+)", used)}
    expected = {
        "".join(word.title() for word in package.split("_")): function(package).get(
            "MemorySize", 512
        )
        for package in FUNCTIONS
    }
    assert memory == expected


def test_the_picture_shows_every_widget_and_every_line() -> None:
    picture = PICTURE.read_text()
    labels = {options["label"] for *_, options in METRICS if options.get("visible", True)}
    for text in (*(widget["properties"]["title"] for widget in WIDGETS), *labels):
        assert f">{escape(text)}<" in picture, f"{text}: run 'make screens'"
