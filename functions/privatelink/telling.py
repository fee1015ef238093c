"""Says which messages have failed, and what a person has to look at."""

from collections.abc import Sequence
from typing import Final

from privatelink.errors import AllowlistError, ThrottledError
from privatelink.findings import Finding
from privatelink.telemetry import count, logger

FAILED_PERCENT: Final = "MessagesFailedPercent"
"""The metric that says how many of a hundred messages of a batch have failed."""


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
    if throttled := _how_many(ThrottledError, error):
        count("CallsThrottled", throttled)


def _how_many(kind: type[Exception], error: Exception) -> int:
    """Return how many errors of a kind there are in what may be a group of them."""
    if isinstance(error, ExceptionGroup):
        return sum(_how_many(kind, each) for each in error.exceptions)
    return int(isinstance(error, kind))


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
