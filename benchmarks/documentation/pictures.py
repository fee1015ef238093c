"""What the pictures of docs/performance.md show."""

from collections.abc import Mapping, Sequence
from typing import Final

from benchmarks.documentation.plotting import Bars, Curves, Line, Panel, drawn
from benchmarks.documentation.tables import Figures

_SIZES: Final = "endpoints, ten of a consumer"
_REQUESTS: Final = "requests, of ten consumers"


def _contenders(what: str) -> Sequence[Line]:
    pattern = rf"storm_(1(?=_1_)|\d+(?=_10_))_\d+_{what}"
    return (
        Line(label="the stack", pattern=pattern),
        Line(label="the tutorial's handler", pattern=pattern, of_baseline=True),
        Line(label="a poller", pattern=f"{pattern}_poller"),
    )


PICTURES: Final[Mapping[str, Sequence[Panel]]] = {
    "storm": (
        Curves(
            title="EC2 calls of a storm, provider's account",
            x=_REQUESTS,
            y="calls until all is published",
            lines=_contenders("ec2_calls"),
        ),
        Curves(
            title="Until all requests are accepted",
            x=_REQUESTS,
            y="modelled seconds",
            lines=_contenders("accepted_seconds"),
        ),
    ),
    "sweep": (
        Curves(
            title="Calls of a sweep with nothing to do",
            x=_SIZES,
            y="calls",
            lines=(
                Line(label="in consumers' accounts", pattern=r"sweep_(\d+)_consumer_calls"),
                Line(label="in the provider's account", pattern=r"sweep_(\d+)_provider_calls"),
                Line(label="of these, EC2 and ELB", pattern=r"sweep_(\d+)_provider_ec2_calls"),
            ),
        ),
        Curves(
            title="Time and memory of a sweep",
            x=_SIZES,
            y="seconds, MiB",
            lines=(
                Line(label="modelled seconds", pattern=r"sweep_(\d+)_modelled_seconds"),
                Line(label="peak MiB", pattern=r"sweep_(\d+)_peak_mib"),
            ),
        ),
    ),
    "growth": (
        Curves(
            title="What is unchanged costs pages",
            x="unchanged endpoints of ten consumers",
            y="calls of a sweep",
            lines=(
                Line(label="all calls", pattern=r"unchanged_(\d+)_calls"),
                Line(
                    label="EC2 and ELB, provider's account",
                    pattern=r"unchanged_(\d+)_provider_ec2_calls",
                ),
            ),
        ),
        Curves(
            title="What changes costs no more than in proportion",
            x="new endpoints beside a thousand, of a hundred consumers",
            y="calls, GB-seconds until all are published",
            lines=(
                Line(label="calls", pattern=r"changes_(\d+)_calls"),
                Line(label="accept calls", pattern=r"changes_(\d+)_accept_calls"),
                Line(label="GB-seconds", pattern=r"changes_(\d+)_gb_seconds"),
            ),
        ),
    ),
    "cost": (
        Curves(
            title="Dollars a month",
            x=_SIZES,
            y="dollars a month at list prices",
            lines=(
                Line(label="a sweep every five minutes", pattern=r"cost_per_month_(\d+)_dollars"),
                Line(
                    label="a poller every minute",
                    pattern=r"cost_per_month_(\d+)_dollars",
                    of_baseline=True,
                ),
            ),
        ),
        Curves(
            title="What for",
            x=_SIZES,
            y="dollars a month at list prices",
            lines=tuple(
                Line(label=name, pattern=rf"cost_per_month_(\d+)_{component}_dollars")
                for name, component in (
                    ("Lambda", "lambda"),
                    ("EventBridge", "eventbridge"),
                    ("SQS", "sqs"),
                    ("DynamoDB", "dynamodb"),
                    ("KMS", "kms"),
                    ("AppConfig", "appconfig"),
                    ("CloudWatch", "cloudwatch"),
                )
            ),
        ),
    ),
    "cold-start": (
        Bars(
            title="INIT and a first pass with nothing to do",
            x="milliseconds",
            pattern=r"cold_start_(\w+)_ms",
            ours="ours",
            baseline="bare boto3",
            floor=("cold_start_empty_ms", "an empty handler"),
        ),
    ),
}


def draw(name: str, figures: Figures) -> str:
    """Return a picture as SVG."""
    return drawn(PICTURES[name], figures)
