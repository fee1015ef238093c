"""Alarms of template.yaml, evaluated as CloudWatch does, on metrics in the functions' log lines.

An alarm looks at its last periods; of what is missing `TreatMissingData` says what it counts for.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

import json
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import mean
from typing import Any, Final

from samcli.yamlhelper import yaml_parse

from privatelink.telemetry import metrics
from tests.contract.stack import ROOT, of_type

_STATISTICS: Final[Mapping[str, Callable[[Sequence[float]], float]]] = {
    "Sum": sum,
    "Maximum": max,
    "Average": mean,
}
_COMPARISONS: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
}
_MISSING: Final = {"breaching": True, "notBreaching": False}

type Series = tuple[str, str]
"""A metric's name, and the logical id of the function or queue that it is of."""


@dataclass
class CloudWatch:
    """What has been told, and when, in seconds."""

    _points: dict[Series, list[tuple[float, float]]] = field(default_factory=dict)

    def put(self, name: str, of: str, at: float, value: float) -> None:
        """Take a data point."""
        self._points.setdefault((name, of), []).append((at, value))

    def take(self, output: str, of: str, at: float) -> None:
        """Take the metrics in what a function has written."""
        for line in output.splitlines():
            record = json.loads(line) if line.startswith("{") else {}
            for directive in record.get("_aws", {}).get("CloudWatchMetrics", ()):
                assert directive["Namespace"] == metrics.namespace
                for metric in directive["Metrics"]:
                    for value in record[metric["Name"]]:
                        self.put(metric["Name"], of, at, value)

    def is_on(self, alarm: str, at: float) -> bool:
        """Whether an alarm is in the state ALARM at a time."""
        properties = of_type("AWS::CloudWatch::Alarm")[alarm]
        period, periods = properties["Period"], _number(properties["EvaluationPeriods"])
        breaching = sum(
            self._breaches(properties, at - (number + 1) * period, at - number * period)
            for number in range(periods)
        )
        return breaching >= int(properties.get("DatapointsToAlarm", periods))

    def _breaches(self, alarm: Mapping[str, Any], begin: float, end: float) -> bool:
        series = (alarm["MetricName"], _of(alarm))
        values = [value for at, value in self._points.get(series, ()) if begin < at <= end]
        if not values:
            return _MISSING[alarm["TreatMissingData"]]
        compare = _COMPARISONS[alarm["ComparisonOperator"]]
        return bool(compare(_STATISTICS[alarm["Statistic"]](values), alarm["Threshold"]))


def _number(value: object) -> int:
    """Return a number, or the default of the parameter that stands for it."""
    if isinstance(value, dict):
        parameters = yaml_parse((ROOT / "template.yaml").read_text())["Parameters"]
        value = parameters[value["Ref"]]["Default"]
    return int(str(value))


def _of(alarm: Mapping[str, Any]) -> str:
    """Return the logical id of what an alarm watches: a queue, or a function of this stack."""
    dimensions = {each["Name"]: each["Value"] for each in alarm["Dimensions"]}
    if alarm["Namespace"] == "AWS/SQS":
        queue, attribute = dimensions["QueueName"]["Fn::GetAtt"]
        assert attribute == "QueueName"
        return str(queue)
    assert alarm["Namespace"] == metrics.namespace
    assert dimensions["service"] == {"Ref": "AWS::StackName"}
    return "".join(word.title() for word in dimensions["function"].split("-"))
