"""The settings of template.yaml that decide how fast the stack works and what it costs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from samcli.yamlhelper import yaml_parse

_TEMPLATE: Final = Path(__file__).parents[2] / "template.yaml"


@dataclass(frozen=True, kw_only=True)
class FunctionSettings:
    """What Lambda knows of a function; `queue` is None: nothing of it is read from a queue."""

    timeout: float
    memory_mib: int
    queue: "QueueSettings | None"


@dataclass(frozen=True, kw_only=True)
class QueueSettings:
    """A queue, and how Lambda reads it."""

    logical_id: str
    visibility_timeout: float
    receives: int
    batch_size: int
    window: float
    concurrency: int


@dataclass(frozen=True, kw_only=True)
class RuleSettings:
    """A rule of the stack's own bus; `targets` are the logical ids of queues."""

    pattern: Mapping[str, Any]
    targets: tuple[str, ...]


def function(package: str) -> FunctionSettings:
    """Return the settings of a function, whose logical id is the name of its package."""
    document = _document()
    logical_id = "".join(word.title() for word in package.split("_"))
    properties = {
        **document["Globals"]["Function"],
        **document["Resources"][logical_id]["Properties"],
    }
    sources = [e["Properties"] for e in properties["Events"].values() if e["Type"] == "SQS"]
    return FunctionSettings(
        timeout=properties["Timeout"],
        memory_mib=properties["MemorySize"],
        queue=_queue(sources[0]) if sources else None,
    )


def rules() -> Sequence[RuleSettings]:
    """Return the rules of the stack's own bus, with the queues that they lead to.

    What people are told nothing in a scenario waits for.
    """
    return [
        RuleSettings(
            pattern=rule["EventPattern"],
            targets=tuple(
                target
                for each in rule["Targets"]
                if _type(target := each["Arn"]["Fn::GetAtt"][0]) == "AWS::SQS::Queue"
            ),
        )
        for rule in _of_type("AWS::Events::Rule")
        if "EventBusName" in rule
    ]


def _type(logical_id: str) -> str:
    return str(_document()["Resources"][logical_id]["Type"])


def sweep_interval() -> float:
    """Return after how many seconds everything is looked at again."""
    return float(_document()["Parameters"]["SweepIntervalMinutes"]["Default"]) * 60


def _queue(source: Mapping[str, Any]) -> QueueSettings:
    logical_id = source["Queue"]["Fn::GetAtt"][0]
    queue = _document()["Resources"][logical_id]["Properties"]
    return QueueSettings(
        logical_id=logical_id,
        visibility_timeout=queue["VisibilityTimeout"],
        receives=queue["RedrivePolicy"]["maxReceiveCount"],
        batch_size=source["BatchSize"],
        window=source.get("MaximumBatchingWindowInSeconds", 0),
        concurrency=source["ScalingConfig"]["MaximumConcurrency"],
    )


def _of_type(kind: str) -> Sequence[Mapping[str, Any]]:
    resources = _document()["Resources"].values()
    return [each["Properties"] for each in resources if each["Type"] == kind]


@cache
def _document() -> Mapping[str, Any]:
    document: Mapping[str, Any] = yaml_parse(_TEMPLATE.read_text())
    return document
