"""What the functions say about their work: structured logs, and metrics in their log lines."""

from collections.abc import Sequence

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from privatelink.errors import AllowlistError
from privatelink.findings import Finding

logger = Logger()
metrics = Metrics(namespace="PrivateLinkAutopilot")


def count(name: str, value: int = 1) -> None:
    """Add to a metric that counts."""
    metrics.add_metric(name=name, unit=MetricUnit.Count, value=value)


def log_failure(error: Exception, message_ids: Sequence[str]) -> None:
    """Say which messages an error sends back to the queue."""
    logger.error(
        str(error),
        exc_info=error,
        extra={"error": type(error).__name__, "message_ids": list(message_ids)},
    )
    count("MessagesFailed", len(message_ids))
    if isinstance(error, AllowlistError):
        count("AllowlistUnavailable")


def log_finding(finding: Finding) -> None:
    """Say what a person has to look at."""
    logger.warning(
        finding.what_to_do,
        extra={
            "finding": finding.id,
            "severity": finding.severity.value,
            "evidence": dict(finding.evidence),
        },
    )
    count("FindingsRaised")
