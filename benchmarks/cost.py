"""Dollars a month at list prices, as a formula of what one run uses.

What is free counts nothing: calls of EC2, Elastic Load Balancing, STS, IAM and standard parameters.
What a consumer pays, such as its endpoints, is none of our doing, and left out, as are free tiers.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from benchmarks import prices

HOURS_A_MONTH: Final = 730
SWEEPS_A_MONTH: Final = HOURS_A_MONTH * 60 // 5
MINUTES_A_MONTH: Final = HOURS_A_MONTH * 60

_EMPTY_RECEIVES_A_MONTH: Final = 5 * 3 * MINUTES_A_MONTH
"""Lambda is taken to poll an idle queue five times side by side, for 20 seconds each; how often it
really does is not documented."""
_RENEWALS_A_MONTH: Final = HOURS_A_MONTH / 2
"""How often an execution environment is taken to be replaced; that is not documented."""
_KEY_REQUESTS_A_SWEEP: Final = 3 * 3 + 3 + 2 * 3
"""In each five minutes SQS asks for a queue's key 2 x producers + consumers times, if it is used
(https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html):
three times for each of three queues. DynamoDB keeps a table's key for five minutes and caller
(https://docs.aws.amazon.com/kms/latest/developerguide/services-dynamodb.html), of which there are
three. How often CloudWatch Logs asks is not documented, and taken as twice for each log group."""
_GB: Final = 1e9


@dataclass(frozen=True, kw_only=True)
class Usage:
    """What one run uses of what AWS charges for; `environments` is how many it needs at a time."""

    invocations: int = 0
    gb_seconds: float = 0
    events: int = 0
    schedules: int = 0
    queue_requests: int = 0
    notifications: int = 0
    read_units: int = 0
    write_units: int = 0
    configuration_requests: int = 0
    logged_bytes: int = 0
    environments: int = 0


@dataclass(frozen=True, kw_only=True)
class Installation:
    """How often something runs, and what costs however little it does."""

    runs_a_month: int
    queues: int = 0
    keys: int = 0
    metrics: int = 0
    alarms: int = 0
    key_requests_a_run: int = 0


OURS: Final = Installation(
    runs_a_month=SWEEPS_A_MONTH,
    queues=3,
    keys=1,
    metrics=7,  # with nothing to do: what failed, of three functions, and four that a sweep tells
    alarms=17,
    key_requests_a_run=_KEY_REQUESTS_A_SWEEP,
)
POLLER: Final = Installation(runs_a_month=MINUTES_A_MONTH)
"""A function and a schedule, and nothing else."""


@dataclass(frozen=True)
class _Component:
    formula: str
    dollars: Callable[[Installation, Usage], float]


_COMPONENTS: Final[Mapping[str, _Component]] = {
    "lambda": _Component(
        "runs x (invocations x request + GB-seconds x GB-second)",
        lambda here, run: (
            here.runs_a_month
            * (
                run.invocations * prices.LAMBDA_REQUEST.each
                + run.gb_seconds * prices.LAMBDA_GB_SECOND.each
            )
        ),
    ),
    "eventbridge": _Component(
        "runs x (events x custom event + schedules x scheduled invocation)",
        lambda here, run: (
            here.runs_a_month
            * (
                run.events * prices.CUSTOM_EVENT.each
                + run.schedules * prices.SCHEDULED_INVOCATION.each
            )
        ),
    ),
    "sns": _Component(
        "runs x notifications x notification",
        lambda here, run: here.runs_a_month * run.notifications * prices.NOTIFICATION.each,
    ),
    "sqs": _Component(
        f"(runs x requests + queues x {_EMPTY_RECEIVES_A_MONTH:,} empty receives) x request",
        lambda here, run: (
            (here.runs_a_month * run.queue_requests + here.queues * _EMPTY_RECEIVES_A_MONTH)
            * prices.QUEUE_REQUEST.each
        ),
    ),
    "dynamodb": _Component(
        "runs x (read units x read unit + write units x write unit)",
        lambda here, run: (
            here.runs_a_month
            * (run.read_units * prices.READ_UNIT.each + run.write_units * prices.WRITE_UNIT.each)
        ),
    ),
    "kms": _Component(
        "keys x key + runs x key requests x request",
        lambda here, _: (
            here.keys * prices.KEY_MONTH.each
            + here.runs_a_month * here.key_requests_a_run * prices.KEY_REQUEST.each
        ),
    ),
    "appconfig": _Component(
        f"runs x requests x request + environments x {_RENEWALS_A_MONTH:.0f} renewals x received",
        lambda here, run: (
            here.runs_a_month * run.configuration_requests * prices.CONFIGURATION_REQUEST.each
            + (run.environments * _RENEWALS_A_MONTH * prices.CONFIGURATION_RECEIVED.each)
            * bool(run.configuration_requests)
        ),
    ),
    "cloudwatch": _Component(
        "runs x GB logged x GB + metrics x metric + alarms x alarm",
        lambda here, run: (
            here.runs_a_month * run.logged_bytes / _GB * prices.LOGGED_GB.each
            + here.metrics * prices.METRIC_MONTH.each
            + here.alarms * prices.ALARM_MONTH.each
        ),
    ),
}

COMPONENTS: Final[Mapping[str, str]] = {
    name: component.formula for name, component in _COMPONENTS.items()
}
"""How each component is reckoned, in words."""


def per_month(here: Installation, run: Usage) -> Mapping[str, float]:
    """Return the dollars a month of each component."""
    return {name: each.dollars(here, run) for name, each in _COMPONENTS.items()}
